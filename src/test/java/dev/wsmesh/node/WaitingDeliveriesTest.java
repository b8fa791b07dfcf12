package dev.wsmesh.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.wsmesh.node.MeshCounters.Drop;
import dev.wsmesh.protocol.Bytes;
import dev.wsmesh.protocol.EncodedRecord;
import dev.wsmesh.protocol.NodeId;
import dev.wsmesh.protocol.Records;
import dev.wsmesh.protocol.StreamId;
import dev.wsmesh.protocol.Topic;
import java.lang.ref.WeakReference;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is taken together waits, and counts, until each of its messages has begun. */
class WaitingDeliveriesTest {

    private static final StreamId STREAM = new StreamId(new NodeId(0, 1), 1);
    private static final int RECORD_BYTES = 10;

    private final MeshCounters counters = new MeshCounters();
    private long last;

    @Test
    void a_long_run_is_taken_in_a_few_steps() {
        WaitingDeliveries waiting = waiting(Overflow.DROP_NEWEST, 1_000, 1 << 20);
        assertThat(waiting.add(run(2 * WaitingDeliveries.MOST_TOGETHER + 1))).isTrue();
        assertThat(waiting.add(new Mark(null, Map.of()))).isTrue();
        assertThat(waiting.add(run(1))).isTrue();
        assertThat(sizes(waiting))
                .containsExactly(WaitingDeliveries.MOST_TOGETHER, WaitingDeliveries.MOST_TOGETHER, 1, 1, 1);
        assertThat(waiting.depth()).isZero();
    }

    @Test
    void what_has_not_begun_takes_room_by_number() {
        WaitingDeliveries waiting = waiting(Overflow.DROP_NEWEST, 10, 1 << 20);
        assertThat(waiting.add(run(10))).isTrue();
        Taken taken = take(waiting, 4);
        assertThat(waiting.depth()).isEqualTo(6);
        assertThat(waiting.add(run(5))).isFalse();
        assertThat(waiting.depth()).isEqualTo(10);
        assertThat(rest(taken)).containsExactly(5L, 6L, 7L, 8L, 9L, 10L);
        assertThat(drain(waiting)).containsExactly(11L, 12L, 13L, 14L, gap(15, 15));
        assertThat(counters.drops(Drop.SLOW_SUBSCRIBER)).isEqualTo(1);
    }

    @Test
    void what_has_not_begun_takes_room_by_bytes_even_if_nothing_else_waits() {
        WaitingDeliveries waiting = waiting(Overflow.DROP_NEWEST, 1_000, 4 * RECORD_BYTES);
        assertThat(waiting.add(run(4))).isTrue();
        Taken taken = take(waiting, 2);
        assertThat(waiting.add(run(2))).isTrue();
        assertThat(waiting.add(run(1))).isFalse();
        assertThat(rest(taken)).containsExactly(3L, 4L);
        assertThat(drain(waiting)).containsExactly(5L, 6L, gap(7, 7));
    }

    @Test
    void a_message_that_is_larger_than_the_bound_waits_for_the_last_one_that_was_taken_to_begin() {
        WaitingDeliveries waiting = waiting(Overflow.DROP_NEWEST, 1_000, 2 * RECORD_BYTES);
        assertThat(waiting.add(run(2))).isTrue();
        Taken taken = take(waiting, 1);
        assertThat(waiting.add(run(1, 3 * RECORD_BYTES))).isFalse();
        assertThat(rest(taken)).containsExactly(2L);
        assertThat(waiting.add(run(1, 3 * RECORD_BYTES))).isTrue();
        assertThat(drain(waiting)).containsExactly(gap(3, 3), 4L);
    }

    @Test
    void of_the_oldest_those_are_dropped_that_have_not_begun() {
        WaitingDeliveries waiting = waiting(Overflow.DROP_OLDEST, 5, 1 << 20);
        assertThat(waiting.add(run(5))).isTrue();
        Taken taken = take(waiting, 1);
        assertThat(taken.isOver()).isTrue();
        assertThat(waiting.add(run(3))).isTrue();
        assertThat(drain(waiting)).containsExactly(gap(2, 3), 4L, 5L, 6L, 7L, 8L);
    }

