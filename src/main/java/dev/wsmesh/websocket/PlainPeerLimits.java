package dev.wsmesh.websocket;

import java.time.Duration;

/**
 * The bounds of plain peers.
 *
 * @param queueMessages texts that may wait for one peer, at least 1
 * @param queueBytes their UTF-8 bytes, at least 1
 * @param sendTimeout how long one text may take to be written, at least 1 ms
 * @param maxMessageBytes UTF-8 bytes of one received text, at least 1
 * @param maxIncomingBytes UTF-8 bytes of all texts together whose end has not come yet, at least 1
 * @param maxSessions sessions that are accepted at the same time, at least 1
 */
public record PlainPeerLimits(
        int queueMessages,
        long queueBytes,
        Duration sendTimeout,
        int maxMessageBytes,
        long maxIncomingBytes,
        int maxSessions) {}
