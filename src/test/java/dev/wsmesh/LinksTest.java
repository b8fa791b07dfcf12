package dev.wsmesh;

import static dev.wsmesh.TestNode.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

import dev.wsmesh.identity.ClusterKey;
import dev.wsmesh.identity.NodeKey;
import dev.wsmesh.node.ConfiguredPeerView.State;
import dev.wsmesh.node.LinkView;
import dev.wsmesh.node.Message;
import dev.wsmesh.node.Publication;
import dev.wsmesh.node.PublishException;
import dev.wsmesh.node.PublishException.Reason;
import dev.wsmesh.node.PublishOptions;
import dev.wsmesh.node.PublishOptions.Backpressure;
import dev.wsmesh.node.PublishReceipt;
import dev.wsmesh.node.SubscribeOptions;
import dev.wsmesh.node.Subscription;
import dev.wsmesh.protocol.CloseCode;
import dev.wsmesh.protocol.NodeId;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
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

    private static final Duration OFTEN = Duration.ofMillis(1);

    @Test
    void two_nodes_that_dial_each_other_again_and_again_keep_one_link_and_every_message() throws Exception {
        int[] ports = FreePorts.find(2);
        try (Cable toSecond = Cable.to(ports[1]);
                Cable toFirst = Cable.to(ports[0]);
                TestNode first =
                        TestNode.startAt(ports[0], "--mesh.peers=" + toSecond.url(), "--mesh.membership.fill=false");
                TestNode second =
                        TestNode.startAt(ports[1], "--mesh.peers=" + toFirst.url(), "--mesh.membership.fill=false")) {
            List<DeliveryBook> books =
                    List.of(DeliveryBook.of(first.mesh(), "load.*"), DeliveryBook.of(second.mesh(), "load.*"));
            awaitOneLink(first, second);
            LoadingNode one = LoadingNode.on(first, "load.one", OFTEN);
            LoadingNode other = LoadingNode.on(second, "load.other", OFTEN);
            for (int i = 0; i < 10; i++) {
                one.awaitMore(20);
                other.awaitMore(20);
                List<Cable> cables = List.of(toFirst, toSecond);
                // Both lose it at the same moment, and both dial.
                cables.forEach(Cable::cut);
                await().atMost(PATIENCE)
                        .until(() -> links(first).isEmpty() && links(second).isEmpty());
                cables.forEach(Cable::heal);
                awaitOneLink(first, second);
            }
            Map<PublishReceipt, String> published = new LinkedHashMap<>(one.stop());
            published.putAll(other.stop());
            for (DeliveryBook book : books) {
                await().atMost(PATIENCE).until(() -> published.keySet().stream().allMatch(book::has));
                book.assertHolds(published);
            }
        }
    }

    @Test
    void nodes_with_the_same_peers_link_once_each_and_know_themselves(CapturedOutput output) throws Exception {
        int[] ports = FreePorts.find(4);
        String peers = "--mesh.peers="
                + String.join(
                        ",",
                        IntStream.of(ports)
                                .mapToObj(port -> "ws://localhost:" + port)
                                .toList());
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
                    .as("it is no fault to be listed")
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
    record Misfit(String name, List<String> dialler, List<String> acceptor, CloseCode code, boolean atOnce) {
        Misfit(String name, List<String> dialler, List<String> acceptor, CloseCode code) {
            this(name, dialler, acceptor, code, true);
        }

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
                // The acceptor has admitted it by then, and goes on to dial what it takes for a candidate, a few times.
                new Misfit("dialler allows others", List.of(stranger), List.of(), CloseCode.UNAUTHENTICATED, false));
    }

    @ParameterizedTest
    @MethodSource("misfits")
    void nodes_that_do_not_belong_together_are_refused_and_both_say_why(Misfit misfit, CapturedOutput output)
            throws Exception {
        try (TestNode acceptor = TestNode.start(misfit.acceptor().toArray(String[]::new));
                TestNode dialler = TestNode.start(
                        Stream.concat(misfit.dialler().stream(), Stream.of("--mesh.peers=" + acceptor.url()))
                                .toArray(String[]::new))) {
            for (TestNode node : List.of(acceptor, dialler)) {
                await().atMost(PATIENCE).until(() -> node.counters().handshakeFailures(misfit.code()) >= 1);
                if (misfit.atOnce()) {
                    assertThat(node.counters().handshakeFailures(misfit.code())).isEqualTo(1);
                }
                assertThat(node.get("/actuator/mesh").body())
                        .contains("\"phase\":\"handshake\"")
                        .contains("\"code\":" + misfit.code().number());
                assertThat(output.getOut()
                                .lines()
                                .filter(line -> line.contains(node.bind() + ": handshake with")
                                        && line.contains(
                                                Integer.toString(misfit.code().number()))))
                        .hasSizeBetween(1, misfit.atOnce() ? 1 : 10);
                await().atMost(PATIENCE).until(() -> node.neighbours().isEmpty());
            }
            if (misfit.atOnce()) {
                assertThat(output.getOut()).doesNotContain("linked with");
            }
        }
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
    void acknowledgements_and_neighbours_are_waited_for_as_asked() {
        try (TestNode hub = TestNode.start();
                TestNode second = TestNode.start("--mesh.peers=" + hub.url());
                TestNode third = TestNode.start("--mesh.peers=" + hub.url())) {
            hub.awaitNeighbours(2);
            Publication text = Publication.of("t", "x");
            PublishOptions patient = PublishOptions.DEFAULT.within(PATIENCE);
            PublishReceipt both = hub.mesh().publish(text.with(patient.acknowledgedBy(2)));
            assertThat(both.acknowledged()).isEqualTo(2);
            assertThat(both.neighbours()).isEqualTo(2);
            for (TestNode node : List.of(second, third)) {
                await().atMost(PATIENCE).until(() -> node.texts("t").equals(List.of("x")));
            }

            PublishOptions hasty = PublishOptions.DEFAULT.within(Duration.ofMillis(50));
            assertThatExceptionOfType(PublishException.class)
                    .isThrownBy(() -> hub.mesh().publish(text.with(hasty.acknowledgedBy(3))))
                    .satisfies(e -> {
                        assertThat(e.reason()).isEqualTo(Reason.NOT_ACKNOWLEDGED);
                        assertThat(e.receipt()).isNotNull();
                    });
            assertThatExceptionOfType(PublishException.class)
                    .isThrownBy(() -> hub.mesh().publish(text.with(hasty.toAtLeast(3))))
                    .satisfies(e -> {
                        assertThat(e.reason()).isEqualTo(Reason.TOO_FEW_PEERS);
                        assertThat(e.receipt()).isNull();
                    });

            CompletableFuture<PublishReceipt> waiting = CompletableFuture.supplyAsync(
                    () -> hub.mesh()
                            .publish(Publication.of("t", "awaited")
                                    .with(patient.toAtLeast(3).acknowledgedBy(3))),
                    Thread::startVirtualThread);
            try (TestNode fourth = TestNode.start("--mesh.peers=" + hub.url())) {
                assertThat(waiting.join().acknowledged()).isEqualTo(3);
                await().atMost(PATIENCE).until(() -> fourth.texts("t").contains("awaited"));
            }
        }
    }

    @Test
    void a_neighbour_that_does_not_take_it_holds_a_publisher_back_as_it_asked() throws Exception {
        try (TestNode slow = TestNode.start();
                Cable cable = Cable.to(slow.port());
                TestNode fast = TestNode.start(
                                "--mesh.peers=" + cable.url(),
                                "--mesh.retention.max-bytes=16MB",
                                "--mesh.membership.fill=false",
                                "--mesh.links.send-timeout=1m",
                                "--mesh.outbound-only=true")
                        .awaitNeighbours(1)) {
            DeliveryBook book = DeliveryBook.of(slow.mesh(), "t");
            PublishReceipt warm = fast.mesh().publish("t", "warm");
            await().atMost(PATIENCE).until(() -> book.has(warm));
            cable.swallowToTarget();
            Publication large = Publication.of("t", "x".repeat(100_000));
            Publication failing = large.with(PublishOptions.DEFAULT.on(Backpressure.FAIL));
            assertThatExceptionOfType(PublishException.class)
                    .isThrownBy(() ->
                            IntStream.range(0, 500).forEach(_ -> fast.mesh().publish(failing)))
                    .satisfies(e -> assertThat(e.reason()).isEqualTo(Reason.CONGESTED));
            Publication waiting =
                    large.with(PublishOptions.DEFAULT.on(Backpressure.WAIT).within(Duration.ofMillis(50)));
            assertThatExceptionOfType(PublishException.class)
                    .as("once what sockets hold is full, too")
                    .isThrownBy(() ->
                            IntStream.range(0, 500).forEach(_ -> fast.mesh().publish(waiting)))
                    .satisfies(e -> assertThat(e.reason()).isEqualTo(Reason.CONGESTED));
            assertThat(fast.mesh()
                            .publish(large.with(PublishOptions.DEFAULT.on(Backpressure.IGNORE)))
                            .neighbours())
                    .isEqualTo(1);

            CompletableFuture<PublishReceipt> held = CompletableFuture.supplyAsync(
                    () -> fast.mesh().publish(large.with(PublishOptions.DEFAULT.within(PATIENCE))),
                    Thread::startVirtualThread);
            cable.heal();
            await().atMost(PATIENCE).until(() -> book.has(held.join()));
            book.assertInOrder();
            assertThat(book.gaps()).isEmpty();
        }
    }

    @Test
    void the_largest_message_passes_and_one_byte_more_is_refused_at_once() {
        String limit = "--mesh.limits.max-message-bytes=200000B";
        try (TestNode first = TestNode.start(limit);
                TestNode second =
                        TestNode.start(limit, "--mesh.peers=" + first.url()).awaitNeighbours(1)) {
            Queue<Message> received = new ConcurrentLinkedQueue<>();
            Subscription _ = second.mesh().subscribe("t", received::add);
            first.awaitNeighbours(1);
            Publication largest = Publication.of("t", new byte[200_000], "a".repeat(255));
            for (int i = 0; i < 64; i++) {
                largest = largest.withHeader("header-" + i, "v".repeat(100));
            }
            Publication withAll = largest;
            PublishReceipt _ = first.mesh().publish(withAll);
            await().atMost(PATIENCE).until(() -> received.size() == 1);
            assertThat(received).singleElement().satisfies(message -> {
                assertThat(message.payload()).isEqualTo(withAll.payload());
                assertThat(message.contentType()).isEqualTo(withAll.contentType());
                assertThat(message.headers()).isEqualTo(withAll.headers());
            });
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> first.mesh().publish(Publication.of("t", new byte[200_001], "")))
                    .withMessageContaining("mesh.limits.max-message-bytes");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> first.mesh().publish(withAll.withHeader("one", "more")));
            assertThatIllegalArgumentException()
                    .isThrownBy(() ->
                            first.mesh().publish(Publication.of("t", "x").withHeader("h", "v".repeat(8 << 10))));
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> first.mesh().publish(Publication.of("t", new byte[0], "a".repeat(256))));
        }
    }

    @Test
    void subscriptions_get_the_topics_that_they_ask_for_and_the_past_first() {
        try (TestNode first = TestNode.start();
                TestNode second = TestNode.start("--mesh.peers=" + first.url()).awaitNeighbours(1)) {
            first.awaitNeighbours(1);
            Queue<String> one = texts(second, SubscribeOptions.to("orders.*"));
            Queue<String> all = texts(second, SubscribeOptions.to("orders.>"));
            first.mesh().publish("orders.created", "1");
            first.mesh().publish("orders.created.eu", "2");
            first.mesh().publish("invoices.created", "3");
            first.mesh().publish("orders.closed", "4");
            await().atMost(PATIENCE).until(() -> all.size() == 3);
            assertThat(all).containsExactly("1", "2", "4");
            assertThat(one).containsExactly("1", "4");
            Queue<String> late = texts(second, SubscribeOptions.to(">").replaying(SubscribeOptions.EVERYTHING));
            first.mesh().publish("orders.closed", "5");
            await().atMost(PATIENCE).until(() -> late.size() == 5);
            assertThat(late).containsExactly("1", "2", "3", "4", "5");
        }
    }

    private static Queue<String> texts(TestNode node, SubscribeOptions options) {
        Queue<String> texts = new ConcurrentLinkedQueue<>();
        Subscription _ = node.mesh().subscribe(options, message -> texts.add(message.text()));
        return texts;
    }

    private static void awaitOneLink(TestNode first, TestNode second) {
        await().atMost(PATIENCE)
                .until(() -> peers(first).equals(List.of(second.id()))
                        && peers(second).equals(List.of(first.id())));
    }

    private static List<NodeId> peers(TestNode node) {
        return links(node).stream().map(link -> link.id().peer()).toList();
    }

    private static Collection<LinkView> links(TestNode node) {
        return node.mesh().view().links();
    }
}
