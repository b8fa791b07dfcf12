package dev.wsmesh.websocket;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Answers for the dials of this node, and for nobody else: Tomcat's client takes its proxy from the JVM's default selector
 * and from nowhere else (docs/adr/0008). Every other thread is answered by the selector that was there before.
 */
final class DialProxySelector extends ProxySelector {

    private static final ScopedValue<Proxy> DIALLED_THROUGH = ScopedValue.newInstance();

    private final @Nullable ProxySelector otherwise;

    private DialProxySelector(@Nullable ProxySelector otherwise) {
        this.otherwise = otherwise;
    }

    /** Runs a dial of the calling thread through this proxy, or with none. */
    static <X extends Throwable> void dial(@Nullable ProxyServer server, ScopedValue.CallableOp<?, X> dial) throws X {
        install();
        ScopedValue.where(DIALLED_THROUGH, server == null ? Proxy.NO_PROXY : new NamedProxy(server))
                .call(dial);
    }

    /** Each time, because an application may set a selector of its own at any time. */
    private static synchronized void install() {
        ProxySelector current = ProxySelector.getDefault();
        if (!(current instanceof DialProxySelector)) {
            ProxySelector.setDefault(new DialProxySelector(current));
        }
    }

    @Override
    public List<Proxy> select(URI uri) {
        if (DIALLED_THROUGH.isBound()) {
            return List.of(DIALLED_THROUGH.get());
        }
        return otherwise == null ? List.of(Proxy.NO_PROXY) : otherwise.select(uri);
    }

    @Override
    public void connectFailed(URI uri, SocketAddress address, IOException failure) {
        if (otherwise != null && !DIALLED_THROUGH.isBound()) {
            otherwise.connectFailed(uri, address, failure);
        }
    }

    /** Its text is how the proxy's own answers are found again among Tomcat's failures, in whatever language they are. */
    private static final class NamedProxy extends Proxy {

        private final String name;

        NamedProxy(ProxyServer server) {
            super(Type.HTTP, InetSocketAddress.createUnresolved(server.host(), server.port()));
            this.name = server.toString();
        }

        @Override
        public String toString() {
            return name;
        }
    }
}