    @Test
    void who_is_full_with_what_was_taken_overflows_and_what_waits_is_delivered() {
        WaitingDeliveries waiting = waiting(Overflow.CLOSE, 5, 1 << 20);
        assertThat(waiting.add(run(5))).isTrue();
        Taken taken = take(waiting, 1);
        assertThat(waiting.add(run(2))).isFalse();
        assertThat(rest(taken)).containsExactly(2L, 3L, 4L, 5L);
        assertThat(drain(waiting)).containsExactly(6L, gap(7, 7));
    }

    @ParameterizedTest
    @EnumSource(Overflow.class)
    void nothing_is_left_of_what_was_taken_before_everything_was_dropped(Overflow overflow) {
        WaitingDeliveries waiting = waiting(overflow, 5, 5 * RECORD_BYTES);
        assertThat(waiting.add(run(5))).isTrue();
        Taken taken = take(waiting, 1);
        waiting.clear();
        List<Object> _ = rest(taken);
        assertThat(waiting.depth()).isZero();
        assertThat(waiting.add(run(5))).isTrue();
        assertThat(waiting.depth()).isEqualTo(5);
        assertThat(drain(waiting)).containsExactly(6L, 7L, 8L, 9L, 10L);
    }

    /** Else each subscription that nobody sends anything to would keep the last frame that brought something. */
    @ParameterizedTest
    @EnumSource(Overflow.class)
    void what_has_begun_is_kept_by_nothing(Overflow overflow) {
        WaitingDeliveries waiting = waiting(overflow, 5, 1_000);
        WeakReference<Run> run = addAndTakeAll(waiting);
        assertThat(waiting.isEmpty()).isTrue();
        await().untilAsserted(() -> {
            System.gc();
            assertThat(run.get() == null).as("collected").isTrue();
        });
        assertThat(waiting.depth()).isZero();
    }

    private WeakReference<Run> addAndTakeAll(WaitingDeliveries waiting) {
        Run run = run(3);
        assertThat(waiting.add(run)).isTrue();
        assertThat(drain(waiting)).hasSize(3);
        return new WeakReference<>(run);
    }

    private WaitingDeliveries waiting(Overflow overflow, int messages, long bytes) {
        return new WaitingDeliveries(new SubscriptionLimits(messages, bytes), overflow, counters);
    }

    /** So many messages, behind all before. */
    private Run run(int size) {
        return run(size, RECORD_BYTES);
    }

    private Run run(int size, int recordBytes) {
        List<EncodedRecord> records = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            records.add(new EncodedRecord(Bytes.wrap(new byte[recordBytes])));
        }
        long first = last + 1;
        last += size;
        return new Run(STREAM, first, Records.of(records), WaitingDeliveriesTest::message, false);
    }

    private static Message message(StreamId stream, long sequence, EncodedRecord record) {
        return new Message(
                new Position(stream, sequence), new Topic("a"), record.bytes(), "", List.of(), Instant.EPOCH);
    }

    private static Gap gap(long from, long to) {
        return new Gap(STREAM, from, to, Gap.Cause.SLOW_SUBSCRIBER);
    }

    /** Takes what comes first, and begins so much of it. */
    private static Taken take(WaitingDeliveries waiting, int begun) {
        Taken taken = Objects.requireNonNull(waiting.poll());
        for (int i = 0; i < begun; i++) {
            Object _ = shown(taken.next());
        }
        return taken;
    }

    private static List<Object> rest(@Nullable Taken taken) {
        List<Object> rest = new ArrayList<>();
        while (taken != null && !taken.isOver()) {
            rest.add(shown(taken.next()));
        }
        return rest;
    }

    private static List<Object> drain(WaitingDeliveries waiting) {
        List<Object> drained = new ArrayList<>();
        while (!waiting.isEmpty()) {
            drained.addAll(rest(waiting.poll()));
        }
        return drained;
    }

    private static List<Integer> sizes(WaitingDeliveries waiting) {
        List<Integer> sizes = new ArrayList<>();
        while (!waiting.isEmpty()) {
            sizes.add(rest(waiting.poll()).size());
        }
        return sizes;
    }

    /** A message by its number. */
    private static Object shown(Delivery delivery) {
        return delivery instanceof Message message ? (Object) message.position().sequence() : delivery;
    }
}
