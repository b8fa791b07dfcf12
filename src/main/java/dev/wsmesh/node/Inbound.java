package dev.wsmesh.node;

/** Where the transport hands over what plain peers sent. */
@FunctionalInterface
public interface Inbound {

    /** Takes one text without waiting for any peer; called by one thread at a time per peer. */
    void received(String text, String peerAddress);
}
