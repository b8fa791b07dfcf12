package dev.wsmesh;

import static dev.wsmesh.TestNode.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.wsmesh.node.Gap;
import dev.wsmesh.node.Message;
import dev.wsmesh.node.MessageListener;
import dev.wsmesh.node.Publication;
import dev.wsmesh.node.PublishReceipt;
import dev.wsmesh.node.SubscribeOptions;
import dev.wsmesh.node.Subscription;
import dev.wsmesh.node.SubscriptionLimits;
import dev.wsmesh.protocol.Frame;
import dev.wsmesh.protocol.Message.Ping;
import dev.wsmesh.wire.FrameEncoder;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.search.RequiredSearch;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** Meters show what has happened, by books that are kept beside them. */
class MeterValuesTest {

    private static final int FROM_LEFT = 50;
    private static final int FROM_RIGHT = 30;
    private static final int ALL = FROM_LEFT + FROM_RIGHT;

    @Test
    void what_was_published_delivered_and_carried_is_what_the_meters_show() {
        try (TestNode hub = TestNode.start("--mesh.membership.fill=false");
                TestNode left = TestNode.start("--mesh.peers=" + hub.url(), "--mesh.membership.fill=false");
                TestNode right = TestNode.start("--mesh.peers=" + hub.url(), "--mesh.membership.fill=false")) {
            hub.awaitNeighbours(2);
            left.awaitNeighbours(1);
            right.awaitNeighbours(1);
            List<TestNode> nodes = List.of(hub, left, right);
            double before = value(hub, "mesh.subscriptions");
            List<DeliveryBook> books = nodes.stream()
                    .map(node -> DeliveryBook.of(node.mesh(), "ledger.*"))
                    .toList();
            assertThat(value(hub, "mesh.subscriptions")).isEqualTo(before + 1);
            publish(left, "ledger.left", FROM_LEFT, "x");
            publish(right, "ledger.right", FROM_RIGHT, "x");
            for (DeliveryBook book : books) {
                await().atMost(PATIENCE).until(() -> book.size() == ALL);
            }
            assertThat(nodes)
                    .extracting(node -> value(node, "mesh.records.published"))
                    .containsExactly(0.0, (double) FROM_LEFT, (double) FROM_RIGHT);
            for (TestNode node : nodes) {
                assertThat(value(node, "mesh.records.delivered")).isEqualTo(ALL);
                // To the book, and to the test node's own.
                await().atMost(PATIENCE).until(() -> value(node, "mesh.subscriptions.delivered") == 2 * ALL);
                await().atMost(PATIENCE).until(() -> value(node, "mesh.log.records") == ALL);
                assertThat(value(node, "mesh.records.missing")).isZero();
                assertThat(value(node, "mesh.gaps")).isZero();
                assertThat(value(node, "mesh.subscriptions.gaps")).isZero();
                assertThat(value(node, "mesh.subscriptions.queue")).isZero();
            }
            assertThat(value(hub, "mesh.links", "direction", "accepted")).isEqualTo(2);
            assertThat(value(hub, "mesh.links", "direction", "dialled")).isZero();
            assertThat(value(left, "mesh.links", "direction", "dialled")).isEqualTo(1);
            for (String meter : List.of("mesh.links.bytes", "mesh.links.frames")) {
                await().atMost(PATIENCE)
                        .untilAsserted(() -> assertThat(value(hub, meter, "direction", "in"))
                                .as("what one end wrote the other has received")
                                .isPositive()
                                .isEqualTo(value(left, meter, "direction", "out")
                                        + value(right, meter, "direction", "out")));
            }
            right.context().close();
            await().atMost(PATIENCE).until(() -> value(hub, "mesh.links.ended", "code", "going-away") == 1);
            assertThat(value(hub, "mesh.links", "direction", "accepted")).isEqualTo(1);
        }
    }

