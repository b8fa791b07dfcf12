package dev.wsmesh;

import static dev.wsmesh.TestNode.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.wsmesh.identity.ClusterKey;
import dev.wsmesh.seed.RawWebSocket;
import dev.wsmesh.seed.SeedProgram;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A cluster key keeps plain peers out, unless {@code mesh.plain-peers.enabled} lets them in. */
@ExtendWith(OutputCaptureExtension.class)
class PlainPeersBesideKeyTest {

    private static final String KEY = "--mesh.key=" + ClusterKey.generate();
    private static final String ENABLED = "--mesh.plain-peers.enabled=true";

    /** So that there is nothing else to be said. */
    private static final String QUIET = "--mesh.outbound-only=true";

    @Test
    void a_plain_peer_that_is_let_in_and_the_mesh_behind_the_key_exchange_messages() throws Exception {
        try (TestNode open = TestNode.start(KEY, ENABLED);
                TestNode strict =
                        TestNode.start(KEY, QUIET, "--mesh.peers=" + open.url()).awaitNeighbours(1);
                SeedProgram seed = SeedProgram.start(Duration.ofMillis(100), open.url())) {
            open.awaitSessions(1);
            open.mesh().sendToPlainPeers("to the seed");
            await().atMost(PATIENCE).until(() -> seed.received().contains("to the seed"));
            await().atMost(PATIENCE)
                    .until(() -> !open.texts().isEmpty() && !strict.texts().isEmpty());
            assertThat(strict.texts().getFirst())
                    .as("what the seed broadcasts crosses the link too")
                    .contains(seed.bind());
            assertThat(strict.sessions()).isEmpty();
        }
    }

    @Test
    void without_the_property_a_plain_peer_is_refused_with_403_and_both_the_log_and_the_endpoint_say_what_to_do(
            CapturedOutput output) throws Exception {
        try (TestNode node = TestNode.start(KEY)) {
            long from = System.nanoTime();
            for (int i = 0; i < 3; i++) {
                assertThat(refusalOf(node)).contains("403");
            }
            long seconds = Duration.ofNanos(System.nanoTime() - from).toSeconds();
            JsonNode refusals = JsonMapper.shared()
                    .readTree(node.get("/actuator/mesh").body())
                    .path("refusals");
            assertThat(refusals).hasSize(1);
            assertThat(refusals.path(0).path("code").asInt()).isEqualTo(403);
            assertThat(refusals.path(0).path("phase").asString()).isEqualTo("upgrade");
            assertThat(refusals.path(0).path("reason").asString()).contains("mesh.plain-peers.enabled=true");
            assertThat(refusals.path(0).path("times").asInt()).isEqualTo(3);
            assertThat(node.sessions()).isEmpty();
            assertThat(output.getOut()
                            .lines()
                            .filter(line -> line.contains("WARN") && line.contains("mesh.plain-peers.enabled=true")))
                    .as("what repeats itself is told once in a second")
                    .hasSizeBetween(1, 1 + (int) seconds)
                    .allMatch(line -> line.contains("this node takes no plain peers, because it has a cluster key"));
        }
    }

    private static String refusalOf(TestNode node) {
        try (RawWebSocket _ = RawWebSocket.dial("localhost", node.port(), "/", Map.of())) {
            return "none";
        } catch (IOException e) {
            return String.valueOf(e.getMessage());
        }
    }
}
