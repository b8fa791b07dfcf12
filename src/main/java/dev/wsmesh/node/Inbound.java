package dev.wsmesh.node;

/** Where the transport hands over what peers sent. */
@FunctionalInterface
public interface Inbound {

    /** Takes one message without blocking; called by one thread at a time per peer. */
    void received(Message message);
}
