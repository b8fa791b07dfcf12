package dev.wsmesh;

import static dev.wsmesh.TestNode.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.wsmesh.node.ConfiguredPeerView;
import dev.wsmesh.node.ConfiguredPeerView.State;
import dev.wsmesh.node.PeerChanges;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Peers that come and go while the node runs. */
class PeerChangesTest {

    private static final String LET_IN = "https://ops.example.org";

    private static final String OPEN = "--management.endpoint.mesh.access=unrestricted";

    private final HttpClient http = HttpClient.newHttpClient();

    @Test
    void without_leave_nothing_can_be_changed() throws Exception {
        try (TestNode node = TestNode.start()) {
            assertThat(add(node, "ws://localhost:1").statusCode()).isEqualTo(405);
            assertThat(remove(node, "ws://localhost:1").statusCode()).isEqualTo(405);
            assertThat(node.get("/actuator/mesh").statusCode()).isEqualTo(200);
            assertThat(urls(node)).isEmpty();
        }
    }

    @Test
    void a_peer_is_added_linked_with_and_removed() throws Exception {
        try (TestNode first = TestNode.start();
                TestNode node = TestNode.start(OPEN, "--mesh.membership.fill=false")) {
            JsonNode answer = json(add(node, first.url()), 200);
            assertThat(answer.path("change").asString()).isEqualTo("added");
            assertThat(answer.path("note").asString()).contains("mesh.peers");
            node.awaitNeighbours(1);
            await().atMost(PATIENCE)
                    .until(() -> node.mesh().view().configuredPeers().getFirst().state() == State.CONNECTED);

            assertThat(json(add(node, first.url()), 200).path("change").asString())
                    .isEqualTo("dialled already");
            assertThat(urls(node)).containsExactly(first.url());

            assertThat(json(remove(node, first.url()), 200).path("change").asString())
                    .isEqualTo("removed");
            assertThat(urls(node)).isEmpty();
            assertThat(node.neighbours()).as("a link that is up stays").hasSize(1);

            first.context().close();
            node.awaitNeighbours(0);
            assertThat(node.core().bootstrap()).isEmpty();
        }
    }

    @Test
    void configured_peers_can_be_removed_and_added_again() throws Exception {
        try (TestNode node = TestNode.start(OPEN, "--mesh.peers=ws://localhost:1,ws://localhost:2")) {
            assertThat(remove(node, "ws://localhost:1").statusCode()).isEqualTo(200);
            assertThat(urls(node)).containsExactly("ws://localhost:2");
            assertThat(add(node, "ws://localhost:1").statusCode()).isEqualTo(200);
            assertThat(urls(node)).containsExactly("ws://localhost:2", "ws://localhost:1");
        }
        try (TestNode node = TestNode.start(OPEN, "--plain-peers=ws://localhost:1")) {
            assertThat(json(add(node, "ws://localhost:1"), 200).path("change").asString())
                    .isEqualTo("dialled already");
            assertThat(remove(node, "ws://localhost:1").statusCode()).isEqualTo(200);
            assertThat(urls(node)).isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "http://localhost:1, ws://",
        "ws://localhost:1#x, fragment",
        "ws://user:secret@localhost:1, user information",
        "ws://169.254.169.254, network segment",
        "ws://0.0.0.0:1, network segment"
    })
    void what_may_not_be_dialled_is_refused_with_the_rule(String url, String rule) throws Exception {
        try (TestNode node = TestNode.start(OPEN)) {
            String error = json(add(node, url), 400).path("error").asString();
            assertThat(error).contains(rule).contains("'").doesNotContain("secret");
            assertThat(urls(node)).isEmpty();
        }
    }

    @Test
    void a_name_that_leads_where_nobody_is_dialled_is_told_with_the_reason_and_is_no_peer_that_is_missed() {
        NamedAddresses.mean("169.254.169.254");
        try (TestNode node = TestNode.start(NamedAddresses.PROPERTY)) {
            assertThat(node.bean(PeerChanges.class).add("ws://" + NamedAddresses.NAME + ":1"))
                    .isTrue();
            await().atMost(PATIENCE)
                    .until(() -> node.mesh().view().configuredPeers().getFirst().state() == State.UNREACHABLE);
            ConfiguredPeerView peer = node.mesh().view().configuredPeers().getFirst();
            assertThat(peer.lastFailure()).contains("a cloud's own service");
            assertThat(peer.neverDialled()).isTrue();
        }
    }

