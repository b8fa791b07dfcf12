package dev.wsmesh.config;

import java.time.Duration;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The bounds of links with other nodes.
 *
 * @param handshakeTimeout how long a handshake may take
 * @param maxHandshakes how many accepted sessions may be in the middle of their handshake; where another comes, one makes room, or it is closed with 4008
 * @param sendTimeout how long writing one fragment of 16 KiB may take; by default as long as Spring gives a STOMP client (docs/adr/0514)
 * @param secondSocket whether a busy link gets a second socket, so that nothing that is sent on it is masked
 */
public record LinkProperties(
        @DefaultValue("5s") Duration handshakeTimeout,
        @DefaultValue("64") int maxHandshakes,
        @DefaultValue("10s") Duration sendTimeout,
        @DefaultValue("true") boolean secondSocket) {

    /** Checks the bounds. */
    public LinkProperties {
        Rules.atLeast("mesh.links.handshake-timeout", handshakeTimeout, Duration.ofMillis(10));
        Rules.atLeast("mesh.links.max-handshakes", maxHandshakes, 1);
        Rules.atLeast("mesh.links.send-timeout", sendTimeout, Duration.ofMillis(10));
    }
}
