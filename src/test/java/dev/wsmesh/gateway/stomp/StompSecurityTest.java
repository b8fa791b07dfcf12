package dev.wsmesh.gateway.stomp;

import static dev.wsmesh.TestNode.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.wsmesh.TestNode;
import dev.wsmesh.identity.ClusterKey;
import dev.wsmesh.seed.RawWebSocket;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.messaging.handler.annotation.MessageMapping;
import org.springframework.stereotype.Controller;

/** Who is let in at a node's endpoint, and how much of the node those have who are not. */
class StompSecurityTest {

    private static final String TOKEN = "a-token-of-enough-characters";
    private static final String CONNECT = "CONNECT\naccept-version:1.2\nhost:mesh\n\n\0";

    private static RawWebSocket dial(TestNode node, Map<String, String> headers) throws IOException {
        return RawWebSocket.dial("localhost", node.port(), "/stomp", headers);
    }

    private static void assertRefused(TestNode node, int status, Map<String, String> headers) {
        assertThatThrownBy(() -> dial(node, headers)).hasMessageContaining("not upgraded: HTTP/1.1 " + status);
    }

    @Test
    void pages_of_other_origins_and_of_rebound_names_are_refused() throws Exception {
        try (TestNode node = TestNode.start("--mesh.allowed-origins=https://app.example.org")) {
            String rebound = "evil.example.org:" + node.port();
            assertRefused(node, 403, Map.of("Origin", "https://evil.example.org"));
            assertRefused(node, 403, Map.of("Host", rebound, "Origin", "http://" + rebound));
            assertRefused(node, 403, Map.of("Host", rebound));
            for (String origin : new String[] {"https://app.example.org", "http://" + node.bind()}) {
                RawStomp.connect(dial(node, Map.of("Origin", origin)), "0,0").close();
            }
        }
    }

    @Test
    void a_node_that_lets_nobody_in_upgrades_nobody() {
        try (TestNode node = TestNode.start(
                "--mesh.bind=0.0.0.0:0", "--mesh.key=" + ClusterKey.generate(), "--mesh.plain-peers.enabled=true")) {
            assertRefused(node, 403, Map.of());
        }
    }

    @Test
    void no_more_clients_are_accepted_than_sessions_may_be() throws Exception {
        try (TestNode node = TestNode.start("--mesh.limits.max-sessions=2");
                RawWebSocket first = dial(node, Map.of());
                RawStomp second = RawStomp.connect(dial(node, Map.of()), "0,0")) {
            assertThat(second).isNotNull();
            assertRefused(node, 503, Map.of());
            first.reset();
            await().atMost(PATIENCE).ignoreException(IOException.class).until(() -> {
                RawStomp.connect(dial(node, Map.of()), "0,0").close();
                return true;
            });
        }
    }

    @Test
    void who_does_not_connect_soon_is_ended_and_nobody_else() throws Exception {
        try (TestNode node = TestNode.start("--mesh.gateway.tokens[0].token=" + TOKEN);
                RawWebSocket silent = dial(node, Map.of());
                RawWebSocket slow = dial(node, Map.of());
                RawWebSocket known = dial(node, Map.of())) {
            known.sendText(CONNECT.replace("\n\n", "\npasscode:" + TOKEN + "\n\n"));
            assertThat(Objects.requireNonNull(known.readMessage()).text()).startsWith("CONNECTED");
            slow.sendText("CONNECT\na:" + "x".repeat(1_000));
            for (RawWebSocket each : new RawWebSocket[] {silent, slow}) {
                each.readTimeoutMillis(10_000);
                RawWebSocket.Frame end = Objects.requireNonNull(each.readMessage());
                assertThat(end.opcode()).isEqualTo(RawWebSocket.CLOSE);
                assertThat(end.closeCode()).isEqualTo(1008);
            }
            known.sendText("ACK\nid:1\nreceipt:still-there\n\n\0");
            assertThat(Objects.requireNonNull(known.readMessage()).text()).contains("still-there");
        }
    }

    @Test
    void what_comes_behind_a_frame_that_ended_the_session_leaves_nothing() throws Exception {
        for (String ending : new String[] {"SEND\ndestination:/queue/x\n\n\0", "DISCONNECT\n\n\0", "BEGIN\n\n\0"}) {
            StringBuilder frames = new StringBuilder(CONNECT).append(ending);
            for (int i = 0; i < 250; i++) {
                frames.append("SUBSCRIBE\nid:a").append(i).append("\ndestination:/topic/a\n\n\0");
            }
            frames.append("SEND\ndestination:/topic/behind\n\nx\0");
            try (TestNode node = TestNode.start();
                    RawWebSocket socket = dial(node, Map.of())) {
                socket.sendText(frames.toString());
                await().atMost(PATIENCE).until(() -> node.texts("behind").size() == 1);
                socket.reset();
                MeshBroker broker = node.bean(MeshBroker.class);
                await().atMost(PATIENCE).during(Duration.ofSeconds(1)).until(() -> broker.subscriptions() == 0);
            }
        }
    }

    /** Has methods of its own for what clients send. */
    @SpringBootConfiguration
    @EnableAutoConfiguration
    @Controller
    static class Jobs {

        private final AtomicInteger taken = new AtomicInteger();

        @MessageMapping("/jobs")
        void take() {
            taken.incrementAndGet();
        }

        int taken() {
            return taken.get();
        }
    }

    @Test
    void nobody_calls_methods_of_the_application_without_a_token() throws Exception {
        String send = "SEND\ndestination:/jobs\n\nx\0";
        try (ConfigurableApplicationContext application = new SpringApplicationBuilder(Jobs.class)
                .properties(
                        "server.address=localhost",
                        "server.port=0",
                        "spring.main.banner-mode=off",
                        "mesh.presence.enabled=false",
                        "mesh.stomp.enabled=true",
                        "mesh.gateway.tokens[0].token=" + TOKEN)
                .run()) {
            int port = Integer.parseInt(application.getEnvironment().getRequiredProperty("local.server.port"));
            for (String frames : new String[] {CONNECT + send, send}) {
                try (RawWebSocket stranger = RawWebSocket.dial("localhost", port, "/stomp", Map.of())) {
                    stranger.sendText(frames);
                    assertThat(Objects.requireNonNull(stranger.readMessage()).text())
                            .startsWith("ERROR");
                    stranger.readTimeoutMillis((int) PATIENCE.toMillis());
                    for (RawWebSocket.Frame next = stranger.readMessage();
                            next != null && next.opcode() != RawWebSocket.CLOSE;
                            next = stranger.readMessage()) {
                        assertThat(next.text()).startsWith("ERROR");
                    }
                }
            }
            assertThat(application.getBean(Jobs.class).taken()).isZero();
            try (RawWebSocket known = RawWebSocket.dial("localhost", port, "/stomp", Map.of())) {
                known.sendText(CONNECT.replace("\n\n", "\npasscode:" + TOKEN + "\n\n") + send);
                await().atMost(PATIENCE)
                        .until(() -> application.getBean(Jobs.class).taken() == 1);
            }
        }
    }
}
