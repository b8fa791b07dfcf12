package dev.wsmesh.node;

import java.time.Instant;

/**
 * One connected peer at one moment.
 *
 * @param address the URL that was dialled, or the remote {@code host:port} that dialled this node
 * @param since when the session began
 * @param messagesIn texts received
 * @param messagesOut texts written to the socket
 * @param bytesIn UTF-8 bytes of the texts received
 * @param bytesOut UTF-8 bytes of the texts written
 * @param queuedMessages texts waiting to be written
 * @param queuedBytes their UTF-8 bytes
 */
public record SessionView(
        String address,
        Direction direction,
        Instant since,
        long messagesIn,
        long messagesOut,
        long bytesIn,
        long bytesOut,
        int queuedMessages,
        long queuedBytes) {}
