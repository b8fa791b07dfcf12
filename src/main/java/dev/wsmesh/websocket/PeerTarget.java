package dev.wsmesh.websocket;

import java.net.InetAddress;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A peer that can be dialled.
 *
 * @param url where it is dialled
 * @param headers sent with the upgrade request
 * @param plain whether it is known not to be a node: our subprotocol is not offered to it
 * @param pinned the one of its host's addresses that is dialled; to the peer and in its certificate, the name counts
 */
public record PeerTarget(
        PeerUrl url,
        Map<String, String> headers,
        boolean plain,
        @Nullable InetAddress pinned) {

    /** Copies the headers. */
    public PeerTarget {
        headers = Map.copyOf(headers);
    }

    /** A target at whatever address its name has when it is dialled. */
    public PeerTarget(PeerUrl url, Map<String, String> headers, boolean plain) {
        this(url, headers, plain, null);
    }

    /** The same at one of its host's addresses. */
    PeerTarget at(InetAddress address) {
        return new PeerTarget(url, headers, plain, address);
    }
}
