package dev.wsmesh.websocket;

import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.web.socket.WebSocketHandler;
import org.springframework.web.socket.WebSocketHttpHeaders;
import org.springframework.web.socket.server.standard.StandardWebSocketUpgradeStrategy;
import org.springframework.web.socket.server.support.DefaultHandshakeHandler;
import org.springframework.web.socket.server.support.WebSocketHttpRequestHandler;

/**
 * Upgrades without extensions: compression costs memory for each session, and a small message could unpack to a huge one.
 * The container negotiates from the request itself, whatever Spring's handshake handler selects, so the offer is hidden
 * from it.
 */
final class UncompressedUpgrade extends WebSocketHttpRequestHandler {

    /** By the Jakarta API on every container: the strategy for Jetty's own, which Spring prefers there, knows no parts. */
    UncompressedUpgrade(WebSocketHandler handler) {
        super(handler, new DefaultHandshakeHandler(new StandardWebSocketUpgradeStrategy()));
    }

    @Override
    public void handleRequest(HttpServletRequest request, HttpServletResponse response)
            throws ServletException, IOException {
        super.handleRequest(new WithoutExtensions(request), response);
    }

    private static final class WithoutExtensions extends HttpServletRequestWrapper {

        WithoutExtensions(HttpServletRequest request) {
            super(request);
        }

        @Override
        public @Nullable String getHeader(String name) {
            return isExtensions(name) ? null : super.getHeader(name);
        }

        @Override
        public Enumeration<String> getHeaders(String name) {
            return isExtensions(name) ? Collections.emptyEnumeration() : super.getHeaders(name);
        }

        @Override
        public Enumeration<String> getHeaderNames() {
            List<String> names = Collections.list(super.getHeaderNames());
            names.removeIf(WithoutExtensions::isExtensions);
            return Collections.enumeration(names);
        }

        private static boolean isExtensions(String name) {
            return WebSocketHttpHeaders.SEC_WEBSOCKET_EXTENSIONS.equalsIgnoreCase(name);
        }
    }
}
