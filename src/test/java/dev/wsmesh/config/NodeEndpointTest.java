package dev.wsmesh.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.boot.web.server.autoconfigure.ServerProperties;
import org.springframework.mock.env.MockEnvironment;

class NodeEndpointTest {

    private static final InetSocketAddress NEAR = new InetSocketAddress(InetAddress.getLoopbackAddress(), 40_000);
    private static final InetSocketAddress FAR = new InetSocketAddress(InetAddress.ofLiteral("192.0.2.7"), 40_000);

    @Test
    void a_node_bound_to_loopback_cannot_be_dialled_from_elsewhere() {
        NodeEndpoint local = endpoint("127.0.0.1:8081");
        assertThat(local.seenFrom(NEAR)).isEqualTo("ws://:8081/");
        assertThat(local.seenFrom(FAR)).isEmpty();
        assertThat(endpoint("0.0.0.0:8081").seenFrom(FAR)).isEqualTo("ws://:8081/");
    }

    @Test
    void all_parts_of_the_path_count() {
        MockEnvironment environment = new MockEnvironment()
                .withProperty("mesh.bind", "127.0.0.1:8081")
                .withProperty("spring.mvc.servlet.path", "/spring");
        ServerProperties server = new ServerProperties();
        server.getServlet().setContextPath("/app");
        assertThat(endpoint(environment, server, "/mesh").path()).isEqualTo("/app/spring/mesh");
    }

    private static NodeEndpoint endpoint(String bind) {
        return endpoint(new MockEnvironment().withProperty("mesh.bind", bind), new ServerProperties(), "/");
    }

    private static NodeEndpoint endpoint(MockEnvironment environment, ServerProperties server, String path) {
        DefaultListableBeanFactory beans = new DefaultListableBeanFactory();
        beans.registerSingleton("server", server);
        ObjectProvider<ServerProperties> provider = beans.getBeanProvider(ServerProperties.class);
        MeshProperties properties = new Binder(new MapConfigurationPropertySource(Map.of("mesh.path", path)))
                .bindOrCreate("mesh", MeshProperties.class);
        return new NodeEndpoint(properties, new NodeAddress(environment), provider, environment);
    }
}
