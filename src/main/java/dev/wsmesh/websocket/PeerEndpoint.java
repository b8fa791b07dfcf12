package dev.wsmesh.websocket;

import dev.wsmesh.node.Direction;
import dev.wsmesh.node.Inbound;
import dev.wsmesh.node.LogText;
import java.net.InetSocketAddress;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.web.servlet.HandlerMapping;
import org.springframework.web.socket.WebSocketSession;
import org.springframework.web.socket.server.support.WebSocketHandlerMapping;
import org.springframework.web.socket.server.support.WebSocketHttpRequestHandler;

/** Where this node accepts peers. */
public final class PeerEndpoint {

    /** Before every mapping of the application, whose own handlers see a path that is an upgrade otherwise. */
    private static final int ORDER = -1;

    private PeerEndpoint() {}

    /**
     * Maps upgrades of a path to the registry; requests for the same path that are no upgrades go on to other mappings.
     *
     * @param path begins with a slash
     */
    public static HandlerMapping at(
            String path, UpgradeGuard.Rules rules, PeerRegistry plainPeers, LinkRegistry links, Inbound inbound) {
        SocketHandler handler = new SocketHandler(session -> Subprotocol.isSpokenOn(session)
                ? links.accepted(session, remoteAddress(session))
                : plainPeers.admit(session, remoteAddress(session), Direction.ACCEPTED, inbound));
        WebSocketHttpRequestHandler requests = new UncompressedUpgrade(handler);
        requests.getHandshakeInterceptors().add(new UpgradeGuard(plainPeers, links, rules));
        WebSocketHandlerMapping mapping = new WebSocketHandlerMapping();
        mapping.setUrlMap(Map.of(path, requests));
        mapping.setWebSocketUpgradeMatch(true);
        mapping.setOrder(ORDER);
        return mapping;
    }

    private static String remoteAddress(WebSocketSession session) {
        @Nullable InetSocketAddress remote = session.getRemoteAddress();
        return remote == null ? "unknown" : LogText.printable(remote.getHostString()) + ":" + remote.getPort();
    }
}
