package dev.wsmesh.websocket;

import dev.wsmesh.protocol.Limits;
import jakarta.websocket.ClientEndpointConfig;
import jakarta.websocket.ContainerProvider;
import jakarta.websocket.DeploymentException;
import jakarta.websocket.Endpoint;
import jakarta.websocket.WebSocketContainer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.util.ClassUtils;
import org.springframework.web.socket.WebSocketExtension;
import org.springframework.web.socket.WebSocketHandler;
import org.springframework.web.socket.WebSocketHttpHeaders;
import org.springframework.web.socket.WebSocketSession;
import org.springframework.web.socket.adapter.standard.StandardWebSocketHandlerAdapter;
import org.springframework.web.socket.adapter.standard.StandardWebSocketSession;
import org.springframework.web.socket.client.standard.StandardWebSocketClient;

/**
 * Opens WebSocket sessions: the one place that knows names, proxies, TLS and the upgrade. Thread-safe.
 */
public final class Connector {

    // Tomcat's names, from its WebSocket how-to; another container ignores them and relies on the bound around the
    // dial.
    private static final String IO_TIMEOUT_MILLIS = "org.apache.tomcat.websocket.IO_TIMEOUT_MS";
    private static final String MAX_REDIRECTIONS = "org.apache.tomcat.websocket.MAX_REDIRECTIONS";

    private static final String TOMCATS_CLIENT = "org.apache.tomcat.websocket.WsWebSocketContainer";

    /**
     * So much at a time is taken out of the socket of a link that this node dialled: as much as a usual frame has. Tomcat's client takes
     * 8 KiB by itself, and a busy link spends a fifth of its time on that (docs/adr/0513).
     */
    private static final int READ_BYTES = Limits.FRAME_TARGET_BYTES;

    private final WebSocketContainer container = container();
    private final Duration stepTimeout;
    private final Supplier<SSLContext> sslContext;
    private final ProxySettings proxies;

    /**
     * Creates a connector.
     *
     * @param stepTimeout bounds each step of a dial; whoever dials bounds the whole
     * @param sslContext asked for each {@code wss://} dial, so that renewed certificates count at once
     */
    public Connector(Duration stepTimeout, Supplier<SSLContext> sslContext, ProxySettings proxies) {
        this.stepTimeout = stepTimeout;
        this.sslContext = sslContext;
        this.proxies = proxies;
    }

