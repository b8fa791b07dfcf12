package dev.wsmesh.node;

import dev.wsmesh.protocol.CloseCode;
import dev.wsmesh.protocol.NodeId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Somebody who was turned away, by this node or by the peer; the same again, for the same reason, is one, however often.
 *
 * @param address the URL that was dialled, or the remote {@code host:port} that dialled this node
 * @param peer who it was, if that was proved
 * @param code the status of the answer to an upgrade, else the close code
 * @param name the code in words
 * @param reason what was found, and what would be right, on one line
 * @param how which side refused
 * @param times how often since the first of them that is still remembered
 * @param at when it happened last
 */
public record RefusalView(
        Phase phase,
        String address,
        Direction direction,
        @Nullable NodeId peer,
        int code,
        String name,
        String reason,
        String how,
        int times,
        Instant at) {

    /** How far they had come. */
    public enum Phase {
        /** HTTP: no WebSocket session came of it. */
        UPGRADE,
        /** A session, but no link yet. */
        HANDSHAKE,
        /** A link that was up. */
        LINK
    }

    /** Whether a session was closed with this code. */
    public boolean isClosedWith(CloseCode closeCode) {
        return phase != Phase.UPGRADE && code == closeCode.number();
    }
}
