package dev.wsmesh.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.wsmesh.TestNode;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What commands show of real nodes. */
class CommandsAtNodesTest {

    private static TestNode one;
    private static TestNode two;

    private final Terminal terminal = new Terminal();

    @BeforeAll
    static void startTwoNodes() {
        one = TestNode.start();
        two = TestNode.start("--mesh.peers=" + one.url()).awaitNeighbours(1);
        one.awaitNeighbours(1);
    }

    @AfterAll
    static void stop() {
        two.close();
        one.close();
    }

    private static String node(TestNode node) {
        return "http://" + node.bind();
    }

    @Test
    void peers_shows_whom_each_is_linked_with_and_how() {
        assertThat(terminal.run("peers", "--node", node(one))).isZero();
        assertThat(terminal.lines()).hasSize(2);
        assertThat(terminal.lastLine()).contains(two.id().toString(), "neighbour", "accepted", " ms");
        assertThat(terminal.run("peers", "--node", node(two))).isZero();
        assertThat(terminal.out()).contains(one.id().toString(), "neighbour", "dialled", one.url());
    }

    @Test
    void peers_in_json_is_one_line_that_names_the_peer() {
        assertThat(terminal.run("peers", "--json", "--node", node(one))).isZero();
        assertThat(terminal.lines()).hasSize(1);
        assertThat(Json.read(terminal.out()))
                .asInstanceOf(InstanceOfAssertFactories.MAP)
                .containsKeys("peers", "configured");
        assertThat(terminal.out()).contains("\"id\":\"" + two.id() + "\"", "\"direction\":\"accepted\"");
    }

    @Test
    void subscribe_shows_what_was_published_at_the_other_and_ends_after_its_count() {
        two.mesh().publish("greetings", "hello");
        await().atMost(TestNode.PATIENCE).until(() -> one.texts("greetings").size() == 1);
        assertThat(terminal.run(
                        "subscribe",
                        "greetings",
                        "--history",
                        "1",
                        "--count",
                        "1",
                        "--json",
                        "--for",
                        "20s",
                        "--node",
                        node(one)))
                .as(terminal.err())
                .isZero();
        assertThat(terminal.lines()).hasSize(1);
        assertThat(terminal.out())
                .contains(
                        "\"event\":\"message\"",
                        "\"topic\":\"greetings\"",
                        "\"text\":\"hello\"",
                        "\"resume\":\"",
                        two.id().toString());
    }
}
