package dev.wsmesh;

import static dev.wsmesh.TestNode.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

import dev.wsmesh.node.Message;
import dev.wsmesh.node.Publication;
import dev.wsmesh.node.PublishException;
import dev.wsmesh.node.PublishException.Reason;
import dev.wsmesh.node.PublishOptions;
import dev.wsmesh.node.PublishOptions.Backpressure;
import dev.wsmesh.node.PublishReceipt;
import dev.wsmesh.node.SubscribeOptions;
import dev.wsmesh.node.Subscription;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What a publisher may ask for, and what a subscriber gets, between real nodes in one process. */
class MessagesTest {

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
                TestNode fast = patientWith(cable)) {
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
    void a_publisher_that_asked_for_neighbours_does_not_go_on_without_them_when_the_one_that_held_it_back_is_gone()
            throws Exception {
        try (TestNode slow = TestNode.start();
                Cable cable = Cable.to(slow.port());
                TestNode fast = patientWith(cable)) {
            cable.swallowToTarget();
            Publication large = Publication.of("t", "x".repeat(100_000));
            Publication waiting =
                    large.with(PublishOptions.DEFAULT.on(Backpressure.WAIT).within(Duration.ofSeconds(1)));
            assertThatExceptionOfType(PublishException.class)
                    .isThrownBy(() ->
                            IntStream.range(0, 500).forEach(_ -> fast.mesh().publish(waiting)))
                    .satisfies(e -> assertThat(e.reason()).isEqualTo(Reason.CONGESTED));
            CompletableFuture<PublishReceipt> held = CompletableFuture.supplyAsync(
                    () -> fast.mesh()
                            .publish(large.with(
                                    PublishOptions.DEFAULT.toAtLeast(1).within(Duration.ofSeconds(3)))),
                    Thread::startVirtualThread);
            cable.cut();
            assertThatExceptionOfType(CompletionException.class)
                    .isThrownBy(held::join)
                    .havingCause()
                    .isInstanceOfSatisfying(
                            PublishException.class, e -> assertThat(e.reason()).isEqualTo(Reason.TOO_FEW_PEERS));
        }
    }

    /** A node that does not give up a neighbour that takes nothing, and is soon held back by it. */
    private static TestNode patientWith(Cable cable) {
        return TestNode.start(
                        "--mesh.peers=" + cable.url(),
                        "--mesh.retention.max-bytes=16MB",
                        "--mesh.membership.fill=false",
                        "--mesh.links.send-timeout=1m",
                        "--mesh.outbound-only=true")
                .awaitNeighbours(1);
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
}
