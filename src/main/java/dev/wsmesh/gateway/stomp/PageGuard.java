package dev.wsmesh.gateway.stomp;

import dev.wsmesh.gateway.AccessRules;
import dev.wsmesh.gateway.OriginRule;
import dev.wsmesh.node.MeshCounters;
import dev.wsmesh.node.MeshCounters.GatewayEvent;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpStatus;
import org.springframework.http.server.ServerHttpRequest;
import org.springframework.http.server.ServerHttpResponse;
import org.springframework.web.socket.WebSocketHandler;
import org.springframework.web.socket.server.HandshakeInterceptor;

/** Lets in the pages that may come, and whoever is no page, as long as anybody may come and there is room. */
public final class PageGuard implements HandshakeInterceptor {

    private static final Logger log = LoggerFactory.getLogger(PageGuard.class);

    private final AccessRules access;
    private final OriginRule origins;
    private final BooleanSupplier full;
    private final MeshCounters counters;

    /**
     * Guards by these rules.
     *
     * @param full whether there are as many sessions as there may be
     */
    public PageGuard(AccessRules access, OriginRule origins, BooleanSupplier full, MeshCounters counters) {
        this.access = access;
        this.origins = origins;
        this.full = full;
        this.counters = counters;
    }

    @Override
    public boolean beforeHandshake(
            ServerHttpRequest request,
            ServerHttpResponse response,
            WebSocketHandler handler,
            Map<String, Object> attributes) {
        if (access.isShut()) {
            return refuse(
                    response,
                    HttpStatus.FORBIDDEN,
                    "this node can be reached from other machines and has no tokens, so nobody is let in:"
                            + " configure mesh.gateway.tokens, or mesh.security.open=true if everybody may come in");
        }
        String complaint = origins.complaint(request);
        if (complaint != null) {
            return refuse(response, HttpStatus.FORBIDDEN, complaint);
        }
        if (full.getAsBoolean()) {
            return refuse(
                    response,
                    HttpStatus.SERVICE_UNAVAILABLE,
                    "this node has as many STOMP clients as mesh.limits.max-sessions allows: go to another one");
        }
        return true;
    }

    private boolean refuse(ServerHttpResponse response, HttpStatus status, String why) {
        log.debug("refused a STOMP client: {}", why);
        counters.count(GatewayEvent.STOMP_REFUSED);
        response.setStatusCode(status);
        return false;
    }

    @Override
    public void afterHandshake(
            ServerHttpRequest request,
            ServerHttpResponse response,
            WebSocketHandler handler,
            @Nullable Exception failure) {}
}
