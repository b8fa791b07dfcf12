package dev.wsmesh;

import static dev.wsmesh.TestNode.PATIENCE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.wsmesh.node.Mesh;
import dev.wsmesh.node.MeshCounters.Drop;
import dev.wsmesh.node.NodePresence;
import dev.wsmesh.node.Presences;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Every node knows the whole mesh. */
class PresenceTest {

    private static final String[] LINE = {
        "--mesh.presence.enabled=true", "--mesh.presence.interval=200ms", "--mesh.membership.fill=false"
    };

    @Test
    void each_node_of_a_line_can_draw_the_whole_of_it() throws Exception {
        try (TestNode first = start("first");
                TestNode second = start("second", "--mesh.peers=" + first.url());
                TestNode third = start("third", "--mesh.peers=" + second.url())) {
            for (TestNode node : List.of(first, second, third)) {
                awaitNames(node, "first", "second", "third");
                await().atMost(PATIENCE).untilAsserted(() -> {
                    JsonNode mesh =
                            new JsonMapper().readTree(node.get("/actuator/mesh").body());
                    assertThat(edges(mesh, "first")).containsExactly(second.id().toString());
                    assertThat(edges(mesh, "second"))
                            .containsExactlyInAnyOrder(
                                    first.id().toString(), third.id().toString());
                    assertThat(edges(mesh, "third")).containsExactly(second.id().toString());
                    assertThat(mesh.at("/nodes/0/self").asBoolean()).isTrue();
                    assertThat(mesh.at("/nodes/0/id").asString())
                            .isEqualTo(node.id().toString());
                    assertThat(mesh.at("/nodes/1/self").asBoolean()).isFalse();
                    assertThat(mesh.at("/nodes/1/version").asString()).isNotEmpty();
                    assertThat(mesh.at("/nodes/1/counters/published").asInt()).isPositive();
                });
            }
            assertThat(first.mesh().nodes().getFirst().url()).isEqualTo(first.url() + "/");
            third.context().close();
            awaitNames(first, "first", "second");
            awaitNames(second, "first", "second");
        }
    }

    @Test
    void a_node_without_a_name_is_called_by_its_address() {
        try (TestNode node = TestNode.start()) {
            assertThat(node.mesh().nodes())
                    .singleElement()
                    .extracting(NodePresence::name)
                    .isEqualTo(node.bind());
        }
    }

    @Test
    void what_makes_no_sense_is_counted_and_changes_nothing() {
        try (TestNode honest = start("honest");
                TestNode strange = TestNode.start("--mesh.membership.fill=false", "--mesh.peers=" + honest.url())) {
            strange.awaitNeighbours(1);
            Presences.publish(strange.mesh(), "no JSON".getBytes(UTF_8));
            Presences.publish(strange.mesh(), new byte[3_000]);
            Presences.publish(strange.mesh(), ("{\"id\":\"" + honest.id() + "\",\"name\":\"a liar\"}").getBytes(UTF_8));
            await().atMost(PATIENCE).until(() -> honest.counters().drops(Drop.PRESENCE) == 3);
            assertThat(honest.mesh().nodes()).extracting(NodePresence::name).containsExactly("honest");
            strange.mesh().publish("t", "still there");
            await().atMost(PATIENCE).until(() -> honest.texts("t").equals(List.of("still there")));
        }
    }

    @Test
    void the_log_of_messages_names_the_sender() {
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        Logger log = (Logger) LoggerFactory.getLogger("dev.wsmesh.messages");
        try (TestNode first = start("first");
                TestNode second = start("second", "--mesh.peers=" + first.url())) {
            lines.start();
            log.addAppender(lines);
            awaitNames(first, "first", "second");
            second.mesh().publish(Mesh.BROADCAST_TOPIC, "hello");
            String line = first.bind() + " <- second: hello";
            await().atMost(PATIENCE)
                    .until(() -> List.copyOf(lines.list).stream()
                            .anyMatch(event -> event.getFormattedMessage().equals(line)));
        } finally {
            log.detachAppender(lines);
        }
    }

    @Test
    void an_application_cannot_speak_for_the_mesh() {
        try (TestNode node = TestNode.start()) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> node.mesh().publish("$mesh.presence", "{}"))
                    .withMessageContaining("$mesh.presence")
                    .withMessageContaining("choose another");
        }
    }

    private static TestNode start(String name, String... properties) {
        String[] all = java.util.Arrays.copyOf(LINE, LINE.length + 1 + properties.length);
        all[LINE.length] = "--mesh.name=" + name;
        System.arraycopy(properties, 0, all, LINE.length + 1, properties.length);
        return TestNode.start(all);
    }

    private static void awaitNames(TestNode node, String... names) {
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(node.mesh().nodes())
                        .extracting(NodePresence::name)
                        .containsExactlyInAnyOrder(names));
    }

    private static List<String> edges(JsonNode mesh, String name) {
        return mesh.path("nodes")
                .valueStream()
                .filter(node -> node.path("name").asString().equals(name))
                .flatMap(node -> node.path("links").valueStream())
                .map(link -> link.path("peer").asString())
                .toList();
    }
}
