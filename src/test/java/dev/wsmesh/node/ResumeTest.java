package dev.wsmesh.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wsmesh.protocol.EncodedRecord;
import dev.wsmesh.protocol.Frame;
import dev.wsmesh.protocol.Input;
import dev.wsmesh.protocol.LinkId;
import dev.wsmesh.protocol.Message.Batch;
import dev.wsmesh.protocol.NodeId;
import dev.wsmesh.protocol.StreamId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A subscription that was cut off goes on at another node, which may know more, less or something else. */
class ResumeTest {

    private static final StreamId X = new StreamId(new NodeId(9, 9), 5);
    private static final StreamId Y = new StreamId(new NodeId(8, 8), 6);
    private static final Duration SILENCE = Duration.ofMillis(150);
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    @Test
    void what_is_listed_goes_on_behind_its_last_number() throws Exception {
        try (LonelyNode lonely = new LonelyNode(64 << 20)) {
            lonely.receive(lonely.neighbour(1), X, 1, "1", "2", "3", "4");
            assertThat(drain(lonely, resume(Map.of(X, 2L), null, true))).containsExactly("3", "4");
        }
    }

    @Test
    void a_node_behind_skips_what_was_had_elsewhere() throws Exception {
        try (LonelyNode lonely = new LonelyNode(64 << 20)) {
            LinkId link = lonely.neighbour(1);
            lonely.receive(link, X, 1, "1", "2");
            try (PulledSubscription pulled = lonely.node.pull(resume(Map.of(X, 4L), null, true))) {
                lonely.receive(link, X, 3, "3", "4", "5", "6");
                assertThat(drain(pulled)).containsExactly("5", "6");
            }
        }
    }

    @Test
    void a_node_that_lacks_a_stream_waits_for_it_and_tells_a_hole_before_what_comes() throws Exception {
        try (LonelyNode lonely = new LonelyNode(64 << 20)) {
            LinkId link = lonely.neighbour(1);
            try (PulledSubscription pulled = lonely.node.pull(resume(Map.of(X, 4L, Y, 1L), null, true))) {
                startAt(lonely, link, X, 8, "8");
                lonely.receive(link, Y, 1, "y1", "y2");
                assertThat(drain(pulled)).containsExactly(gap(X, 5, 7), "8", "y2");
            }
        }
    }

    @Test
    void what_lies_between_and_is_of_other_topics_is_no_hole() throws Exception {
        try (LonelyNode lonely = new LonelyNode(64 << 20)) {
            LinkId link = lonely.neighbour(1);
            try (PulledSubscription pulled = lonely.node.pull(resume(Map.of(X, 4L), null, true))) {
                lonely.receive(link, X, 1, "1", "2", "3", "4");
                receive(lonely, link, X, 5, lonely.record("other", "5"), lonely.record("other", "6"));
                lonely.receive(link, X, 7, "7");
                assertThat(drain(pulled)).containsExactly("7");
            }
        }
    }

    @Test
    void what_is_no_longer_retained_is_a_gap() throws Exception {
        try (LonelyNode lonely = new LonelyNode(100_000)) {
            publish(lonely, 3_000);
            StreamId own = own(lonely);
            List<Object> drained = drain(lonely, resume(Map.of(own, 10L), null, true));
            assertThat(drained.getFirst()).isInstanceOfSatisfying(Gap.class, gap -> {
                assertThat(gap.from()).isEqualTo(11);
                assertThat(gap.cause()).isEqualTo(Gap.Cause.NOT_RETAINED);
                assertThat(drained).hasSize((int) (3_000 - gap.to()) + 1);
            });
        }
    }

