package dev.wsmesh.websocket;

import dev.wsmesh.node.Utf8;

/**
 * A text on its way out; one object may wait in the queues of many peers.
 *
 * @param bytes its UTF-8 length
 */
record OutgoingText(String text, int bytes) {

    static OutgoingText of(String text) {
        return new OutgoingText(text, Utf8.length(text));
    }
}
