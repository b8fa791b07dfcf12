package dev.wsmesh.websocket;

import dev.wsmesh.node.MeshCounters.Refusal;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.server.ServerHttpRequest;
import org.springframework.http.server.ServerHttpResponse;
import org.springframework.web.socket.WebSocketHandler;
import org.springframework.web.socket.WebSocketHttpHeaders;
import org.springframework.web.socket.server.HandshakeInterceptor;
import org.springframework.web.socket.server.support.OriginHandshakeInterceptor;

/**
 * Decides about each upgrade before it happens; a refusal says why in its body, in the log and in the counters.
 *
 * <p>An upgrade without an Origin does not come from a browser and is welcome; one with an Origin needs the node's own
 * or an allowed one.
 */
public final class UpgradeGuard implements HandshakeInterceptor {

    private static final Logger log = LoggerFactory.getLogger(UpgradeGuard.class);

    private static final Pattern LOOPBACK_HOST =
            Pattern.compile("localhost|127\\.[0-9.]+|\\[?::1]?|\\[?0:0:0:0:0:0:0:1]?");

    private final PeerRegistry plainPeers;
    private final LinkRegistry links;
    private final boolean plainAllowed;
    private final Set<String> allowedOrigins;
    private final OriginHandshakeInterceptor origins;

    /**
     * Who may upgrade.
     *
     * @param plainPeers whether those that are no nodes may
     * @param allowedOrigins origins, besides the node's own, whose pages may connect
     */
    public record Rules(boolean plainPeers, Set<String> allowedOrigins) {}

    UpgradeGuard(PeerRegistry plainPeers, LinkRegistry links, Rules rules) {
        this.plainPeers = plainPeers;
        this.links = links;
        this.plainAllowed = rules.plainPeers();
        this.allowedOrigins = Set.copyOf(rules.allowedOrigins());
        this.origins = new OriginHandshakeInterceptor(rules.allowedOrigins());
    }

    @Override
    public boolean beforeHandshake(
            ServerHttpRequest request,
            ServerHttpResponse response,
            WebSocketHandler handler,
            Map<String, Object> attributes)
            throws IOException {
        if (!plainPeers.isOpen()) {
            return refuse(
                    request,
                    response,
                    Refusal.STOPPING,
                    HttpStatus.SERVICE_UNAVAILABLE,
                    "this node is not taking part");
        }
        boolean node = offersOurProtocol(request);
        if (node ? links.isFull(request.getRemoteAddress().getHostString()) : plainPeers.isFull()) {
            return refuse(
                    request,
                    response,
                    Refusal.FULL,
                    HttpStatus.SERVICE_UNAVAILABLE,
                    node
                            ? HandshakePlaces.FULL
                            : "this node holds as many sessions as mesh.limits.max-sessions allows");
        }
        if (!node && !plainAllowed) {
            return refuse(
                    request,
                    response,
                    Refusal.PLAIN,
                    HttpStatus.FORBIDDEN,
                    "this node takes no plain peers, because it has a cluster key; offer wsmesh.v1, or let it set"
                            + " mesh.plain-peers.enabled=true");
        }
        if (node && request.getHeaders().getOrigin() != null) {
            return refuse(
                    request,
                    response,
                    Refusal.ORIGIN,
                    HttpStatus.FORBIDDEN,
                    "a node never sends an Origin: wsmesh.v1 is not for web pages");
        }
        if (isRebound(request) || !originAllowed(request, response, handler, attributes)) {
            return refuse(
                    request,
                    response,
                    Refusal.ORIGIN,
                    HttpStatus.FORBIDDEN,
                    "the origin " + request.getHeaders().getOrigin()
                            + " is not allowed; mesh.allowed-origins lists those that are");
        }
        return true;
    }

    @Override
    public void afterHandshake(
            ServerHttpRequest request,
            ServerHttpResponse response,
            WebSocketHandler handler,
            @Nullable Exception failure) {}

    /**
     * Whether a page calls itself of our own origin by a name that somebody pointed at this machine's loopback address (DNS
     * rebinding). A node that only this machine can reach has no other names than these.
     */
    private boolean isRebound(ServerHttpRequest request) {
        String origin = request.getHeaders().getOrigin();
        InetSocketAddress local = request.getLocalAddress();
        InetSocketAddress host = request.getHeaders().getHost();
        return origin != null
                && !allowedOrigins.contains(origin)
                && !allowedOrigins.contains("*")
                && local.getAddress() != null
                && local.getAddress().isLoopbackAddress()
                && (host == null || !LOOPBACK_HOST.matcher(host.getHostString()).matches());
    }

    private boolean originAllowed(
            ServerHttpRequest request,
            ServerHttpResponse response,
            WebSocketHandler handler,
            Map<String, Object> attributes) {
        try {
            return origins.beforeHandshake(request, response, handler, attributes);
        } catch (Exception e) {
            // The interceptor's signature allows what its code never throws, but for an Origin that is no URL.
            log.debug("an Origin could not be read", e);
            return false;
        }
    }

    /** An upgrade that offered our subprotocol is never treated as a plain peer's. */
    private static boolean offersOurProtocol(ServerHttpRequest request) {
        List<String> offers = request.getHeaders().getOrEmpty(WebSocketHttpHeaders.SEC_WEBSOCKET_PROTOCOL);
        return offers.stream()
                .flatMap(line -> List.of(line.split(",")).stream())
                .anyMatch(offer -> offer.strip().equalsIgnoreCase(Subprotocol.NAME));
    }

    private boolean refuse(
            ServerHttpRequest request, ServerHttpResponse response, Refusal reason, HttpStatus status, String why)
            throws IOException {
        links.refusalLog().upgrade(request.getRemoteAddress(), reason, status, why);
        response.setStatusCode(status);
        response.getHeaders().setContentType(MediaType.TEXT_PLAIN);
        response.getBody().write((why + "\n").getBytes(StandardCharsets.UTF_8));
        return false;
    }
}
