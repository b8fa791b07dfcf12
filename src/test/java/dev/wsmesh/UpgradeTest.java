package dev.wsmesh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import dev.wsmesh.node.MeshCounters;
import dev.wsmesh.node.MeshCounters.Refusal;
import dev.wsmesh.seed.RawWebSocket;
import java.io.IOException;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Who may become a peer. */
class UpgradeTest {

    @Test
    void an_upgrade_without_an_origin_or_with_the_nodes_own_is_accepted() throws Exception {
        try (TestNode node = TestNode.start();
                RawWebSocket none = dial(node, "/", Map.of());
                RawWebSocket own = dial(node, "/", Map.of("Origin", "http://" + node.bind()))) {
            node.awaitSessions(2);
            assertThat(none.localPort()).isNotEqualTo(own.localPort());
        }
    }

    @Test
    void an_upgrade_from_another_origin_is_refused_and_counted() throws Exception {
        try (TestNode node = TestNode.start()) {
            for (String origin : new String[] {"https://evil.example", "null", "http://localhost:1", "not a url"}) {
                assertRefused(node, "/", Map.of("Origin", origin), "403");
            }
            assertThat(node.counters().refusals(Refusal.ORIGIN)).isEqualTo(4);
            assertThat(node.sessions()).isEmpty();
        }
    }

    @Test
    void a_name_that_was_pointed_at_this_machine_does_not_make_a_page_our_own() throws Exception {
        try (TestNode node = TestNode.start()) {
            String rebound = "evil.example:" + node.port();
            assertRefused(node, "/", Map.of("Host", rebound, "Origin", "http://" + rebound), "403");
            assertThat(node.counters().refusals(Refusal.ORIGIN)).isEqualTo(1);
            dial(node, "/", Map.of("Host", rebound)).close();
        }
    }

    @Test
    void forwarded_headers_of_strangers_are_not_believed() throws Exception {
        try (TestNode node = TestNode.start();
                RawWebSocket peer = dial(node, "/", Map.of("X-Forwarded-For", "6.6.6.6\u009b31m"))) {
            node.awaitSessions(1);
            assertThat(node.sessions().getFirst().address()).isEqualTo("127.0.0.1:" + peer.localPort());
            assertRefused(
                    node,
                    "/",
                    Map.of(
                            "Origin",
                            "https://evil.example",
                            "X-Forwarded-Host",
                            "evil.example",
                            "X-Forwarded-Proto",
                            "https"),
                    "403");
        }
    }

    @Test
    void an_allowed_origin_is_accepted_and_others_are_not() throws Exception {
        try (TestNode node = TestNode.start("--mesh.allowed-origins=https://app.example");
                RawWebSocket allowed = dial(node, "/", Map.of("Origin", "https://app.example"))) {
            node.awaitSessions(1);
            assertRefused(node, "/", Map.of("Origin", "https://evil.example"), "403");
            assertThat(allowed.localPort()).isPositive();
        }
    }

    @Test
    void an_upgrade_that_offers_the_link_protocol_is_never_treated_as_a_plain_peer() throws Exception {
        try (TestNode node = TestNode.start()) {
            try (RawWebSocket stranger = dial(node, "/", Map.of("Sec-WebSocket-Protocol", "other, WSMESH.v1"))) {
                stranger.sendText("I am a plain peer, am I not?");
                RawWebSocket.Frame answer = Objects.requireNonNull(stranger.readMessage());
                assertThat(answer.opcode()).isEqualTo(RawWebSocket.CLOSE);
                assertThat(answer.closeCode()).isEqualTo(1003);
            }
            assertThat(node.messages()).isEmpty();
            assertThat(node.counters().endings(MeshCounters.Ending.OTHER)).isZero();
        }
    }

    @Test
    void more_sessions_than_allowed_are_refused() throws Exception {
        try (TestNode node = TestNode.start("--mesh.limits.max-sessions=2");
                RawWebSocket stays = dial(node, "/", Map.of())) {
            RawWebSocket leaves = dial(node, "/", Map.of());
            node.awaitSessions(2);
            assertRefused(node, "/", Map.of(), "503");
            assertThat(node.counters().refusals(Refusal.FULL)).isEqualTo(1);
            leaves.close();
            node.awaitSessions(1);
            dial(node, "/", Map.of()).close();
            assertThat(stays.localPort()).isPositive();
        }
    }

    @Test
    void peers_are_accepted_at_the_configured_path_only_and_the_page_stays_at_the_root() throws Exception {
        try (TestNode node = TestNode.start("--mesh.path=/mesh/v1");
                RawWebSocket peer = dial(node, "/mesh/v1", Map.of())) {
            node.awaitSessions(1);
            assertThatIOException().isThrownBy(() -> dial(node, "/", Map.of()));
            assertThat(node.get("/").statusCode()).isEqualTo(200);
            assertThat(node.get("/").body()).contains("wsmesh");
            assertThat(peer.localPort()).isPositive();
        }
    }

    @Test
    void compression_is_not_agreed_to() throws Exception {
        try (TestNode node = TestNode.start();
                RawWebSocket peer = dial(node, "/", Map.of("Sec-WebSocket-Extensions", "permessage-deflate"))) {
            assertThat(peer.answerHeaders()).doesNotContainKey("sec-websocket-extensions");
        }
    }

    @Test
    void the_page_and_the_endpoint_live_at_the_same_path() throws Exception {
        try (TestNode node = TestNode.start();
                RawWebSocket peer = dial(node, "/", Map.of())) {
            assertThat(node.get("/").statusCode()).isEqualTo(200);
            assertThat(node.get("/").headers().firstValue("content-type"))
                    .hasValueSatisfying(type -> assertThat(type).startsWith("text/html"));
            assertThat(peer.localPort()).isPositive();
        }
    }

    private static RawWebSocket dial(TestNode node, String path, Map<String, String> headers) throws IOException {
        return RawWebSocket.dial("localhost", node.port(), path, headers);
    }

    private static void assertRefused(TestNode node, String path, Map<String, String> headers, String status) {
        assertThatIOException().isThrownBy(() -> dial(node, path, headers)).withMessageContaining(" " + status);
    }
}
