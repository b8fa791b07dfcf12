package dev.wsmesh.websocket;

/** The WebSocket subprotocol of links between nodes. */
final class Subprotocol {

    /** As it is offered in an upgrade. */
    static final String NAME = "wsmesh.v1";

    private Subprotocol() {}
}
