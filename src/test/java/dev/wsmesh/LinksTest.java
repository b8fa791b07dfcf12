package dev.wsmesh;

import static dev.wsmesh.TestNode.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.wsmesh.identity.ClusterKey;
import dev.wsmesh.identity.NodeKey;
import dev.wsmesh.node.ConfiguredPeerView.State;
import dev.wsmesh.node.LinkView;
import dev.wsmesh.node.PublishReceipt;
import dev.wsmesh.protocol.CloseCode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** Links between real nodes in one process: how they begin, how they end, and that no message is lost meanwhile. */
@ExtendWith(OutputCaptureExtension.class)
class LinksTest {

    @Test
    void nodes_with_the_same_peers_link_once_each_and_know_themselves(CapturedOutput output) throws Exception {
        int[] ports = FreePorts.find(4);
        String peers = peersAt(ports);
        // One after the other, because two applications cannot set up the logging of one process at the same moment.
        List<TestNode> nodes = IntStream.of(ports)
                .mapToObj(port -> TestNode.startAt(port, peers))
                .toList();
        try {
            for (TestNode node : nodes) {
                node.awaitNeighbours(3);
                await().atMost(PATIENCE).until(() -> links(node).size() == 3);
                await().atMost(PATIENCE)
                        .until(() -> node.mesh().view().configuredPeers().stream()
                                .allMatch(peer -> peer.state()
                                        == (peer.url().equals(node.url()) ? State.SELF : State.CONNECTED)));
                assertThat(links(node).stream().map(link -> link.id().peer()).distinct())
                        .hasSize(3);
            }
            assertThat(output.getOut().lines().filter(line -> line.contains("(self)") && line.contains("WARN")))
                    .as("it is no fault to be among the peers")
                    .isEmpty();
        } finally {
            nodes.forEach(TestNode::close);
        }
    }

    @Test
    void a_lost_link_is_dialled_again_and_what_was_published_meanwhile_arrives() throws Exception {
        try (TestNode first = TestNode.start();
                Cable cable = Cable.to(first.port());
                TestNode second = TestNode.start("--mesh.peers=" + cable.url(), "--mesh.outbound-only=true")
                        .awaitNeighbours(1)) {
            first.awaitNeighbours(1);
            DeliveryBook book = DeliveryBook.of(second.mesh(), "t");
            Map<PublishReceipt, String> published = new LinkedHashMap<>();
            for (int round = 0; round < 3; round++) {
                cable.cut();
                first.awaitNeighbours(0);
                second.awaitNeighbours(0);
                String text = "round " + round;
                published.put(first.mesh().publish("t", text), text);
                cable.heal();
                second.awaitNeighbours(1);
            }
            await().atMost(PATIENCE).until(() -> published.keySet().stream().allMatch(book::has));
            book.assertHolds(published);
        }
    }

    /** Two nodes that are not to link: what each is told, and with which code the handshake ends. */
    record Misfit(String name, List<String> dialler, List<String> acceptor, CloseCode code) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Misfit> misfits() {
        String key = "--mesh.key=" + ClusterKey.generate();
        String another = "--mesh.key=" + ClusterKey.generate();
        String stranger = "--mesh.allowed-nodes=" + NodeKey.generate().id();
        return Stream.of(
                new Misfit(
                        "other cluster",
                        List.of("--mesh.cluster=a"),
                        List.of("--mesh.cluster=b"),
                        CloseCode.WRONG_CLUSTER),
                new Misfit("other key", List.of(key), List.of(another), CloseCode.UNAUTHENTICATED),
                new Misfit("no key", List.of(), List.of(key), CloseCode.UNAUTHENTICATED),
                new Misfit("a key, where none is", List.of(key), List.of(), CloseCode.UNAUTHENTICATED),
                new Misfit("acceptor allows others", List.of(), List.of(stranger), CloseCode.UNAUTHENTICATED),
                new Misfit("dialler allows others", List.of(stranger), List.of(), CloseCode.UNAUTHENTICATED));
    }

