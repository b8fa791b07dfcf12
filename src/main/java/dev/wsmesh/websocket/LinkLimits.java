package dev.wsmesh.websocket;

import dev.wsmesh.protocol.Limits;
import java.time.Duration;

/**
 * The bounds of links.
 *
 * @param wire of what is received
 * @param handshakeTimeout how long the four legs of a handshake may take together
 * @param handshakes how many accepted sessions may be in the middle of it at the same time
 * @param links how many accepted ones may be up at the same time; the core keeps far fewer, unless strangers are let in
 * @param incomingBytes bytes of all messages together whose end has not come yet
 * @param sendTimeout how long one fragment may take to be written
 */
public record LinkLimits(
        Limits wire, Duration handshakeTimeout, int handshakes, int links, long incomingBytes, Duration sendTimeout) {

    /** Of a WebSocket frame of this size, with the mask. */
    private static final int FRAGMENT_HEADER_BYTES = 8;

    /**
     * Frames are written in fragments of at most so many bytes, each with a time of its own: slow is not dead. With their header
     * they fill two of the 8 KiB that Tomcat's client writes at a time.
     */
    static final int FRAGMENT_BYTES = (16 << 10) - FRAGMENT_HEADER_BYTES;

    /** The core may hand over so many frames before the first is gone. */
    static final int FRAMES_IN_FLIGHT = 2;
}
