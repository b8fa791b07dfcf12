package dev.wsmesh;

import dev.wsmesh.websocket.Locator;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Stands for the system's resolver, which in the nodes of a test knows one name only. */
@Configuration(proxyBeanMethods = false)
class NamedAddresses {

    static final String NAME = "node.mesh.test";

    /** Has a node use it. */
    static final String PROPERTY = "--spring.main.sources=" + NamedAddresses.class.getName();

    /** What the name means now; nothing means that it cannot be resolved. */
    private static volatile List<String> addresses = List.of();

    private static volatile int asked;

    static void mean(String... now) {
        addresses = List.of(now);
    }

    /** How often nodes have asked, about. */
    static int asked() {
        return asked;
    }

    @Bean
    Locator.Resolver testResolver() {
        return NamedAddresses::resolve;
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // about is enough
    private static InetAddress[] resolve(String host) throws UnknownHostException {
        asked++;
        List<String> now = addresses;
        if (now.isEmpty() || !host.equals(NAME)) {
            throw new UnknownHostException(host);
        }
        return now.stream().map(InetAddress::ofLiteral).toArray(InetAddress[]::new);
    }
}
