package dev.wsmesh.config;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * The bounds of each plain peer's outgoing queue; a peer that passes one is cut off with 4010.
 *
 * @param enabled whether peers that do not speak wsmesh.v1 are accepted; only where no key is set, if it is not set
 * @param queueMessages texts that may wait to be written to one peer
 * @param queueBytes UTF-8 bytes that may wait to be written to one peer
 * @param sendTimeout how long writing one text to a peer may take
 */
public record PlainPeerProperties(
        @Nullable Boolean enabled,
        @DefaultValue("4096") int queueMessages,
        @DefaultValue("8MB") DataSize queueBytes,
        @DefaultValue("5s") Duration sendTimeout) {

    /** Checks the bounds. */
    public PlainPeerProperties {
        Rules.atLeast("mesh.plain-peers.queue-messages", queueMessages, 1);
        Rules.between("mesh.plain-peers.queue-bytes", queueBytes, DataSize.ofBytes(1), DataSize.ofGigabytes(1));
        Rules.atLeast("mesh.plain-peers.send-timeout", sendTimeout, Duration.ofMillis(10));
    }
}
