package dev.wsmesh.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.wsmesh.protocol.Frame;
import dev.wsmesh.protocol.Input;
import dev.wsmesh.protocol.LinkId;
import dev.wsmesh.protocol.Message.Batch;
import dev.wsmesh.protocol.Message.Have;
import dev.wsmesh.protocol.NodeId;
import dev.wsmesh.protocol.StreamId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** What a subscription gets of the past, and across the runs of its node. */
class ReplayTest {

    private static final StreamId OTHER = new StreamId(new NodeId(9, 9), 5);

    private final List<Object> delivered = new CopyOnWriteArrayList<>();

    @Test
    void a_replay_that_is_read_while_more_is_published_has_no_hole_however_small_the_queue() throws Exception {
        try (LonelyNode lonely = new LonelyNode(64 << 20)) {
            List<Long> numbers = Collections.synchronizedList(new ArrayList<>());
            CountDownLatch begun = new CountDownLatch(1);
            publish(lonely, 3_000);
            Subscription _ = lonely.node.subscribe(
                    SubscribeOptions.to("a.topic")
                            .replaying(SubscribeOptions.EVERYTHING)
                            .within(new SubscriptionLimits(8_000, 1 << 20)),
                    message -> {
                        numbers.add(message.position().sequence());
                        if (numbers.size() == 1) {
                            awaitUninterrupted(begun);
                        }
                    });
            publish(lonely, 3_000);
            begun.countDown();
            publish(lonely, 3_000);
            await().until(() -> numbers.size() == 9_000);
            assertThat(numbers)
                    .containsExactlyElementsOf(
                            LongStream.rangeClosed(1, 9_000).boxed().toList());
        }
    }

    @Test
    void what_is_evicted_before_a_replay_comes_to_it_is_a_gap() throws Exception {
        try (LonelyNode lonely = new LonelyNode(100_000)) {
            CountDownLatch begun = new CountDownLatch(1);
            CountDownLatch goOn = new CountDownLatch(1);
            publish(lonely, 600);
            Subscription _ = lonely.node.subscribe(
                    SubscribeOptions.to("a.topic").replaying(SubscribeOptions.EVERYTHING), recorder(begun, goOn));
            begun.await();
            publish(lonely, 2_000);
            goOn.countDown();
            await().untilAsserted(() -> assertThat(delivered).contains(2_600L));
            long next = 1;
            for (Object each : delivered) {
                if (each instanceof Gap gap) {
                    assertThat(gap.from()).isEqualTo(next);
                    assertThat(gap.cause())
                            .as("whoever had read faster would have got it")
                            .isEqualTo(Gap.Cause.SLOW_SUBSCRIBER);
                    next = gap.to() + 1;
                } else {
                    assertThat(each).isEqualTo(next);
                    next++;
                }
            }
            assertThat(delivered).filteredOn(Gap.class::isInstance).hasSize(1);
        }
    }

    @Test
    void only_the_topics_asked_for_are_replayed_and_each_stream_in_its_order() throws Exception {
        try (LonelyNode lonely = new LonelyNode(64 << 20)) {
            LinkId link = lonely.neighbour(1);
            lonely.receive(link, OTHER, 1, "1", "2", "3");
            lonely.node.publish("b.topic", "not asked for");
            lonely.node.publish("a.topic", "own");
            lonely.receive(link, OTHER, 4, "4");
            Subscription _ = lonely.node.subscribe(
                    SubscribeOptions.to("a.*").replaying(SubscribeOptions.EVERYTHING),
                    message -> delivered.add(message.text()));
            await().until(() -> delivered.size() == 5);
            assertThat(delivered).containsExactly("1", "2", "3", "own", "4");
        }
    }

    @Test
    void a_subscription_that_outlives_a_run_is_told_what_it_missed_and_nothing_twice() throws Exception {
        try (LonelyNode lonely = new LonelyNode(64 << 20)) {
            Subscription _ = lonely.node.subscribe(SubscribeOptions.to("a.topic"), recorder());
            lonely.receive(lonely.neighbour(1), OTHER, 1, "1", "2", "3");
            await().until(() -> delivered.size() == 3);
            lonely.stop();

            lonely.start();
            LinkId link = lonely.neighbour(1);
            lonely.receive(link, OTHER, 6, "6", "7");
            await().until(() -> delivered.size() == 6);
            assertThat(delivered).containsExactly(1L, 2L, 3L, new Gap(OTHER, 4, 5, Gap.Cause.NOT_RETAINED), 6L, 7L);
            lonely.stop();

            lonely.start();
            lonely.receive(lonely.neighbour(1), OTHER, 6, "6", "7", "8");
            await().until(() -> delivered.size() == 7);
            assertThat(delivered).last().isEqualTo(8L);
        }
    }

