package dev.wsmesh.websocket;

import org.springframework.web.socket.WebSocketSession;

/** The WebSocket subprotocol of links between nodes. */
public final class Subprotocol {

    /** As it is offered in an upgrade. */
    public static final String NAME = "wsmesh.v1";

    private Subprotocol() {}

    /** Whether both ends agreed on it. */
    static boolean isSpokenOn(WebSocketSession session) {
        return NAME.equalsIgnoreCase(session.getAcceptedProtocol());
    }
}
