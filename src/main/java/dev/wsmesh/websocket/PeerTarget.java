package dev.wsmesh.websocket;

import java.util.Map;

/**
 * A configured peer.
 *
 * @param url where it is dialled
 * @param headers sent with the upgrade request
 */
public record PeerTarget(PeerUrl url, Map<String, String> headers) {

    /** Copies the headers. */
    public PeerTarget {
        headers = Map.copyOf(headers);
    }
}
