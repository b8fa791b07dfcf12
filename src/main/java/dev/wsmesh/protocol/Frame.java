package dev.wsmesh.protocol;

import java.util.List;

/** One WebSocket binary message: what one node says to another in one breath, in this order. */
public record Frame(List<Message> messages) {
    public Frame {
        messages = List.copyOf(messages);
    }

    public static Frame of(Message... messages) {
        return new Frame(List.of(messages));
    }
}
