package dev.wsmesh;

import static dev.wsmesh.TestNode.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

import dev.wsmesh.gateway.stomp.RawStomp;
import dev.wsmesh.node.LinkView;
import dev.wsmesh.node.MeshCounters.Ending;
import dev.wsmesh.node.Publication;
import dev.wsmesh.node.PublishOptions;
import dev.wsmesh.protocol.LinkId;
import dev.wsmesh.protocol.Message;
import dev.wsmesh.seed.RawWebSocket;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.web.server.WebServer;
import org.springframework.boot.web.server.servlet.context.ServletWebServerApplicationContext;

/** The web container that a build swaps in, Tomcat or Jetty, is the one that nodes run on; see docs/adr/0009. */
class WebContainerTest {

    private static final String CONTAINER = System.getProperty("wsmesh.web-container", "tomcat");

    // Larger than any container's buffer for a whole message.
    private static final String LARGE = "x".repeat(900_000);

    /** The default of mesh.limits.max-message-bytes. */
    private static final int LIMIT = 1 << 20;

    // Longer under way than one write may take there (mesh.links.send-timeout, 5 s).
    private static final String SLOWLY_CARRIED = "x".repeat(175_000);
    private static final int SLOW_BYTES_PER_SECOND = 25_000;

    @Test
    void two_nodes_on_this_container_are_linked_and_part_in_good_order() {
        try (TestNode one = TestNode.start()) {
            try (TestNode two = TestNode.start("--mesh.peers=" + one.url()).awaitNeighbours(1)) {
                one.awaitNeighbours(1);
                assertIsOnContainer(one);
                one.mesh().publish("a.topic", LARGE);
                two.mesh().publish("a.topic", "small");
                two.mesh().publish("a.topic", LARGE);
                await().atMost(PATIENCE).until(() -> two.texts("a.topic").size() == 3);
                await().atMost(PATIENCE).until(() -> one.texts("a.topic").size() == 3);
                assertThat(one.texts("a.topic")).containsOnlyOnce("small").contains(LARGE);
            }
            one.awaitNeighbours(0);
        }
    }