    @Test
    void what_is_not_listed_is_replayed_as_far_as_it_is_younger_than_the_subscription() throws Exception {
        try (LonelyNode lonely = new LonelyNode(64 << 20)) {
            LinkId link = lonely.neighbour(1);
            // By their ages, Y published its first message ten seconds before the landmark, and the second one just
            // now.
            receive(lonely, link, X, 1, 5_000, lonely.record("other", "landmark"));
            receive(lonely, link, Y, 1, 10_000, lonely.record("a.topic", "old"));
            lonely.receive(link, Y, 2, "young");
            Landmark landmark = new Landmark(StreamTag.of(X), 1, Duration.ofSeconds(1));
            assertThat(drain(lonely, resume(Map.of(), landmark, Duration.ofSeconds(2), true)))
                    .containsExactly("young");
            assertThat(drain(lonely, resume(Map.of(), landmark, Duration.ofSeconds(20), true)))
                    .containsExactly("old", "young");
        }
    }

    @Test
    void without_a_known_landmark_everything_that_is_not_listed_is_replayed() throws Exception {
        try (LonelyNode lonely = new LonelyNode(64 << 20)) {
            lonely.receive(lonely.neighbour(1), Y, 1, "1", "2");
            Landmark unknown = new Landmark(StreamTag.of(X), 1, Duration.ZERO);
            assertThat(drain(lonely, resume(Map.of(), unknown, true))).containsExactly("1", "2");
        }
    }

    @Test
    void what_is_not_listed_and_was_evicted_since_is_a_gap() throws Exception {
        try (LonelyNode lonely = new LonelyNode(100_000)) {
            LinkId link = lonely.neighbour(1);
            lonely.receive(link, X, 1, "landmark");
            Landmark landmark = new Landmark(StreamTag.of(X), 1, Duration.ofSeconds(-2));
            publish(lonely, 3_000);
            List<Object> drained = drain(lonely, resume(Map.of(X, 1L), landmark, true));
            assertThat(drained.getFirst()).isInstanceOfSatisfying(Gap.class, gap -> {
                assertThat(gap.stream()).isEqualTo(own(lonely));
                assertThat(gap.from()).isEqualTo(1);
            });
        }
    }

    @Test
    void with_an_incomplete_list_the_others_go_on_from_now() throws Exception {
        try (LonelyNode lonely = new LonelyNode(64 << 20)) {
            LinkId link = lonely.neighbour(1);
            lonely.receive(link, X, 1, "x1", "x2");
            lonely.receive(link, Y, 1, "y1");
            try (PulledSubscription pulled = lonely.node.pull(resume(Map.of(X, 1L), null, false))) {
                lonely.receive(link, Y, 2, "y2");
                assertThat(drain(pulled)).containsExactly("x2", "y2");
            }
        }
    }

    @Test
    void gaps_of_what_was_had_elsewhere_are_not_told_again() throws Exception {
        try (LonelyNode lonely = new LonelyNode(64 << 20)) {
            SubscriptionQueue queue = ahead(lonely, Map.of(X, 10L));
            assertThat(drain(queue)).as("the past, which is none").isEmpty();
            queue.offer(gap(X, 3, 7));
            queue.offer(gap(X, 8, 12));
            queue.offer(gap(X, 13, 13));
            assertThat(drain(queue)).containsExactly(gap(X, 11, 12), gap(X, 13, 13));
        }
    }

    @Test
    void the_last_messages_come_in_the_order_of_their_arrival() throws Exception {
        try (LonelyNode lonely = new LonelyNode(64 << 20)) {
            LinkId link = lonely.neighbour(1);
            lonely.receive(link, X, 1, "x1", "x2");
            // Born earlier than those that came before.
            receive(lonely, link, Y, 1, 60_000, lonely.record("a.topic", "y1"));
            lonely.receive(link, X, 3, "x3");
            try (PulledSubscription pulled =
                    lonely.node.pull(SubscribeOptions.to("a.topic").withLast(3))) {
                lonely.receive(link, X, 4, "x4");
                assertThat(drain(pulled)).containsExactly("x2", "y1", "x3", "x4");
            }
        }
    }

