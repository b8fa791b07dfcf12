package dev.wsmesh.config;

import dev.wsmesh.node.BindAddress;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.core.env.Environment;

/**
 * The address this node shows to others: the host it binds and the port it really has. A node that listens on every
 * address shows its machine's host name, for a wildcard is nothing that another could use.
 */
final class NodeAddress implements Supplier<String> {

    private static final String ALL_ADDRESSES = "0.0.0.0";
    private static final int DEFAULT_PORT = 8080;

    private final Environment environment;
    private final boolean listens;
    private volatile @Nullable String known;

    NodeAddress(Environment environment) {
        this(environment, true);
    }

    /**
     * The address of a node whose context has a web server or has none, as in a test with a mocked one.
     *
     * @param listens whether anybody can reach it at all
     */
    NodeAddress(Environment environment, boolean listens) {
        this.environment = environment;
        this.listens = listens;
    }

    @Override
    public String get() {
        @Nullable String address = known;
        if (address != null) {
            return address;
        }
        @Nullable Integer actualPort = environment.getProperty("local.server.port", Integer.class);
        String configured = shown(configured());
        if (actualPort == null) {
            return configured;
        }
        address = BindAddress.parse(configured).withPort(actualPort).toString();
        known = address;
        return address;
    }

    /** Whether only this machine can reach the node. */
    boolean isLoopback() {
        if (!listens) {
            return true;
        }
        try {
            return InetAddress.getByName(configured().host()).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }

    /** The port that the node really has; the configured one before it listens. */
    int port() {
        return BindAddress.parse(get()).port();
    }

    private BindAddress configured() {
        @Nullable String bind = environment.getProperty(BindEnvironmentPostProcessor.PROPERTY);
        if (bind != null && !bind.isBlank()) {
            return BindAddress.parse(bind);
        }
        String host = environment.getProperty("server.address", ALL_ADDRESSES);
        return new BindAddress(host, environment.getProperty("server.port", Integer.class, DEFAULT_PORT));
    }

    private static String shown(BindAddress address) {
        return (address.isWildcard() ? new BindAddress(hostName(), address.port()) : address).toString();
    }

    private static String hostName() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "localhost";
        }
    }
}
