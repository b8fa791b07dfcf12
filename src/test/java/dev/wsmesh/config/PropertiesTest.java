package dev.wsmesh.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

class PropertiesTest {

    @Test
    void the_defaults_are_the_documented_ones() {
        MeshProperties properties = bind(Map.of());
        assertThat(properties.bind()).isNull();
        assertThat(properties.peers()).isEmpty();
        assertThat(properties.path()).isEqualTo("/mesh");
        assertThat(properties.broadcast().interval()).isEqualTo(Duration.ofSeconds(10));
        assertThat(properties.dial().backoff().max()).isEqualTo(Duration.ofSeconds(30));
        assertThat(properties.plainPeerLimits().queueBytes()).isEqualTo(8L * 1024 * 1024);
        assertThat(properties.maxMessageBytes()).isEqualTo(1024 * 1024);
        assertThat(properties.minPeers()).isZero();
    }

    @Test
    void peers_can_be_a_line_of_urls() {
        assertThat(bind(Map.of("mesh.peers", "ws://a:1, wss://b/x")).peers())
                .containsExactly(
                        new PeerProperties("ws://a:1", Map.of(), false),
                        new PeerProperties("wss://b/x", Map.of(), false));
    }

    @Test
    void peers_can_be_a_list_of_urls_and_of_urls_with_headers() {
        assertThat(bind(Map.of(
                                "mesh.peers[0]", "ws://a:1",
                                "mesh.peers[1].url", "wss://b",
                                "mesh.peers[1].headers.X-Site", "west"))
                        .peers())
                .containsExactly(
                        new PeerProperties("ws://a:1", Map.of(), false),
                        new PeerProperties("wss://b", Map.of("X-Site", "west"), false));
    }

    @Test
    void an_empty_line_of_peers_is_none() {
        assertThat(bind(Map.of("mesh.peers", "")).peers()).isEqualTo(List.of());
    }

    @Test
    void a_node_with_configured_peers_needs_one_of_them_to_be_healthy_unless_told_otherwise() {
        assertThat(bind(Map.of("mesh.peers", "ws://a:1")).minPeers()).isEqualTo(1);
        assertThat(bind(Map.of("mesh.peers", "ws://a:1", "mesh.health.min-peers", "0"))
                        .minPeers())
                .isZero();
    }

    @ParameterizedTest
    @CsvSource({
        "true, '', '', true",
        "false, '', '', false",
        "true, 'ws://localhost:1,ws://127.0.0.1:2', '', true",
        "false, 'ws://localhost:1', '', true",
        "false, 'ws://localhost:1,ws://node:2', '', false",
        "true, 'ws://192.0.2.1:2', '', false",
        "true, '', 'wss://node.example.org', false",
        "true, 'ws://localhost:1', 'ws://localhost:2', true"
    })
    void a_mesh_is_on_this_machine_only_if_nothing_in_its_configuration_is_elsewhere(
            boolean bound, String peers, String advertised, boolean expected) {
        MeshProperties properties = bind(Map.of("mesh.peers", peers, "mesh.advertised-url", advertised));
        assertThat(properties.isOnThisMachine(bound)).isEqualTo(expected);
    }

    private static MeshProperties bind(Map<String, String> properties) {
        return new Binder(new MapConfigurationPropertySource(properties)).bindOrCreate("mesh", MeshProperties.class);
    }
}
