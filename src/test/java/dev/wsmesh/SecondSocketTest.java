package dev.wsmesh;

import static dev.wsmesh.TestNode.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.wsmesh.node.LinkView;
import dev.wsmesh.node.Publication;
import dev.wsmesh.node.PublishReceipt;
import dev.wsmesh.protocol.CloseCode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Nodes under load: their link gets a second socket, and nothing is lost, doubled or out of order meanwhile. On whichever container
 * the build is for.
 */
class SecondSocketTest {

    private static final String FILLING = "x".repeat(40_000);
    private static final Duration PAUSE = Duration.ofMillis(4);
    private static final Duration BUSY = Duration.ofSeconds(5);

    @TempDir
    Path directory;

    /** Publishes until it is told to stop. */
    private static final class Load {

        private final TestNode node;
        private final String topic;
        private final Map<PublishReceipt, String> published = new LinkedHashMap<>();
        private final Thread thread;
        private volatile boolean stopping;
        private volatile int count;

        Load(TestNode node, String topic) {
            this.node = node;
            this.topic = topic;
            this.thread = Thread.ofVirtual().start(this::publish);
        }

        private void publish() {
            for (int i = 0; !stopping; i++) {
                String text = i + FILLING;
                published.put(node.mesh().publish(Publication.of(topic, text)), text);
                count = i + 1;
                LockSupport.parkNanos(PAUSE.toNanos());
            }
        }

        void awaitMore(int more) {
            int wanted = count + more;
            await().atMost(PATIENCE).until(() -> count >= wanted);
        }

        Map<PublishReceipt, String> stop() throws InterruptedException {
            stopping = true;
            thread.join();
            return published;
        }
    }

    @Test
    void a_busy_link_gets_a_second_socket_and_loses_nothing_in_either_direction() throws Exception {
        try (TestNode one = start();
                TestNode two = start("--mesh.peers=" + one.url()).awaitNeighbours(1)) {
            LinkView before = link(one.awaitNeighbours(1));
            exchange(one, two, () -> await().atMost(PATIENCE).until(() -> haveSockets(2, one, two)));
            assertThat(link(one).id()).as("the link is the one that it was").isEqualTo(before.id());
            assertThat(one.counters().dials()).as("one dialled back").isBetween(1L, 3L);
            assertThat(one.mesh().view().links()).hasSize(1);
            assertThat(two.get("/actuator/mesh").body()).contains("\"sockets\":2");
        }
    }

    /** Who leaves closes both sockets, and a container may tell of either first. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void a_node_that_leaves_is_heard_to_leave_and_what_it_sent_last_arrives(boolean dialler) throws Exception {
        try (TestNode one = start();
                TestNode two = start("--mesh.peers=" + one.url()).awaitNeighbours(1)) {
            exchange(one.awaitNeighbours(1), two, () -> await().atMost(PATIENCE).until(() -> haveSockets(2, one, two)));
            TestNode leaves = dialler ? two : one;
            TestNode stays = dialler ? one : two;
            DeliveryBook book = DeliveryBook.of(stays.mesh(), "last");
            Map<PublishReceipt, String> last = new LinkedHashMap<>();
            for (int i = 0; i < 20; i++) {
                String text = i + FILLING;
                last.put(leaves.mesh().publish(Publication.of("last", text)), text);
            }
            leaves.close();
            await().atMost(PATIENCE).until(() -> stays.mesh().view().links().isEmpty());
            await().atMost(PATIENCE).until(() -> last.keySet().stream().allMatch(book::has));
            book.assertHolds(last);
            for (CloseCode code : CloseCode.values()) {
                assertThat(stays.counters().linkEndings(code))
                        .as(code.toString())
                        .isEqualTo(code == CloseCode.GOING_AWAY ? 1 : 0);
            }
        }
    }

    @Test
    void the_same_over_tls_if_the_certificate_is_good_for_the_way_back() throws Exception {
        TestCertificates certificates = new TestCertificates(directory)
                .authority("authority")
                .signed("server", "authority", "dns:localhost,ip:127.0.0.1");
        List<String> tls = new ArrayList<>(certificates.bundle("node", "server", "authority"));
        tls.addAll(List.of("--server.ssl.bundle=node", "--mesh.ssl.bundle=node"));
        try (TestNode one = start(tls.toArray(String[]::new))) {
            tls.add("--mesh.peers=wss://localhost:" + one.port());
            try (TestNode two = start(tls.toArray(String[]::new)).awaitNeighbours(1)) {
                exchange(
                        one.awaitNeighbours(1),
                        two,
                        () -> await().atMost(PATIENCE).until(() -> haveSockets(2, one, two)));
            }
        }
    }

    @Test
    void a_peer_that_only_dials_out_keeps_one_socket() throws Exception {
        assertOneSocket("--mesh.outbound-only=true");
    }

    @Test
    void a_peer_whose_address_does_not_answer_keeps_one_socket() throws Exception {
        assertOneSocket("--mesh.advertised-url=ws://localhost:" + FreePorts.find(1)[0]);
    }

    @Test
    void a_peer_that_wants_none_keeps_one_socket() throws Exception {
        assertOneSocket("--mesh.links.second-socket=false");
    }

    private static void assertOneSocket(String property) throws Exception {
        try (TestNode one = start();
                TestNode two = start("--mesh.peers=" + one.url(), property).awaitNeighbours(1)) {
            LinkView before = link(one.awaitNeighbours(1));
            exchange(
                    one,
                    two,
                    () -> await().during(BUSY).atMost(BUSY.plus(PATIENCE)).until(() -> haveSockets(1, one, two)));
            assertThat(haveSockets(1, one, two)).isTrue();
            assertThat(link(one).id()).isEqualTo(before.id());
        }
    }

    private static TestNode start(String... properties) {
        return TestNode.start(Stream.concat(Stream.of("--mesh.links.second-socket=true"), Stream.of(properties))
                .toArray(String[]::new));
    }

    private interface Until {
        void happened() throws InterruptedException;
    }

    private static void exchange(TestNode one, TestNode two, Until until) throws InterruptedException {
        DeliveryBook ofOne = DeliveryBook.of(one.mesh(), "two");
        DeliveryBook ofTwo = DeliveryBook.of(two.mesh(), "one");
        Load load = new Load(one, "one");
        Load back = new Load(two, "two");
        until.happened();
        load.awaitMore(100);
        back.awaitMore(100);
        Map<PublishReceipt, String> published = load.stop();
        Map<PublishReceipt, String> publishedBack = back.stop();
        await().atMost(PATIENCE).until(() -> published.keySet().stream().allMatch(ofTwo::has));
        await().atMost(PATIENCE).until(() -> publishedBack.keySet().stream().allMatch(ofOne::has));
        ofTwo.assertHolds(published);
        ofOne.assertHolds(publishedBack);
    }

    private static boolean haveSockets(int count, TestNode... nodes) {
        for (TestNode node : nodes) {
            if (node.mesh().view().links().isEmpty() || link(node).sockets() != count) {
                return false;
            }
        }
        return true;
    }

    private static LinkView link(TestNode node) {
        return node.mesh().view().links().getFirst();
    }
}
