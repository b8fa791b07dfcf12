package dev.wsmesh.config;

import java.time.Duration;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.convert.DataSizeUnit;
import org.springframework.util.unit.DataSize;
import org.springframework.util.unit.DataUnit;

/**
 * STOMP over WebSocket.
 *
 * @param enabled whether the node has an endpoint for STOMP clients; on in the program, off in an application that embeds a node
 * @param path where it is
 * @param publishTimeout how long a client that sends is held back while a neighbour lags, before it is refused
 * @param sendTimeout how long writing to a client may take before it is cut off
 * @param sendBuffer how much may wait to be written to one client before it is cut off
 * @param bridge whether the simple broker of an application that embeds a node is joined with those of the other instances
 */
public record StompProperties(
        @DefaultValue("false") boolean enabled,
        @DefaultValue("/stomp") String path,
        @DefaultValue("5s") Duration publishTimeout,
        @DefaultValue("10s") Duration sendTimeout,
        @DefaultValue("1MB") @DataSizeUnit(DataUnit.BYTES) DataSize sendBuffer,
        @DefaultValue("true") boolean bridge) {

    /** Checks each value. */
    public StompProperties {
        Rules.require(
                path.startsWith("/") && !path.contains("*") && !path.contains("?") && !path.contains("{"),
                "mesh.stomp.path",
                path,
                "a path that begins with '/' and has no wildcard and no query");
        Rules.atLeast("mesh.stomp.publish-timeout", publishTimeout, Duration.ofMillis(1));
        Rules.atLeast("mesh.stomp.send-timeout", sendTimeout, Duration.ofMillis(100));
        Rules.between("mesh.stomp.send-buffer", sendBuffer, DataSize.ofKilobytes(16), DataSize.ofGigabytes(1));
    }
}
