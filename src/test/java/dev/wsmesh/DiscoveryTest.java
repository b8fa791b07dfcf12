package dev.wsmesh;

import static dev.wsmesh.TestNode.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.wsmesh.node.ConfiguredPeerView;
import dev.wsmesh.node.ConfiguredPeerView.State;
import dev.wsmesh.protocol.NodeId;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A name with several addresses means as many nodes. Each node here has a loopback address of its own, as Linux allows. */
class DiscoveryTest {

    @BeforeEach
    void nameNothing() {
        NamedAddresses.mean();
    }

    @Test
    void replicas_with_the_same_configuration_find_each_other_and_themselves() {
        NamedAddresses.mean("127.0.0.4", "127.0.0.2", "127.0.0.3");
        try (TestNode one = start("127.0.0.2", 0);
                TestNode two = start("127.0.0.3", one.port());
                TestNode three = start("127.0.0.4", one.port())) {
            for (TestNode node : List.of(one, two, three)) {
                node.awaitNeighbours(2);
                await().atMost(PATIENCE)
                        .untilAsserted(() -> assertThat(states(node))
                                .containsExactlyInAnyOrder(State.SELF, State.CONNECTED, State.CONNECTED));
            }
            one.mesh().publish("t", "to all");
            await().atMost(PATIENCE).until(() -> three.texts("t").equals(List.of("to all")));
            await().atMost(PATIENCE).until(() -> two.texts("t").equals(List.of("to all")));
        }
    }

    @Test
    void addresses_that_come_are_dialled_and_those_that_went_are_not() {
        NamedAddresses.mean("127.0.0.2", "127.0.0.3");
        try (TestNode one = start("127.0.0.2", 0);
                TestNode two = start("127.0.0.3", one.port());
                TestNode three = alone("127.0.0.4", one.port())) {
            one.awaitNeighbours(1);
            NamedAddresses.mean("127.0.0.2", "127.0.0.3", "127.0.0.4");
            await().atMost(PATIENCE).until(() -> one.neighbours().contains(three.id()));
            await().atMost(PATIENCE).until(() -> two.neighbours().contains(three.id()));

            NamedAddresses.mean("127.0.0.2", "127.0.0.4");
            NodeId gone = two.id();
            two.context().close();
            await().atMost(PATIENCE).until(() -> !one.neighbours().contains(gone));
            await().atMost(PATIENCE).until(() -> places(one).noneMatch(url -> url.endsWith("127.0.0.3")));
            assertThat(states(one)).containsExactlyInAnyOrder(State.SELF, State.CONNECTED);
        }
    }

    @Test
    void what_an_answer_leaves_out_is_kept_as_long_as_it_is_reached() {
        NamedAddresses.mean("127.0.0.2", "127.0.0.3", "127.0.0.4");
        try (TestNode one = start("127.0.0.2", 0);
                TestNode two = start("127.0.0.3", one.port());
                TestNode three = start("127.0.0.4", one.port())) {
            one.awaitNeighbours(2);
            await().atMost(PATIENCE).until(() -> !states(one).contains(State.NOT_TRIED));
            List<String> before = statesSince(one);
            for (String part : List.of("127.0.0.3", "127.0.0.4", "127.0.0.2")) {
                int asked = NamedAddresses.asked();
                NamedAddresses.mean(part, "127.0.0.2");
                await().atMost(PATIENCE).until(() -> NamedAddresses.asked() >= asked + 9);
                assertThat(statesSince(one)).containsExactlyInAnyOrderElementsOf(before);
                assertThat(one.neighbours()).containsExactlyInAnyOrder(two.id(), three.id());
            }
        }
    }

    @Test
    void a_name_that_cannot_be_resolved_for_a_while_changes_nothing() {
        NamedAddresses.mean("127.0.0.2", "127.0.0.3");
        try (TestNode one = start("127.0.0.2", 0);
                TestNode two = start("127.0.0.3", one.port())) {
            one.awaitNeighbours(1);
            int asked = NamedAddresses.asked();
            NamedAddresses.mean();
            await().atMost(PATIENCE).until(() -> NamedAddresses.asked() >= asked + 4);
            assertThat(places(one)).hasSize(2);
            assertThat(one.neighbours()).containsExactly(two.id());
        }
    }

    @Test
    void a_name_that_means_nothing_yet_is_followed_until_it_does() {
        try (TestNode one = start("127.0.0.2", 0);
                TestNode two = alone("127.0.0.3", one.port())) {
            await().atMost(PATIENCE).until(() -> states(one).equals(List.of(State.UNREACHABLE)));
            NamedAddresses.mean("127.0.0.2", "127.0.0.3");
            await().atMost(PATIENCE).until(() -> one.neighbours().contains(two.id()));
        }
    }

    @Test
    void a_name_with_one_address_is_looked_up_where_the_others_are_also_a_plain_peers() {
        NamedAddresses.mean("127.0.0.2");
        try (TestNode one = alone("127.0.0.2", 0);
                TestNode two = start("127.0.0.3", one.port());
                TestNode plain = TestNode.start(
                        "--plain-peers=ws://" + NamedAddresses.NAME + ":" + one.port(), NamedAddresses.PROPERTY)) {
            two.awaitNeighbours(1);
            plain.awaitSessions(1);
        }
    }

    /** A node at an address of its own, whose configuration is that of all others. */
    private static TestNode start(String host, int port) {
        return node(host, port, true);
    }

    private static TestNode alone(String host, int port) {
        return node(host, port, false);
    }

    private static TestNode node(String host, int wanted, boolean peers) {
        int port = wanted == 0 ? freePort() : wanted;
        return TestNode.start(
                "--mesh.bind=" + host + ":" + port,
                "--mesh.peers=" + (peers ? "ws://" + NamedAddresses.NAME + ":" + port : ""),
                "--mesh.advertised-url=ws://" + host + ":" + port,
                "--mesh.membership.fill=false",
                "--mesh.discovery.interval=100ms",
                NamedAddresses.PROPERTY);
    }

    private static int freePort() {
        try (java.net.ServerSocket socket = new java.net.ServerSocket(0)) {
            return socket.getLocalPort();
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static Stream<String> places(TestNode node) {
        return node.mesh().view().configuredPeers().stream().map(ConfiguredPeerView::url);
    }

    private static List<String> statesSince(TestNode node) {
        return node.mesh().view().configuredPeers().stream()
                .map(peer -> peer.url() + " " + peer.state() + " since " + peer.since())
                .toList();
    }

    private static List<State> states(TestNode node) {
        return node.mesh().view().configuredPeers().stream()
                .map(ConfiguredPeerView::state)
                .toList();
    }
}
