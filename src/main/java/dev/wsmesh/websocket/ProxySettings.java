package dev.wsmesh.websocket;

import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * Which proxy leads to which peer.
 *
 * @param forPlain for {@code ws://} peers; null means that the Java platform's own settings count
 * @param forTls for {@code wss://} peers, likewise
 * @param exceptions the peers that are reached without one
 */
public record ProxySettings(
        @Nullable ProxyServer forPlain, @Nullable ProxyServer forTls, ProxyExceptions exceptions) {

    /** The platform's own settings count for every peer. */
    public static final ProxySettings NONE = new ProxySettings(null, null, ProxyExceptions.NONE);

    /** One proxy for all peers. */
    public static ProxySettings all(ProxyServer server) {
        return new ProxySettings(server, server, ProxyExceptions.NONE);
    }

    /** The proxy for a peer's kind of URL, be the peer an exception or not. */
    private @Nullable ProxyServer server(PeerTarget target) {
        return target.url().isSecure() ? forTls : forPlain;
    }

    /** Whether these settings say anything about the peer. */
    public boolean decide(PeerTarget target) {
        return server(target) != null;
    }

    /** The proxy through which the peer is dialled; null for none. */
    public @Nullable ProxyServer of(PeerTarget target) {
        return isException(target) ? null : server(target);
    }

    private boolean isException(PeerTarget target) {
        int port = target.url().port();
        InetAddress pinned = target.pinned();
        return exceptions.contain(target.url().uri().getHost(), port)
                || (pinned != null && exceptions.contain(pinned.getHostAddress(), port));
    }
}
