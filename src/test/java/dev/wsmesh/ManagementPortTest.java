package dev.wsmesh;

import static dev.wsmesh.TestNode.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.wsmesh.gateway.stomp.RawStomp;
import dev.wsmesh.seed.RawWebSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** With management.server.port the operator's endpoints have a port of their own, and everything else stays where it was. */
class ManagementPortTest {

    private final HttpClient http = HttpClient.newHttpClient();

    @Test
    void what_is_for_operators_is_on_one_port_and_what_is_for_clients_on_the_other() throws Exception {
        try (TestNode node = TestNode.start("--management.server.port=0");
                TestNode peer = TestNode.start("--mesh.peers=" + node.url()).awaitNeighbours(1);
                RawStomp client = RawStomp.connect(
                                RawWebSocket.dial("localhost", node.port(), "/stomp", Map.of()), "0,0")
                        .subscribe("a", "/topic/orders.x")) {
            int management =
                    Integer.parseInt(node.context().getEnvironment().getRequiredProperty("local.management.port"));
            assertThat(management).isNotEqualTo(node.port());
            for (String path : new String[] {
                "/actuator/health", "/actuator/health/readiness", "/actuator/mesh", "/actuator/prometheus"
            }) {
                assertThat(status(management, path)).as(path).isEqualTo(200);
                assertThat(status(node.port(), path)).as(path).isEqualTo(404);
            }
            for (String path : new String[] {"/", "/api/mesh", "/api/peers", "/api/topics", "/api/openapi.json"}) {
                assertThat(status(node.port(), path)).as(path).isEqualTo(200);
                assertThat(status(management, path)).as(path).isEqualTo(404);
            }
            HttpResponse<String> published = http.send(
                    HttpRequest.newBuilder(URI.create("http://" + node.bind() + "/api/topics/orders.x"))
                            .POST(HttpRequest.BodyPublishers.ofString("hello"))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            assertThat(published.statusCode()).isEqualTo(202);
            assertThat(Objects.requireNonNull(client.read()).body()).isEqualTo("hello");
            await().atMost(PATIENCE).until(() -> peer.texts("orders.x").contains("hello"));
        }
    }

    private int status(int port, String path) throws Exception {
        return http.send(
                        HttpRequest.newBuilder(URI.create("http://localhost:" + port + path))
                                .build(),
                        HttpResponse.BodyHandlers.discarding())
                .statusCode();
    }
}
