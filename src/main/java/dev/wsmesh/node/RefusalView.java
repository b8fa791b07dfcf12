package dev.wsmesh.node;

import dev.wsmesh.protocol.CloseCode;
import java.time.Instant;

/**
 * A handshake that failed.
 *
 * @param address the URL that was dialled, or the remote {@code host:port} that dialled this node
 * @param reason what was found, and what would be right, on one line
 * @param how which side closed
 */
public record RefusalView(String address, Direction direction, CloseCode code, String reason, String how, Instant at) {}