    @Test
    void a_mark_stands_behind_what_came_before_it_and_says_how_far_each_stream_is() throws Exception {
        try (LonelyNode lonely = new LonelyNode(64 << 20)) {
            LinkId link = lonely.neighbour(1);
            try (PulledSubscription pulled = lonely.node.pull(SubscribeOptions.to("a.topic"))) {
                assertThat(pulled.poll(Duration.ZERO)).isInstanceOf(Mark.class);
                lonely.receive(link, X, 1, "1");
                receive(lonely, link, X, 2, lonely.record("other", "2"));
                lonely.node.mark();
                lonely.receive(link, X, 3, "3");
                assertThat(pulled.poll(PATIENCE)).isInstanceOf(Message.class);
                assertThat(pulled.poll(PATIENCE)).isInstanceOfSatisfying(Mark.class, mark -> {
                    assertThat(mark.positions()).containsEntry(StreamTag.of(X), 2L);
                    assertThat(mark.landmark()).isNotNull();
                });
                assertThat(pulled.poll(PATIENCE)).isInstanceOf(Message.class);
            }
        }
    }

    @Test
    void a_subscription_that_is_to_end_when_its_queue_is_full_delivers_what_waits_and_is_over() throws Exception {
        try (LonelyNode lonely = new LonelyNode(64 << 20);
                PulledSubscription pulled = lonely.node.pull(
                        SubscribeOptions.to("a.topic").on(Overflow.CLOSE).within(new SubscriptionLimits(2, 1_000)))) {
            publish(lonely, 3);
            assertThat(drain(pulled))
                    .containsExactly("text", "text", new Gap(own(lonely), 3, 3, Gap.Cause.SLOW_SUBSCRIBER));
            assertThat(pulled.isOver()).isTrue();
        }
    }

    private static SubscribeOptions resume(
            Map<StreamId, Long> positions, @Nullable Landmark landmark, boolean complete) {
        return resume(positions, landmark, Duration.ofHours(1), complete);
    }

    private static SubscribeOptions resume(
            Map<StreamId, Long> positions, @Nullable Landmark landmark, Duration age, boolean complete) {
        Map<StreamTag, Long> tagged = new HashMap<>();
        positions.forEach((stream, last) -> tagged.put(StreamTag.of(stream), last));
        return SubscribeOptions.to("a.topic").goingOnFrom(new Resume(tagged, landmark, age, complete));
    }

    private static SubscriptionQueue ahead(LonelyNode lonely, Map<StreamId, Long> positions) {
        return (SubscriptionQueue) lonely.node.pull(resume(positions, null, true));
    }

    private static List<Object> drain(LonelyNode lonely, SubscribeOptions options) throws InterruptedException {
        try (PulledSubscription pulled = lonely.node.pull(options)) {
            return drain(pulled);
        }
    }

    /** Texts and gaps, until there is silence. */
    private static List<Object> drain(PulledSubscription pulled) throws InterruptedException {
        List<Object> drained = new ArrayList<>();
        for (Delivery next = pulled.poll(SILENCE); next != null; next = pulled.poll(SILENCE)) {
            switch (next) {
                case Message message -> drained.add(message.text());
                case Gap gap -> drained.add(gap);
                case Mark _ -> {}
            }
        }
        return drained;
    }

    /** The neighbour says that the stream begins there. */
    private static void startAt(LonelyNode lonely, LinkId link, StreamId stream, long first, String text) {
        lonely.receive(link, stream, first, text);
    }

    private static void receive(LonelyNode lonely, LinkId link, StreamId stream, long first, EncodedRecord... records) {
        receive(lonely, link, stream, first, 0, records);
    }

    private static void receive(
            LonelyNode lonely, LinkId link, StreamId stream, long first, int ageMillis, EncodedRecord... records) {
        lonely.give(new Input.Received(
                link,
                Frame.of(new Batch(
                        stream, first, ageMillis, false, Stream.of(records).toList()))));
    }

    private static StreamId own(LonelyNode lonely) {
        return Objects.requireNonNull(lonely.node.view().core()).own();
    }

    private static void publish(LonelyNode lonely, int count) {
        IntStream.range(0, count).forEach(_ -> lonely.node.publish("a.topic", "text"));
    }

    private static Gap gap(StreamId stream, long from, long to) {
        return new Gap(stream, from, to, Gap.Cause.NOT_RETAINED);
    }
}
