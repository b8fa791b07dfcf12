package dev.wsmesh.config;

import dev.wsmesh.websocket.Endpoint;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.web.server.Ssl;
import org.springframework.boot.web.server.autoconfigure.ServerProperties;
import org.springframework.core.env.Environment;

/** Where this node can be dialled, as far as it knows that itself; complete once the web server listens. */
final class NodeEndpoint {

    private final MeshProperties properties;
    private final NodeAddress address;
    private final ObjectProvider<ServerProperties> server;
    private final Environment environment;

    NodeEndpoint(
            MeshProperties properties,
            NodeAddress address,
            ObjectProvider<ServerProperties> server,
            Environment environment) {
        this.properties = properties;
        this.address = address;
        this.server = server;
        this.environment = environment;
    }

    /** The text for the Hello of a handshake with a peer there; empty if that one cannot dial this node. */
    String seenFrom(@Nullable InetSocketAddress remote) {
        boolean elsewhere = remote != null
                && remote.getAddress() != null
                && !remote.getAddress().isLoopbackAddress();
        return properties.outboundOnly() || (address.isLoopback() && elsewhere)
                ? ""
                : Endpoint.of(isTls(), address.port(), path());
    }

    /** What the node tells the others; null if nobody can dial it. */
    @Nullable
    String url() {
        return properties.advertisedUrl() != null || properties.outboundOnly()
                ? properties.advertisedUrl()
                : (isTls() ? "wss://" : "ws://") + address.get() + path();
    }

    /** The path that a peer dials, that of the application before that of the mesh. */
    String path() {
        return ApplicationPath.of(server.getIfAvailable(), environment) + properties.path();
    }

    private boolean isTls() {
        ServerProperties present = server.getIfAvailable();
        @Nullable Ssl ssl = present == null ? null : present.getSsl();
        return Ssl.isEnabled(ssl);
    }
}