    @Test
    void where_others_can_reach_the_node_its_own_machine_is_not_dialled() throws Exception {
        try (TestNode node = TestNode.start(OPEN, "--mesh.bind=0.0.0.0:0", "--mesh.security.open=true")) {
            assertThat(json(add(node, "ws://127.0.0.1:1"), 400).path("error").asString())
                    .contains("'ws://127.0.0.1:1'")
                    .contains("mesh.peers");
            assertThat(json(add(node, "ws://[::1]:1"), 400).path("error").asString())
                    .contains("network segment");
        }
    }

    @Test
    void a_node_that_dials_other_machines_does_not_dial_its_own_at_somebodys_word() throws Exception {
        try (TestNode node = TestNode.start(OPEN, "--mesh.peers=ws://192.0.2.1:1")) {
            assertThat(json(add(node, "ws://127.0.0.1:1"), 400).path("error").asString())
                    .contains("this machine");
        }
        try (TestNode node = TestNode.start(
                OPEN, "--mesh.bind=0.0.0.0:0", "--mesh.security.open=true", "--mesh.peers=ws://localhost:1")) {
            assertThat(add(node, "ws://127.0.0.1:2").statusCode()).isEqualTo(200);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "localhost, , 200",
        "localhost, http://localhost, 200",
        "localhost, https://evil.example.org, 403",
        "evil.example.org, , 403",
        "evil.example.org, http://evil.example.org, 403",
        "localhost, https://ops.example.org, 200"
    })
    void a_page_changes_nothing_unless_it_may_come(String host, @Nullable String origin, int status) throws Exception {
        try (TestNode node = TestNode.start(
                OPEN,
                "--mesh.peers=ws://localhost:1",
                "--mesh.gateway.tokens[0].token=a-token-of-32-characters-or-more",
                "--mesh.gateway.tokens[0].publish=>",
                "--mesh.allowed-origins=" + LET_IN)) {
            String ported = host + ":" + node.port();
            String head = origin == null
                    ? ""
                    : "Origin: " + (origin.startsWith("http:") ? "http://" + ported : origin) + "\r\n";
            String answer = raw(
                    node,
                    "DELETE /actuator/mesh?peer=ws://localhost:1 HTTP/1.1\r\nHost: " + ported + "\r\n" + head
                            + "Connection: close\r\n\r\n");
            assertThat(answer).startsWith("HTTP/1.1 " + status);
            assertThat(urls(node)).hasSize(status == 200 ? 0 : 1);
            if (status == 403) {
                assertThat(answer).containsAnyOf("mesh.allowed-origins", "call it by that name");
            }
        }
    }

    private static String raw(TestNode node, String request) throws IOException {
        try (Socket socket = new Socket(InetAddress.getByName("localhost"), node.port())) {
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Test
    void what_is_missing_unknown_or_too_much_is_told() throws Exception {
        try (TestNode node = TestNode.start(OPEN)) {
            assertThat(json(send(node, "POST", "", "{}"), 400).path("error").asString())
                    .contains("peer");
            assertThat(json(remove(node, "ws://localhost:1"), 400).path("error").asString())
                    .contains("'ws://localhost:1'")
                    .contains("none of the peers");
            for (int port = 1; port <= 256; port++) {
                assertThat(add(node, "ws://localhost:" + port).statusCode()).isEqualTo(200);
            }
            assertThat(json(add(node, "ws://localhost:257"), 400).path("error").asString())
                    .contains("256");
            assertThat(urls(node)).hasSize(256);
        }
    }

    private HttpResponse<String> add(TestNode node, String url) throws Exception {
        return send(node, "POST", "", "{\"peer\": \"" + url + "\"}");
    }

    private HttpResponse<String> remove(TestNode node, String url) throws Exception {
        return send(node, "DELETE", "?peer=" + URLEncoder.encode(url, StandardCharsets.UTF_8), "");
    }

    private HttpResponse<String> send(TestNode node, String method, String query, String body) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create("http://localhost:" + node.port() + "/actuator/mesh" + query))
                .header("Content-Type", "application/json")
                .method(method, HttpRequest.BodyPublishers.ofString(body))
                .build();
        return http.send(request, HttpResponse.BodyHandlers.ofString());
    }

    private static JsonNode json(HttpResponse<String> response, int status) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        return new JsonMapper().readTree(response.body());
    }

    private static List<String> urls(TestNode node) {
        return node.mesh().view().configuredPeers().stream()
                .map(ConfiguredPeerView::url)
                .toList();
    }
}
