package dev.wsmesh.config;

import dev.wsmesh.node.BindAddress;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.context.config.ConfigDataEnvironmentPostProcessor;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.Ordered;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;

/** Makes the web server listen where {@code mesh.bind} says, if it says anything, wherever it was set. */
public final class BindEnvironmentPostProcessor implements EnvironmentPostProcessor, Ordered {

    static final String PROPERTY = "mesh.bind";

    private static final String SERVER_PORT = "server.port";
    private static final int MAX_PORT = 65_535;

    @Override
    public void postProcessEnvironment(ConfigurableEnvironment environment, SpringApplication application) {
        @Nullable String bind = environment.getProperty(PROPERTY);
        if (bind == null || bind.isBlank()) {
            requirePort(environment);
            return;
        }
        BindAddress address = Rules.parse(PROPERTY, bind, BindAddress::parse);
        String host = address.host().equals("*") ? "0.0.0.0" : address.host();
        requireLocal(host, bind);
        Map<String, Object> server = Map.of("server.address", host, SERVER_PORT, address.port());
        environment.getPropertySources().addFirst(new MapPropertySource(PROPERTY, server));
    }

    /** After the configuration files have been read. */
    @Override
    public int getOrder() {
        return ConfigDataEnvironmentPostProcessor.ORDER + 1;
    }

    /** Said here, because the platform's own complaint does not name the property. */
    private static void requirePort(ConfigurableEnvironment environment) {
        int port = Binder.get(environment).bind(SERVER_PORT, Integer.class).orElse(0);
        Rules.require(port >= -1 && port <= MAX_PORT, SERVER_PORT, port, "a port from 0 to 65535");
    }

    private static void requireLocal(String host, String bind) {
        Rules.require(
                isLocal(host),
                PROPERTY,
                bind,
                "a host that is a name or an address of this machine, or 0.0.0.0 for all");
    }

    private static boolean isLocal(String host) {
        try {
            InetAddress address = InetAddress.getByName(host);
            return address.isAnyLocalAddress()
                    || address.isLoopbackAddress()
                    || NetworkInterface.getByInetAddress(address) != null;
        } catch (UnknownHostException | SocketException e) {
            return false;
        }
    }
}