    @Test
    void exactly_as_much_as_is_allowed_crosses_a_link_byte_for_byte_and_one_byte_more_is_refused_at_once() {
        try (TestNode one = TestNode.start();
                TestNode two = TestNode.start("--mesh.peers=" + one.url()).awaitNeighbours(1)) {
            one.awaitNeighbours(1);
            assertIsOnContainer(one);
            byte[] largest = new byte[LIMIT];
            new Random(4711).nextBytes(largest);
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> one.mesh().publish(Publication.of("a.topic", new byte[LIMIT + 1], "")))
                    .withMessageContaining("1048577 bytes; mesh.limits.max-message-bytes allows 1048576");
            one.mesh().publish(Publication.of("a.topic", largest, ""));
            one.mesh().publish("a.topic", "afterwards");
            await().atMost(PATIENCE).until(() -> two.texts("a.topic").contains("afterwards"));
            assertThat(two.messages().stream()
                            .filter(message -> message.topic().name().equals("a.topic"))
                            .map(message -> message.payload().toArray()))
                    .as("and nothing else, not even a gap's worth")
                    .containsExactly(largest, "afterwards".getBytes(StandardCharsets.UTF_8));
        }
    }

    @Test
    void a_slow_link_that_a_large_message_takes_long_to_cross_stays_up() throws Exception {
        try (TestNode one = TestNode.start("--mesh.links.send-timeout=5s");
                Cable cable = Cable.to(one.port());
                TestNode two = TestNode.start("--mesh.peers=" + cable.url()).awaitNeighbours(1)) {
            one.awaitNeighbours(1);
            assertIsOnContainer(one);
            List<LinkId> links = links(one, two);
            cable.limit(SLOW_BYTES_PER_SECOND);
            one.mesh().publish("a.topic", SLOWLY_CARRIED);
            await().atMost(PATIENCE.multipliedBy(2))
                    .until(() -> two.texts("a.topic").equals(List.of(SLOWLY_CARRIED)));
            assertThat(links(one, two)).isEqualTo(links);
        }
    }

    private static List<LinkId> links(TestNode... nodes) {
        return Stream.of(nodes)
                .flatMap(node -> node.mesh().view().links().stream())
                .map(LinkView::id)
                .toList();
    }

    @Test
    void plain_peers_on_this_container_hear_each_other_and_part_in_good_order() {
        try (TestNode one = TestNode.start()) {
            try (TestNode two = TestNode.start("--plain-peers=" + one.url()).awaitSessions(1)) {
                one.awaitSessions(1);
                assertIsOnContainer(one);
                one.mesh().sendToPlainPeers(LARGE);
                two.mesh().sendToPlainPeers("small");
                two.mesh().sendToPlainPeers(LARGE);
                await().atMost(PATIENCE).until(() -> two.texts().contains(LARGE));
                await().atMost(PATIENCE).until(() -> one.texts().contains("small"));
                await().atMost(PATIENCE).until(() -> one.texts().contains(LARGE));
            }
            await().atMost(PATIENCE).until(() -> one.counters().endings(Ending.CLOSED) == 1);
        }
    }

    @Test
    void stomp_clients_on_this_container_subscribe_send_and_get_receipts() throws Exception {
        try (TestNode node = TestNode.start();
                RawStomp client = RawStomp.connect(
                                RawWebSocket.dial("localhost", node.port(), "/stomp", Map.of()), "0,0")
                        .subscribe("a", "/topic/orders.*")) {
            assertIsOnContainer(node);
            client.send("SEND\ndestination:/topic/orders.x\nreceipt:sent\n\n" + LARGE);
            List<RawStomp.Frame> frames =
                    List.of(Objects.requireNonNull(client.read()), Objects.requireNonNull(client.read()));
            assertThat(frames)
                    .anySatisfy(frame -> assertThat(frame.headers()).containsEntry("receipt-id", "sent"))
                    .anySatisfy(frame -> assertThat(frame.body()).isEqualTo(LARGE));
        }
    }

    @Test
    void events_on_this_container_reach_their_subscriber() throws Exception {
        try (TestNode node = TestNode.start();
                HttpClient http = HttpClient.newHttpClient()) {
            assertIsOnContainer(node);
            HttpResponse<Stream<String>> events = http.send(
                    HttpRequest.newBuilder(URI.create("http://" + node.bind() + "/api/topics/orders.*"))
                            .build(),
                    HttpResponse.BodyHandlers.ofLines());
            try (Stream<String> lines = events.body()) {
                Iterator<String> each = lines.iterator();
                awaitLine(each, "event: mark");
                node.mesh().publish("orders.x", LARGE);
                awaitLine(each, LARGE);
            }
        }
    }

    private static void awaitLine(Iterator<String> lines, String part) {
        while (!lines.next().contains(part)) {
            // Something else comes first.
        }
    }

    @Test
    void who_sends_but_does_not_read_is_ended_in_time() throws Exception {
        try (TestNode node = TestNode.start("--mesh.links.send-timeout=1s", "--mesh.plain-peers.send-timeout=1s");
                HostilePeer link = HostilePeer.link(node.port());
                RawWebSocket plain = RawWebSocket.dialWithSmallBuffer("localhost", node.port(), "/")) {
            link.send(new Message.DigestComplete(0));
            node.awaitNeighbours(1);
            node.awaitSessions(1);
            await().atMost(PATIENCE).until(() -> {
                node.mesh().publish("a.topic", LARGE);
                node.mesh().sendToPlainPeers("x".repeat(100_000));
                sendUnlessEnded(link, plain);
                return node.core().links().isEmpty() && node.sessions().isEmpty();
            });
        }
    }

    @Test
    @ExtendWith(OutputCaptureExtension.class)
    void a_connection_that_is_reset_during_a_write_is_told_as_that(CapturedOutput output) throws Exception {
        try (TestNode node = TestNode.start("--mesh.links.send-timeout=1m");
                HostilePeer link = HostilePeer.linkWithSmallBuffer(node.port())) {
            assertIsOnContainer(node);
            link.send(new Message.DigestComplete(0));
            node.awaitNeighbours(1);
            PublishOptions anyway = PublishOptions.DEFAULT.on(PublishOptions.Backpressure.IGNORE);
            // More than systems keep between two sockets.
            for (int i = 0; i < 20; i++) {
                node.mesh().publish(Publication.of("a.topic", LARGE).with(anyway));
            }
            AtomicLong written = new AtomicLong(-1);
            await().during(Duration.ofSeconds(1)).atMost(PATIENCE).until(() -> {
                long now = node.mesh().view().links().getFirst().framesOut();
                return written.getAndSet(now) == now;
            });
            link.socket().reset();
            await().atMost(PATIENCE)
                    .untilAsserted(() ->
                            assertThat(output.getOut()).containsPattern("link with .* ended: 1006 \\(abnormal\\): "));
            assertThat(output.getOut())
                    .containsPattern("ended: 1006 \\(abnormal\\): the connection was reset during a write");
        }
    }

    /** Bytes that arrive must not pass for progress of what is written. */
    private static void sendUnlessEnded(HostilePeer link, RawWebSocket plain) {
        try {
            link.send(new Message.Ping(1));
            plain.sendText("still here");
        } catch (IOException e) {
            assertThat(e).as("the end that is waited for").isNotNull();
        }
    }

    static void assertIsOnContainer(TestNode node) {
        WebServer server = Objects.requireNonNull(((ServletWebServerApplicationContext) node.context()).getWebServer());
        assertThat(server.getClass().getSimpleName().toLowerCase(Locale.ROOT)).startsWith(CONTAINER);
    }
}
