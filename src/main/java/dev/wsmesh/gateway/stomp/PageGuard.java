package dev.wsmesh.gateway.stomp;

import dev.wsmesh.gateway.OriginRule;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpStatus;
import org.springframework.http.server.ServerHttpRequest;
import org.springframework.http.server.ServerHttpResponse;
import org.springframework.web.socket.WebSocketHandler;
import org.springframework.web.socket.server.HandshakeInterceptor;

/** Lets in the pages that may come, and whoever is no page. */
public final class PageGuard implements HandshakeInterceptor {

    private static final Logger log = LoggerFactory.getLogger(PageGuard.class);

    private final OriginRule origins;

    /** Guards by this rule. */
    public PageGuard(OriginRule origins) {
        this.origins = origins;
    }

    @Override
    public boolean beforeHandshake(
            ServerHttpRequest request,
            ServerHttpResponse response,
            WebSocketHandler handler,
            Map<String, Object> attributes) {
        String complaint = origins.complaint(request);
        if (complaint != null) {
            log.debug("refused a STOMP client: {}", complaint);
            response.setStatusCode(HttpStatus.FORBIDDEN);
        }
        return complaint == null;
    }

    @Override
    public void afterHandshake(
            ServerHttpRequest request,
            ServerHttpResponse response,
            WebSocketHandler handler,
            @Nullable Exception failure) {}
}
