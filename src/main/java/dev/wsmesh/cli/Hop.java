package dev.wsmesh.cli;

import java.util.Locale;

/** What has to work between a node and a peer that it dials, in this order. */
enum Hop {
    /** Whether a proxy stands between. */
    ROUTE,
    /** The addresses of the name that is connected to. */
    DNS,
    TCP,
    /** The way that a proxy opens. */
    PROXY,
    TLS,
    /** From HTTP to WebSocket, and to our subprotocol. */
    UPGRADE,
    /** That both are nodes of one mesh. */
    HANDSHAKE,
    /** Of the protocol between nodes. */
    VERSION;

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