    @ParameterizedTest
    @MethodSource("misfits")
    void nodes_that_do_not_belong_together_are_refused_and_both_say_why_in_one_line(
            Misfit misfit, CapturedOutput output) throws Exception {
        List<String> ends = new ArrayList<>();
        try (TestNode acceptor = TestNode.start(misfit.acceptor().toArray(String[]::new));
                TestNode dialler = TestNode.start(
                        Stream.concat(misfit.dialler().stream(), Stream.of("--mesh.peers=" + acceptor.url()))
                                .toArray(String[]::new))) {
            for (TestNode node : List.of(acceptor, dialler)) {
                ends.add(node.bind());
                await().atMost(PATIENCE)
                        .untilAsserted(
                                () -> assertThat(node.get("/actuator/mesh").body())
                                        .contains("\"phase\":\"handshake\"")
                                        .contains("\"code\":" + misfit.code().number()));
                assertThat(node.neighbours()).isEmpty();
            }
            for (TestNode node : List.of(acceptor, dialler)) {
                assertThat(node.counters().handshakeFailures(misfit.code())).isEqualTo(1);
            }
        }
        // Both nodes have ended: nothing more is said of it.
        assertThat(output.getOut()).doesNotContain("linked with");
        for (String bind : ends) {
            assertThat(warnings(output, bind))
                    .as("one refusal, one line of %s", bind)
                    .singleElement()
                    .asString()
                    .contains(
                            bind + ": handshake with",
                            Integer.toString(misfit.code().number()));
        }
    }

    /** Those that a node of this address has logged, and no other's. */
    private static List<String> warnings(CapturedOutput output, String bind) {
        return output.getOut()
                .lines()
                .filter(line -> line.contains("WARN") && line.contains(" " + bind + ": "))
                .toList();
    }

    @Test
    void while_a_key_is_replaced_old_and_new_nodes_are_one_mesh() {
        String old = ClusterKey.generate();
        String fresh = ClusterKey.generate();
        try (TestNode before = TestNode.start("--mesh.key=" + old);
                TestNode between = TestNode.start("--mesh.key=" + old + "," + fresh, "--mesh.peers=" + before.url());
                TestNode after = TestNode.start("--mesh.key=" + fresh, "--mesh.peers=" + between.url())) {
            await().atMost(PATIENCE).until(() -> between.neighbours().equals(Set.of(before.id(), after.id())));
            DeliveryBook book = DeliveryBook.of(after.mesh(), "t");
            PublishReceipt receipt = before.mesh().publish("t", "x");
            await().atMost(PATIENCE).until(() -> book.has(receipt));
        }
    }

    @Test
    void a_key_is_replaced_node_by_node_under_load_and_no_message_is_lost() throws Exception {
        String old = ClusterKey.generate();
        String fresh = ClusterKey.generate();
        int[] ports = FreePorts.find(3);
        String peers = peersAt(ports);
        TestNode[] nodes = new TestNode[3];
        try {
            for (int i = 0; i < 3; i++) {
                nodes[i] = TestNode.startAt(ports[i], peers, "--mesh.key=" + old);
            }
            awaitAll(nodes);
            for (String keys : List.of(old + "," + fresh, fresh + "," + old, fresh)) {
                for (int i = 0; i < 3; i++) {
                    DeliveryBook book = DeliveryBook.of(nodes[(i + 2) % 3].mesh(), "load");
                    LoadingNode load = LoadingNode.on(nodes[(i + 1) % 3], "load", Duration.ofMillis(1));
                    nodes[i].close();
                    load.awaitMore(20);
                    nodes[i] = TestNode.startAt(ports[i], peers, "--mesh.key=" + keys);
                    awaitAll(nodes);
                    load.awaitMore(20);
                    Map<PublishReceipt, String> published = load.stop();
                    await().atMost(PATIENCE)
                            .until(() -> published.keySet().stream().allMatch(book::has));
                    book.assertHolds(published);
                }
            }
        } finally {
            for (TestNode node : nodes) {
                if (node != null) {
                    node.close();
                }
            }
        }
    }