    @Test
    void a_run_that_only_hears_where_a_stream_begins_hides_no_hole_and_makes_none_for_who_came_later()
            throws Exception {
        try (LonelyNode lonely = new LonelyNode(64 << 20)) {
            PulledSubscription old = pull(lonely);
            lonely.receive(lonely.neighbour(1), OTHER, 1, "1", "2", "3");
            restart(lonely);
            begins(lonely, OTHER, 6);
            PulledSubscription young = pull(lonely);
            restart(lonely);
            begins(lonely, OTHER, 9);
            restart(lonely);
            lonely.receive(lonely.neighbour(1), OTHER, 9, "9");
            assertThat(drain(old)).containsExactly(1L, 2L, 3L, gap(4, 5), gap(6, 8), 9L);
            assertThat(drain(young)).containsExactly(gap(6, 8), 9L);
        }
    }

    /** What it did not begin with was published before anybody here listened. */
    @Test
    void where_a_stream_begins_is_where_the_hole_begins_that_another_run_finds() throws Exception {
        try (LonelyNode lonely = new LonelyNode(64 << 20)) {
            PulledSubscription pulled = pull(lonely);
            begins(lonely, OTHER, 6);
            restart(lonely);
            lonely.receive(lonely.neighbour(1), OTHER, 8, "8");
            assertThat(drain(pulled)).containsExactly(gap(6, 7), 8L);
        }
    }

    @Test
    void a_run_that_comes_less_far_makes_nothing_come_twice() throws Exception {
        try (LonelyNode lonely = new LonelyNode(64 << 20)) {
            PulledSubscription pulled = pull(lonely);
            lonely.receive(lonely.neighbour(1), OTHER, 1, "1", "2", "3");
            restart(lonely);
            lonely.receive(lonely.neighbour(1), OTHER, 1, "1", "2");
            restart(lonely);
            lonely.give(new Input.Received(lonely.neighbour(1), Frame.of(new Have(OTHER, 1, 4))));
            restart(lonely);
            lonely.receive(lonely.neighbour(1), OTHER, 1, "1", "2", "3", "4");
            assertThat(drain(pulled)).containsExactly(1L, 2L, 3L, 4L);
        }
    }

    @Test
    void what_the_node_published_itself_is_not_missed_by_later_runs() throws Exception {
        try (LonelyNode lonely = new LonelyNode(64 << 20)) {
            StreamId own = new StreamId(LonelyNode.SELF, 0);
            PulledSubscription pulled = pull(lonely);
            begins(lonely, own, 3);
            restart(lonely);
            begins(lonely, own, 6);
            restart(lonely);
            assertThat(drain(pulled)).isEmpty();
        }
    }

    /** Without a goodbye, which would wait for neighbours. */
    private static void restart(LonelyNode lonely) {
        lonely.node.stop();
        Core _ = lonely.start();
    }

    /** All that a new neighbour says is where a stream begins. */
    private static void begins(LonelyNode lonely, StreamId stream, long first) {
        lonely.give(new Input.Received(lonely.neighbour(1), Frame.of(new Batch(stream, first, 0, false, List.of()))));
    }

    private static Gap gap(long from, long to) {
        return new Gap(OTHER, from, to, Gap.Cause.NOT_RETAINED);
    }

    private static PulledSubscription pull(LonelyNode lonely) {
        return lonely.node.pull(SubscribeOptions.to("a.topic"));
    }

    /** The numbers of the messages, and the gaps between them. */
    private static List<Object> drain(PulledSubscription pulled) throws InterruptedException {
        List<Object> drained = new ArrayList<>();
        for (Delivery next = pulled.poll(Duration.ZERO); next != null; next = pulled.poll(Duration.ZERO)) {
            switch (next) {
                case Message message -> drained.add(message.position().sequence());
                case Gap gap -> drained.add(gap);
                case Mark _ -> {}
            }
        }
        return drained;
    }

    private static void publish(LonelyNode lonely, int count) {
        for (int i = 0; i < count; i++) {
            PublishReceipt _ = lonely.node.publish("a.topic", "text");
        }
    }

    private MessageListener recorder(CountDownLatch... latches) {
        return new MessageListener() {
            @Override
            public void onMessage(Message message) {
                delivered.add(message.position().sequence());
                if (latches.length == 2) {
                    latches[0].countDown();
                    awaitUninterrupted(latches[1]);
                }
            }

            @Override
            public void onGap(Gap gap) {
                delivered.add(gap);
            }
        };
    }

    private static void awaitUninterrupted(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
