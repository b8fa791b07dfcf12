package dev.wsmesh.config;

import dev.wsmesh.websocket.BackoffSettings;
import java.time.Duration;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How peers are dialled.
 *
 * @param timeout how long one whole dial may take: name, TCP, TLS and upgrade
 * @param backoffMin the shortest pause before a peer is dialled again
 * @param backoffMax the longest pause before a peer is dialled again
 * @param stableAfter a session that lasted this long makes the pauses short again
 */
public record DialProperties(
        @DefaultValue("5s") Duration timeout,
        @DefaultValue("500ms") Duration backoffMin,
        @DefaultValue("30s") Duration backoffMax,
        @DefaultValue("1m") Duration stableAfter) {

    /** Checks the durations. */
    public DialProperties {
        Rules.atLeast("mesh.dial.timeout", timeout, Duration.ofMillis(10));
        Rules.atLeast("mesh.dial.backoff-min", backoffMin, Duration.ofMillis(10));
        Rules.atLeast("mesh.dial.backoff-max", backoffMax, backoffMin);
        Rules.atLeast("mesh.dial.stable-after", stableAfter, Duration.ZERO);
    }

    BackoffSettings backoff() {
        return new BackoffSettings(backoffMin, backoffMax, stableAfter);
    }
}
