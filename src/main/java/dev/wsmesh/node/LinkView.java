package dev.wsmesh.node;

import dev.wsmesh.protocol.LinkId;
import java.time.Instant;

/**
 * One link with another node at one moment, as the transport sees it.
 *
 * @param address the URL that was dialled, or the remote {@code host:port} that dialled this node
 * @param since when it was admitted
 * @param framesIn frames received
 * @param framesOut frames written to the socket
 * @param bytesIn bytes of the frames received
 * @param bytesOut bytes of the frames written
 * @param sockets 1, or 2 if each end sends on one that it accepted
 */
public record LinkView(
        LinkId id,
        String address,
        Direction direction,
        Instant since,
        long framesIn,
        long framesOut,
        long bytesIn,
        long bytesOut,
        int sockets) {}