    /**
     * Opens a session, and returns once the handler knows it. Blocks the calling thread; an interrupt ends the dial.
     *
     * @throws ExecutionException if there is no session; {@link #failure} says why in words
     */
    void connect(PeerTarget target, List<String> subprotocols, WebSocketHandler handler)
            throws ExecutionException, InterruptedException {
        WebSocketHttpHeaders headers = new WebSocketHttpHeaders();
        target.headers().forEach(headers::add);
        headers.setSecWebSocketProtocol(subprotocols);
        try {
            new PeerClient(target).execute(handler, headers, target.url().uri()).get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof DeploymentException failure
                    && failure.getCause() instanceof InterruptedException interrupted) {
                throw interrupted;
            }
            throw e;
        }
    }

    /** How much is read from a socket at a time, where the client is Tomcat's. */
    int readBytes() {
        return container.getDefaultMaxBinaryMessageBufferSize();
    }

    /** Whether a proxy stands between this node and the target; the Java platform's own are not asked. */
    public boolean isProxied(PeerTarget target) {
        return proxies.of(target) != null;
    }

    /** Whether the Java platform's own settings have a proxy for it, which count where ours say nothing; asked as Tomcat's client asks. */
    static boolean isProxiedByPlatform(PeerTarget target) {
        ProxySelector selector = ProxySelector.getDefault();
        // ws:// is http:// there, and wss:// is https://.
        URI asked = URI.create("http" + target.url().toString().substring("ws".length()));
        return selector != null && selector.select(asked).stream().anyMatch(proxy -> proxy.type() == Proxy.Type.HTTP);
    }

    /** Why a dial of this target failed. */
    DialException failure(PeerTarget target, Throwable failure) {
        @Nullable ProxyServer proxy = proxies.of(target);
        return proxy == null
                ? DialException.of(target.url(), failure)
                : DialException.through(proxy, target.url(), failure);
    }

    /** Whether the client knows proxies and takes an SSL context; others do not, Jetty's among them (docs/adr/0009). */
    public static boolean knowsProxiesAndTls() {
        return ClassUtils.isPresent(TOMCATS_CLIENT, Connector.class.getClassLoader());
    }

    /** Tomcat's client where it is there, whatever the web server is. */
    private static WebSocketContainer container() {
        if (!knowsProxiesAndTls()) {
            return ContainerProvider.getWebSocketContainer();
        }
        try {
            Class<?> client = ClassUtils.forName(TOMCATS_CLIENT, Connector.class.getClassLoader());
            WebSocketContainer made =
                    (WebSocketContainer) client.getConstructor().newInstance();
            // It bounds no message, for sessions take parts: to Tomcat this is how large the buffers of a new one are.
            made.setDefaultMaxBinaryMessageBufferSize(READ_BYTES);
            return made;
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("Tomcat's WebSocket client cannot be used", e);
        }
    }

    /** What is dialled: the URL, with the pinned address in place of the name. */
    private static URI address(PeerTarget target) {
        URI uri = target.url().uri();
        InetAddress pinned = target.pinned();
        if (pinned == null) {
            return uri;
        }
        String literal = pinned.getHostAddress();
        String host = literal.contains(":") ? "[" + literal + "]" : literal;
        String query = uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery();
        return URI.create(uri.getScheme() + "://" + host + ":" + target.url().port() + uri.getRawPath() + query);
    }

    /**
     * Spring's client, but for how it connects: it would resolve the name even where a proxy does that, and it knows neither
     * proxies nor the {@code Host} header that a pinned address needs.
     */
    private final class PeerClient extends StandardWebSocketClient {

        private final PeerTarget target;
        private final @Nullable ProxyServer proxy;

        PeerClient(PeerTarget target) {
            super(container);
            this.target = target;
            this.proxy = proxies.of(target);
            getUserProperties().put(IO_TIMEOUT_MILLIS, Long.toString(stepTimeout.toMillis()));
            getUserProperties().put(MAX_REDIRECTIONS, "0");
        }

        @Override
        protected CompletableFuture<WebSocketSession> executeInternal(
                WebSocketHandler handler,
                HttpHeaders headers,
                URI uri,
                List<String> subprotocols,
                List<WebSocketExtension> extensions,
                Map<String, Object> attributes) {
            StandardWebSocketSession session = new StandardWebSocketSession(headers, attributes, null, remote());
            Endpoint endpoint = new StandardWebSocketHandlerAdapter(handler, session);
            ClientEndpointConfig config = config(headers, subprotocols);
            ScopedValue.CallableOp<?, Exception> dial =
                    () -> container.connectToServer(endpoint, config, address(target));
            try {
                if (proxies.decide(target)) {
                    DialProxySelector.dial(proxy, dial);
                } else {
                    dial.call();
                }
                return CompletableFuture.completedFuture(session);
            } catch (Exception e) {
                return CompletableFuture.failedFuture(e);
            } finally {
                // The session keeps the properties.
                config.getUserProperties().remove(HttpHeaders.PROXY_AUTHORIZATION);
            }
        }

        /** The other end of the socket; null if it is not known here, or is a proxy's. */
        private @Nullable InetSocketAddress remote() {
            InetAddress pinned = target.pinned();
            return pinned == null || proxy != null
                    ? null
                    : new InetSocketAddress(pinned, target.url().port());
        }

        private ClientEndpointConfig config(HttpHeaders headers, List<String> subprotocols) {
            ClientEndpointConfig.Builder builder = ClientEndpointConfig.Builder.create()
                    .configurator(new Headers(headers, target))
                    .preferredSubprotocols(subprotocols);
            if (target.url().isSecure()) {
                SSLContext context = sslContext.get();
                builder.sslContext(
                        target.pinned() == null
                                ? context
                                : new NamedSslContext(
                                        context, target.url().uri().getHost()));
            }
            ClientEndpointConfig config = builder.build();
            config.getUserProperties().putAll(getUserProperties());
            if (proxy != null && proxy.authorization() != null) {
                config.getUserProperties().put(HttpHeaders.PROXY_AUTHORIZATION, proxy.authorization());
            }
            return config;
        }
    }

    /** Adds the target's headers to the upgrade request. */
    private static final class Headers extends ClientEndpointConfig.Configurator {

        private final HttpHeaders given;
        private final PeerTarget target;

        Headers(HttpHeaders given, PeerTarget target) {
            this.given = given;
            this.target = target;
        }

        @Override
        public void beforeRequest(Map<String, List<String>> headers) {
            given.forEach(headers::put);
            if (target.pinned() != null) {
                headers.put(HttpHeaders.HOST, List.of(target.url().hostAndPort()));
            }
        }
    }
}
