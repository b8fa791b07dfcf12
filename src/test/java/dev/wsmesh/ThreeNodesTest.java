package dev.wsmesh;

import static dev.wsmesh.TestNode.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.wsmesh.node.Direction;
import dev.wsmesh.seed.SeedProgram;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The seed's example: the second node dials the first, the third dials both. */
class ThreeNodesTest {

    /** For the double: many times longer than what the nodes do in between, so that it speaks. */
    private static final Duration SEED_INTERVAL = Duration.ofMillis(300);

    private static final String[] BROADCAST = {
        "--mesh.broadcast.enabled=true", "--mesh.broadcast.interval=2s", "--mesh.broadcast.jitter=100ms"
    };

    @Test
    void every_text_published_on_one_node_arrives_once_at_each_of_the_two_others() {
        try (TestNode first = TestNode.start();
                TestNode second = TestNode.start("--plain-peers=" + first.url());
                TestNode third = TestNode.start("--plain-peers=" + first.url() + "," + second.url())) {
            List<TestNode> nodes = List.of(first, second, third);
            nodes.forEach(node -> node.awaitSessions(2));

            for (int i = 0; i < 200; i++) {
                for (TestNode node : nodes) {
                    assertThat(node.mesh().sendToPlainPeers(node.bind() + "/" + i))
                            .isEqualTo(2);
                }
            }

            for (TestNode node : nodes) {
                await().atMost(PATIENCE).until(() -> node.texts().size() >= 400);
                for (TestNode other : nodes) {
                    List<String> fromOther = node.texts().stream()
                            .filter(text -> text.startsWith(other.bind() + "/"))
                            .toList();
                    assertThat(fromOther).isEqualTo(other == node ? List.of() : numbered(other.bind(), 200));
                }
            }
        }
    }

    @Test
    void the_broadcast_reaches_each_peer_with_its_index_in_the_order_of_linking() {
        try (TestNode first = TestNode.start(
                        "--mesh.broadcast.enabled=true",
                        "--mesh.broadcast.interval=50ms",
                        "--mesh.broadcast.jitter=10ms");
                TestNode second = TestNode.start("--plain-peers=" + first.url()).awaitSessions(1);
                TestNode third = TestNode.start("--plain-peers=" + first.url()).awaitSessions(1)) {

            await().atMost(PATIENCE)
                    .until(() ->
                            Collections.frequency(second.texts(), "Message to client 0 from " + first.bind()) >= 3);
            await().atMost(PATIENCE)
                    .until(() -> Collections.frequency(third.texts(), "Message to client 1 from " + first.bind()) >= 3);
            assertThat(first.sessions()).extracting("direction").containsOnly(Direction.ACCEPTED);
        }
    }

    @Test
    void the_seeds_program_in_the_first_place_hears_and_is_heard() throws Exception {
        try (SeedProgram seed = SeedProgram.start(SEED_INTERVAL);
                TestNode second = TestNode.start(with(BROADCAST, "--plain-peers=" + seed.url()));
                TestNode third = TestNode.start(with(BROADCAST, "--plain-peers=" + seed.url() + "," + second.url()))) {
            assertAllHearEachOther(seed, second, third);
        }
    }

    @Test
    void the_seeds_program_in_the_second_place_hears_and_is_heard() throws Exception {
        try (TestNode first = TestNode.start(BROADCAST);
                SeedProgram seed = SeedProgram.start(SEED_INTERVAL, first.url());
                TestNode third = TestNode.start(with(BROADCAST, "--plain-peers=" + first.url() + "," + seed.url()))) {
            assertAllHearEachOther(seed, first, third);
        }
    }

    @Test
    void the_seeds_program_in_the_third_place_hears_and_is_heard() throws Exception {
        try (TestNode first = TestNode.start(BROADCAST);
                TestNode second = TestNode.start(with(BROADCAST, "--plain-peers=" + first.url()));
                SeedProgram seed = SeedProgram.start(SEED_INTERVAL, first.url(), second.url())) {
            assertAllHearEachOther(seed, first, second);
        }
    }

    private static void assertAllHearEachOther(SeedProgram seed, TestNode one, TestNode other) {
        await().atMost(PATIENCE).until(() -> heard(one.texts(), seed.bind()) && heard(one.texts(), other.bind()));
        await().atMost(PATIENCE).until(() -> heard(other.texts(), seed.bind()) && heard(other.texts(), one.bind()));
        await().atMost(PATIENCE)
                .until(() -> heard(seed.received(), one.bind()) && heard(seed.received(), other.bind()));
        assertThat(seed.peers()).isEqualTo(2);
        assertThat(seed.counts().timerRestarts.sum())
                .as("the double met events that restart its timer")
                .isPositive();
    }

    private static boolean heard(List<String> texts, String bind) {
        return texts.stream().anyMatch(text -> text.matches("Message to client \\d from " + bind));
    }

    private static List<String> numbered(String bind, int count) {
        return java.util.stream.IntStream.range(0, count)
                .mapToObj(i -> bind + "/" + i)
                .toList();
    }

    private static String[] with(String[] some, String one) {
        String[] all = java.util.Arrays.copyOf(some, some.length + 1);
        all[some.length] = one;
        return all;
    }
}
