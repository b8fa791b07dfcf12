package dev.wsmesh.gateway.http;

import dev.wsmesh.gateway.AccessRules;
import dev.wsmesh.gateway.AccessRules.Caller;
import dev.wsmesh.gateway.OriginRule;
import dev.wsmesh.node.MeshCounters;
import dev.wsmesh.node.MeshCounters.GatewayEvent;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.server.ServletServerHttpRequest;
import org.springframework.web.cors.CorsConfiguration;
import org.springframework.web.cors.CorsConfigurationSource;
import org.springframework.web.servlet.function.HandlerFunction;
import org.springframework.web.servlet.function.ServerRequest;
import org.springframework.web.servlet.function.ServerResponse;

/** Stands before each handler: lets callers in, and makes answers of problems. Touches no request of the application's own. */
final class Guard {

    private static final Logger log = LoggerFactory.getLogger(Guard.class);

    private static final long PREFLIGHT_KEPT_SECONDS = 600;

    private final AccessRules access;
    private final OriginRule origins;
    private final MeshCounters counters;

    Guard(AccessRules access, OriginRule origins, MeshCounters counters) {
        this.access = access;
        this.origins = origins;
        this.counters = counters;
    }

    /** What is done for a caller who was let in. */
    @FunctionalInterface
    interface Task {
        ServerResponse handle(ServerRequest request, Caller caller) throws IOException;
    }

    HandlerFunction<ServerResponse> before(Task task) {
        return new Guarded(request -> task.handle(request, letIn(request)));
    }

    /** For what everybody may see. */
    HandlerFunction<ServerResponse> beforePublic(HandlerFunction<ServerResponse> handler) {
        return new Guarded(handler);
    }

    private Caller letIn(ServerRequest request) {
        if (access.isShut()) {
            throw Problem.forbidden(
                    "this node can be reached from other machines and has no tokens, so nobody is let in:"
                            + " configure mesh.gateway.tokens, or mesh.security.open=true if everybody may come in");
        }
        String complaint = origins.complaint(new ServletServerHttpRequest(request.servletRequest()));
        if (complaint != null) {
            throw Problem.forbidden(complaint);
        }
        String authorization = request.servletRequest().getHeader(HttpHeaders.AUTHORIZATION);
        Caller caller = access.identify(authorization);
        if (caller == null) {
            throw Problem.unauthorized(
                    authorization == null
                            ? "send a header 'Authorization: Bearer <token>' with one of this node's mesh.gateway.tokens"
                            : "this is none of this node's mesh.gateway.tokens");
        }
        return caller;
    }

    /** A handler of the gateway's. */
    final class Guarded implements HandlerFunction<ServerResponse>, CorsConfigurationSource {

        private final HandlerFunction<ServerResponse> handler;

        private Guarded(HandlerFunction<ServerResponse> handler) {
            this.handler = handler;
        }

        @Override
        public ServerResponse handle(ServerRequest request) throws Exception {
            try {
                return handler.handle(request);
            } catch (Problem e) {
                counters.count(GatewayEvent.HTTP_REFUSED);
                return e.answer();
            } catch (RuntimeException e) {
                counters.count(GatewayEvent.HTTP_REFUSED);
                log.error("a request for {} failed", request.path(), e);
                return Problem.failed().answer();
            }
        }

        /** Nothing, so that our own answer says why, unless the origin is one of those that may come. */
        @Override
        public @Nullable CorsConfiguration getCorsConfiguration(HttpServletRequest request) {
            String origin = request.getHeader(HttpHeaders.ORIGIN);
            if (origin == null || !origins.allows(origin)) {
                return null;
            }
            CorsConfiguration configuration = new CorsConfiguration();
            configuration.setAllowedOrigins(List.of(origin));
            configuration.setAllowedMethods(List.of("GET", "POST"));
            configuration.setAllowedHeaders(List.of(CorsConfiguration.ALL));
            configuration.setExposedHeaders(List.of(HttpHeaders.RETRY_AFTER));
            configuration.setMaxAge(PREFLIGHT_KEPT_SECONDS);
            return configuration;
        }
    }
}