    private static String peersAt(int... ports) {
        return IntStream.of(ports)
                .mapToObj(port -> "ws://localhost:" + port)
                .collect(Collectors.joining(",", "--mesh.peers=", ""));
    }

    private static void awaitAll(TestNode... nodes) {
        for (TestNode node : nodes) {
            node.awaitNeighbours(2);
        }
    }

    @Test
    void leaving_under_load_loses_nothing_that_was_accepted() throws Exception {
        try (TestNode stays = TestNode.start()) {
            DeliveryBook book = DeliveryBook.of(stays.mesh(), "load");
            for (int i = 0; i < 5; i++) {
                TestNode leaves = TestNode.start("--mesh.peers=" + stays.url()).awaitNeighbours(1);
                LoadingNode load = LoadingNode.on(leaves, "load", Duration.ZERO);
                load.awaitMore(200);
                leaves.close();
                Map<PublishReceipt, String> published = load.stop();
                await().atMost(PATIENCE).until(() -> published.keySet().stream().allMatch(book::has));
                book.assertHolds(published);
                stays.awaitNeighbours(0);
            }
        }
    }

    @Test
    void a_node_that_only_dials_out_is_a_full_member() {
        try (TestNode hub = TestNode.start();
                TestNode second = TestNode.start("--mesh.peers=" + hub.url()).awaitNeighbours(1);
                TestNode outbound = TestNode.start("--mesh.peers=" + hub.url(), "--mesh.outbound-only=true");
                TestNode another = TestNode.start("--mesh.peers=" + hub.url(), "--mesh.outbound-only=true")) {
            // Each of them learns of the second node by the hub, and dials it; nobody can dial them.
            hub.awaitNeighbours(3);
            second.awaitNeighbours(3);
            outbound.awaitNeighbours(2);
            another.awaitNeighbours(2);
            List<TestNode> nodes = List.of(hub, second, outbound, another);
            List<DeliveryBook> books = nodes.stream()
                    .map(node -> DeliveryBook.of(node.mesh(), "t"))
                    .toList();
            Map<PublishReceipt, String> published = new LinkedHashMap<>();
            nodes.forEach(node -> published.put(node.mesh().publish("t", node.bind()), node.bind()));
            for (DeliveryBook book : books) {
                await().atMost(PATIENCE).until(() -> published.keySet().stream().allMatch(book::has));
                book.assertHolds(published);
            }
        }
    }

    @Test
    void nodes_that_only_dial_out_are_admitted_beyond_a_view_that_is_full() {
        try (TestNode hub = TestNode.start("--mesh.membership.active-view=2");
                TestNode second = TestNode.start("--mesh.membership.active-view=2", "--mesh.peers=" + hub.url());
                TestNode third = TestNode.start("--mesh.membership.active-view=2", "--mesh.peers=" + hub.url())) {
            hub.awaitNeighbours(2);
            List<TestNode> outbound = new ArrayList<>();
            try {
                for (int i = 0; i < 3; i++) {
                    outbound.add(TestNode.start(
                            "--mesh.peers=" + hub.url(), "--mesh.outbound-only=true", "--mesh.membership.fill=false"));
                }
                outbound.forEach(node -> node.awaitNeighbours(1));
                hub.awaitNeighbours(5);
                // Nobody had to go for them.
                assertThat(links(hub).stream().map(link -> link.id().peer())).contains(second.id(), third.id());
                DeliveryBook book = DeliveryBook.of(outbound.getFirst().mesh(), "t");
                PublishReceipt receipt = outbound.getLast().mesh().publish("t", "across the hub");
                await().atMost(PATIENCE).until(() -> book.has(receipt));
                book.assertHolds(Map.of(receipt, "across the hub"));
            } finally {
                outbound.forEach(TestNode::close);
            }
        }
    }

    private static Collection<LinkView> links(TestNode node) {
        return node.mesh().view().links();
    }
}