    @Test
    void what_nobody_retains_any_more_is_what_the_meters_call_missing() throws Exception {
        try (TestNode publisher = TestNode.start("--mesh.retention.max-bytes=1MB");
                Cable cable = Cable.to(publisher.port());
                TestNode away = TestNode.start("--mesh.peers=" + cable.url(), "--mesh.outbound-only=true")
                        .awaitNeighbours(1)) {
            publisher.awaitNeighbours(1);
            DeliveryBook book = DeliveryBook.of(away.mesh(), "t");
            publish(publisher, "t", 1, "x");
            await().atMost(PATIENCE).until(() -> book.size() == 1);
            cable.cut();
            publisher.awaitNeighbours(0);
            away.awaitNeighbours(0);
            PublishReceipt last = publish(publisher, "t", 40, "x".repeat(100_000));
            cable.heal();
            await().atMost(PATIENCE.multipliedBy(2)).until(() -> book.has(last));
            long missing = book.gaps().stream()
                    .mapToLong(gap -> gap.to() - gap.from() + 1)
                    .sum();
            assertThat(missing).isPositive().isEqualTo(41 - book.size());
            assertThat(value(away, "mesh.records.missing")).isEqualTo((double) missing);
            assertThat(value(away, "mesh.gaps")).isEqualTo(book.gaps().size());
            assertThat(value(away, "mesh.records.delivered")).isEqualTo(book.size());
            await().atMost(PATIENCE)
                    .until(() -> value(away, "mesh.subscriptions.gaps")
                            == value(away, "mesh.subscriptions") * book.gaps().size());
            assertThat(value(publisher, "mesh.gaps")).isZero();
            assertThat(value(publisher, "mesh.records.delivered")).isEqualTo(41);
        }
    }

    @Test
    void what_a_slow_subscriber_missed_is_what_the_meters_call_dropped() throws Exception {
        try (TestNode node = TestNode.start()) {
            CountDownLatch goesOn = new CountDownLatch(1);
            Queue<Message> heard = new ConcurrentLinkedQueue<>();
            Queue<Gap> gaps = new ConcurrentLinkedQueue<>();
            Subscription _ = node.mesh()
                    .subscribe(
                            SubscribeOptions.to("t").within(new SubscriptionLimits(10, 1 << 20)),
                            new MessageListener() {
                                @Override
                                public void onMessage(Message message) {
                                    awaitQuietly(goesOn);
                                    heard.add(message);
                                }

                                @Override
                                public void onGap(Gap gap) {
                                    gaps.add(gap);
                                }
                            });
            publish(node, "t", 100, "x");
            goesOn.countDown();
            await().atMost(PATIENCE).until(() -> heard.size() + missing(gaps) == 100);
            assertThat(missing(gaps)).isPositive();
            assertThat(value(node, "mesh.drops", "reason", "slow-subscriber")).isEqualTo((double) missing(gaps));
            assertThat(value(node, "mesh.subscriptions.gaps")).isEqualTo(gaps.size());
            assertThat(value(node, "mesh.records.delivered")).isEqualTo(100);
            assertThat(value(node, "mesh.gaps"))
                    .as("the node itself missed nothing")
                    .isZero();
        }
    }

    @Test
    void the_bytes_that_a_peer_has_sent_are_the_bytes_that_the_meters_show() throws Exception {
        try (TestNode node = TestNode.start();
                HostilePeer peer = HostilePeer.link(node.port())) {
            FrameEncoder encoder = new FrameEncoder(1 << 20);
            for (int i = 0; i < 10; i++) {
                peer.sendBytes(encoder.encode(Frame.of(new Ping(i))));
            }
            await().atMost(PATIENCE).until(() -> value(node, "mesh.links.frames", "direction", "in") == 10);
            assertThat(value(node, "mesh.links.bytes", "direction", "in"))
                    .isEqualTo(peer.said().stream()
                            .mapToInt(message -> message.length)
                            .sum());
        }
    }

    private static PublishReceipt publish(TestNode node, String topic, int count, String text) {
        List<PublishReceipt> receipts = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            receipts.add(node.mesh().publish(Publication.of(topic, text)));
        }
        return receipts.getLast();
    }

    private static long missing(Queue<Gap> gaps) {
        return gaps.stream().mapToLong(gap -> gap.to() - gap.from() + 1).sum();
    }

    private static double value(TestNode node, String name, String... tags) {
        RequiredSearch search = node.bean(MeterRegistry.class).get(name).tags(tags);
        Meter meter = search.meter();
        return meter instanceof FunctionCounter counter
                ? counter.count()
                : search.gauge().value();
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
