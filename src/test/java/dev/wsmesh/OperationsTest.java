package dev.wsmesh;

import static dev.wsmesh.TestNode.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.wsmesh.node.ConfiguredPeerView.State;
import dev.wsmesh.seed.RawWebSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What an operator sees is what is. */
class OperationsTest {

    private final JsonMapper json = new JsonMapper();

    @Test
    void a_node_without_configured_peers_is_healthy_alone() throws Exception {
        try (TestNode node = TestNode.start()) {
            JsonNode mesh = meshHealth(node, 200);
            assertThat(mesh.at("/status").asString()).isEqualTo("UP");
            assertThat(mesh.at("/details/connected").asInt()).isZero();
            assertThat(mesh.at("/details/minimum").asInt()).isZero();
        }
    }

    @Test
    void a_node_that_reaches_none_of_its_peers_is_down_and_says_which_and_since_when() throws Exception {
        try (TestNode node = TestNode.start("--plain-peers=ws://no-such-host.invalid:1")) {
            await().atMost(PATIENCE)
                    .until(() -> node.mesh().view().configuredPeers().getFirst().state() == State.UNREACHABLE);
            JsonNode mesh = meshHealth(node, 503);
            assertThat(mesh.at("/status").asString()).isEqualTo("DOWN");
            assertThat(mesh.at("/details/unreachable/0/url").asString()).isEqualTo("ws://no-such-host.invalid:1");
            assertThat(mesh.at("/details/unreachable/0/since").asString()).contains("T");
            assertThat(mesh.at("/details/unreachable/0/why").asString()).contains("no address");
            assertThat(mesh.at("/details/unreachable/0/whySince").asString()).contains("T");
            assertThat(node.get("/actuator/health/readiness").statusCode())
                    .as("whether others may send it requests does not depend on peers")
                    .isEqualTo(200);
            assertThat(node.get("/actuator/health/liveness").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void why_a_peer_is_unreachable_is_the_reason_of_now_and_not_of_the_time_before_it_was_linked() throws Exception {
        int port = FreePorts.find(1)[0];
        try (TestNode node = TestNode.start("--mesh.peers=ws://localhost:" + port)) {
            await().atMost(PATIENCE)
                    .until(() -> unreachable(node).at("/why").asString().contains("refused"));
            Instant linked;
            try (TestNode peer = TestNode.startAt(port)) {
                node.awaitNeighbours(1);
                peer.awaitNeighbours(1);
                await().atMost(PATIENCE).until(() -> unreachable(node).isMissingNode());
                linked = Instant.now();
            }
            await().atMost(PATIENCE).until(() -> !unreachable(node).isMissingNode());
            assertThat(Instant.parse(unreachable(node).at("/whySince").asString()))
                    .isAfter(linked);
            await().atMost(PATIENCE)
                    .until(() -> unreachable(node).at("/why").asString().contains("refused"));
            assertThat(Instant.parse(unreachable(node).at("/whySince").asString()))
                    .isAfter(linked);
        }
    }

    private JsonNode unreachable(TestNode node) throws Exception {
        return json.readTree(node.get("/actuator/health").body()).at("/components/mesh/details/unreachable/0");
    }

    @Test
    void health_is_down_below_the_configured_minimum_and_up_from_it() throws Exception {
        try (TestNode one = TestNode.start();
                TestNode node = TestNode.start("--mesh.health.min-peers=2", "--mesh.peers=" + one.url());
                RawWebSocket browser = RawWebSocket.dial("localhost", node.port(), "/", Map.of())) {
            node.awaitNeighbours(1).awaitSessions(1);
            assertThat(meshHealth(node, 503).at("/details/connected").asInt())
                    .as("somebody's browser at port " + browser.localPort() + " is not what the node needs")
                    .isEqualTo(1);
            try (TestNode two = TestNode.start("--mesh.peers=" + node.url())) {
                node.awaitNeighbours(2);
                assertThat(meshHealth(node, 200).at("/status").asString()).isEqualTo("UP");
                two.awaitNeighbours(2);
            }
        }
    }

    @Test
    void the_mesh_endpoint_shows_each_session_with_its_traffic() throws Exception {
        try (TestNode first = TestNode.start();
                TestNode second = TestNode.start("--plain-peers=" + first.url()).awaitSessions(1)) {
            first.awaitSessions(1);
            second.mesh().sendToPlainPeers("h\u00e9llo");
            await().atMost(PATIENCE).until(() -> first.texts().contains("h\u00e9llo"));
            await().atMost(PATIENCE).until(() -> second.sessions().getFirst().messagesOut() == 1);

            JsonNode accepted = json.readTree(first.get("/actuator/mesh").body());
            assertThat(accepted.at("/bind").asString()).isEqualTo(first.bind());
            assertThat(accepted.at("/running").asBoolean()).isTrue();
            assertThat(accepted.at("/sessions/0/direction").asString()).isEqualTo("accepted");
            assertThat(accepted.at("/sessions/0/address").asString()).startsWith("127.0.0.1:");
            assertThat(accepted.at("/sessions/0/messages/in").asInt()).isEqualTo(1);
            assertThat(accepted.at("/sessions/0/bytes/in").asInt()).isEqualTo(6);
            assertThat(accepted.at("/sessions/0/since").asString()).endsWith("Z");

            JsonNode dialled = json.readTree(second.get("/actuator/mesh").body());
            assertThat(dialled.at("/sessions/0/direction").asString()).isEqualTo("dialled");
            assertThat(dialled.at("/sessions/0/address").asString()).isEqualTo(first.url());
            assertThat(dialled.at("/sessions/0/messages/out").asInt()).isEqualTo(1);
            assertThat(dialled.at("/sessions/0/bytes/out").asInt()).isEqualTo(6);
            assertThat(dialled.at("/sessions/0/queue/messages").asInt()).isZero();
            assertThat(dialled.at("/configuredPeers/0/state").asString()).isEqualTo("connected");
        }
    }

    @Test
    void the_meters_tell_what_happened() throws Exception {
        try (TestNode first = TestNode.start();
                TestNode second = TestNode.start("--plain-peers=" + first.url() + ",ws://no-such-host.invalid:1")
                        .awaitSessions(1)) {
            first.awaitSessions(1);
            first.mesh().sendToPlainPeers("12345");
            await().atMost(PATIENCE).until(() -> second.texts().contains("12345"));
            await().atMost(PATIENCE).until(() -> first.counters().messagesOut() == 1);
            await().atMost(PATIENCE).until(() -> second.counters().dials() >= 2);

            assertThat(first.get("/actuator/prometheus").body().lines())
                    .contains(
                            "mesh_peers{direction=\"accepted\",kind=\"plain\"} 1.0",
                            "mesh_peers{direction=\"dialled\",kind=\"plain\"} 0.0",
                            "mesh_messages_total{direction=\"out\",kind=\"plain\"} 1.0",
                            "mesh_traffic_bytes_total{direction=\"out\",kind=\"plain\"} 5.0",
                            "mesh_queue_bytes{kind=\"plain\"} 0.0",
                            "mesh_drops_messages_total{reason=\"slow-peer\"} 0.0");
            assertThat(second.get("/actuator/prometheus").body())
                    .contains("mesh_peers_configured{state=\"connected\"} 1.0")
                    .contains("mesh_messages_total{direction=\"in\",kind=\"plain\"} 1.0")
                    .containsPattern("mesh_dials_total [1-9]")
                    .containsPattern("mesh_dial_failures_total\\{reason=\"unknown-host\"} [1-9]");
        }
    }

    @Test
    void the_operators_endpoints_may_have_a_port_of_their_own_and_nothing_else_is_there() throws Exception {
        try (TestNode node = TestNode.start("--management.server.port=0", "--management.server.address=localhost")) {
            String operators =
                    "http://localhost:" + node.context().getEnvironment().getRequiredProperty("local.management.port");
            assertThat(status(operators + "/actuator/mesh")).isEqualTo(200);
            assertThat(status(operators + "/api/mesh")).isEqualTo(404);
            assertThat(node.get("/api/mesh").statusCode()).isEqualTo(200);
            assertThat(node.get("/actuator/mesh").statusCode()).isEqualTo(404);
        }
    }

    private static int status(String url) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(url)).build();
        return HttpClient.newHttpClient()
                .send(request, HttpResponse.BodyHandlers.discarding())
                .statusCode();
    }

    @Test
    void the_build_can_be_asked_for() throws Exception {
        try (TestNode node = TestNode.start()) {
            JsonNode info = json.readTree(node.get("/actuator/info").body());
            assertThat(info.at("/build/artifact").asString()).isEqualTo("wsmesh");
            assertThat(info.at("/build/version").asString()).isNotEmpty();
        }
    }

    private JsonNode meshHealth(TestNode node, int expectedStatus) throws Exception {
        var response = node.get("/actuator/health");
        assertThat(response.statusCode()).isEqualTo(expectedStatus);
        return json.readTree(response.body()).at("/components/mesh");
    }
}
