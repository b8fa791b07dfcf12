package dev.wsmesh.config;

import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * The bounds of what is accepted.
 *
 * @param maxMessageBytes bytes of one payload or text, in and out; a plain peer that sends more is closed with 1009
 * @param maxIncomingBytes UTF-8 bytes of received messages whose end has not come yet, over all peers; a peer that
 *     would pass it is closed: a plain one with 1013, a node with 4008
 * @param maxSessions sessions that are accepted at the same time; more are refused with 503
 */
public record LimitProperties(
        @DefaultValue("1MB") DataSize maxMessageBytes,
        @DefaultValue("16MB") DataSize maxIncomingBytes,
        @DefaultValue("1024") int maxSessions) {

    /** Checks the bounds. */
    public LimitProperties {
        Rules.between("mesh.limits.max-message-bytes", maxMessageBytes, DataSize.ofBytes(1), DataSize.ofMegabytes(64));
        Rules.between("mesh.limits.max-incoming-bytes", maxIncomingBytes, maxMessageBytes, DataSize.ofGigabytes(16));
        Rules.atLeast("mesh.limits.max-sessions", maxSessions, 1);
    }
}
