package dev.wsmesh.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.wsmesh.protocol.Address;
import dev.wsmesh.protocol.Bytes;
import dev.wsmesh.protocol.EncodedRecord;
import dev.wsmesh.protocol.Input;
import dev.wsmesh.protocol.Limits;
import dev.wsmesh.protocol.MeshRecord;
import dev.wsmesh.protocol.NodeId;
import dev.wsmesh.protocol.Output;
import dev.wsmesh.protocol.Protocol;
import dev.wsmesh.protocol.RecordEncoder;
import dev.wsmesh.protocol.RecordHead;
import dev.wsmesh.protocol.Records;
import dev.wsmesh.protocol.Settings;
import dev.wsmesh.protocol.StreamId;
import dev.wsmesh.protocol.Topic;
import dev.wsmesh.wire.RecordCodec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What becomes of messages that came together, between the core and who takes them. */
class HandedOverTest {

    private static final NodeId SELF = new NodeId(0, 1);
    private static final StreamId X = new StreamId(new NodeId(0, 2), 1);
    private static final int FRAME_BYTES = 10_000;

    private final RecordCodec codec = new RecordCodec(Limits.DEFAULT);
    private final Protocol core = new Protocol(
            Settings.of(SELF, new Address("ws://self"), List.of()), 1, record(0), _ -> false, new Random(1), 0);
    private final byte[] frame = new byte[FRAME_BYTES];

    @Test
    void what_waits_does_not_need_the_frame_it_came_in() throws Exception {
        Inbox inbox = inbox(codec);
        PulledSubscription first = pull(inbox, null);
        PulledSubscription second = pull(inbox, null);
        receive(inbox, 3);
        Arrays.fill(frame, (byte) 0xee);
        assertThat(drain(first)).containsExactly(1L, 2L, 3L);
        assertThat(drain(second)).containsExactly(1L, 2L, 3L);
    }

    @Test
    void what_came_together_while_the_past_was_being_read_is_missing_together() throws Exception {
        Inbox inbox = inbox(codec);
        PulledSubscription pulled = pull(inbox, Replay.since(core, Long.MIN_VALUE, (_, _) -> true));
        receive(inbox, 3);
        inbox.goOnFrom(Map.of(X, 3L));
        assertThat(drain(pulled)).containsExactly(new Gap(X, 1, 3, Gap.Cause.NOT_RETAINED));
    }

    @Test
    void who_is_ahead_changes_nothing_about_how_many_messages_are_seen() throws Exception {
        Inbox inbox = inbox(codec);
        Resume resume = new Resume(Map.of(StreamTag.of(X), 2L), null, Duration.ZERO, true);
        PulledSubscription pulled = pull(inbox, Replay.after(core, resume, (_, _) -> true));
        receive(inbox, 3);
        assertThat(inbox.topics())
                .singleElement()
                .satisfies(each -> assertThat(each.messages()).isEqualTo(3));
        assertThat(pulled.isOver()).isFalse();
    }

    @Test
    void who_closes_in_the_middle_of_what_came_together_gets_nothing_more_of_it() throws Exception {
        Inbox inbox = inbox(codec);
        PulledSubscription pulled = pull(inbox, null);
        receive(inbox, 9);
        assertThat(pulled.poll(Duration.ZERO)).isInstanceOf(Mark.class);
        assertThat(pulled.poll(Duration.ZERO)).isInstanceOf(Message.class);
        assertThat(pulled.poll(Duration.ZERO)).isInstanceOf(Message.class);
        assertThat(inbox.backlog().messages()).isEqualTo(7);
        pulled.close();
        assertThat(drain(pulled)).isEmpty();
        assertThat(pulled.isOver()).isTrue();
    }

    @Test
    void a_listener_that_closes_its_subscription_is_not_called_again() throws Exception {
        Inbox inbox = inbox(codec);
        List<Integer> heard = new CopyOnWriteArrayList<>();
        CompletableFuture<Subscription> own = new CompletableFuture<>();
        CompletableFuture<Thread> caller = new CompletableFuture<>();
        Subscription subscription = inbox.subscribe(SubscribeOptions.to("a.topic"), message -> {
            caller.complete(Thread.currentThread());
            heard.add(message.payload().length());
            if (heard.size() == 3) {
                own.join().close();
            }
        });
        receive(inbox, 9);
        wake(subscription);
        own.complete(subscription);
        await().until(() -> heard.size() >= 3);
        caller.join().join();
        assertThat(heard).containsExactly(1, 2, 3);
    }

    @Test
    void a_message_that_cannot_be_read_is_a_gap_and_the_next_one_is_delivered() throws Exception {
        AtomicInteger reads = new AtomicInteger();
        Inbox inbox = inbox(new RecordEncoder() {
            @Override
            public EncodedRecord encode(MeshRecord record) {
                return codec.encode(record);
            }

            @Override
            public MeshRecord decode(EncodedRecord record) {
                if (reads.incrementAndGet() == 2) {
                    throw new OutOfMemoryError("as a test wants it");
                }
                return codec.decode(record);
            }

            @Override
            public Topic topic(EncodedRecord record) {
                return codec.topic(record);
            }
        });
        PulledSubscription pulled = pull(inbox, null);
        receive(inbox, 3);
        assertThat(drain(pulled)).containsExactly(1L, new Gap(X, 2, 2, Gap.Cause.UNREADABLE), 3L);
    }

    @Test
    void no_more_arrivals_are_looked_through_than_lately_came_however_many_came_together() {
        int all = RecentArrivals.MOST + 10;
        for (int i = 1; i <= all; i++) {
            var _ = core.handle(new Input.Publish(i, record(i), Input.Backpressure.IGNORE, null), 0);
        }
        RecentArrivals arrivals = new RecentArrivals();
        arrivals.note(new StreamId(SELF, 1), 1, all);
        AtomicInteger seen = new AtomicInteger();
        assertThat(arrivals.last(core, 1, Long.MAX_VALUE, (_, _) -> seen.incrementAndGet() < 0))
                .isEmpty();
        assertThat(seen).hasValue(RecentArrivals.MOST);
        assertThat(arrivals.last(core, 2, Long.MAX_VALUE, (_, _) -> true))
                .extracting(Replay.Item::sequence)
                .containsExactly(all - 1L, (long) all);
    }

    private static Inbox inbox(RecordEncoder encoder) {
        return new Inbox(SELF, new MeshCounters(), new SubscriptionLimits(20, 1 << 20), encoder);
    }

    private static PulledSubscription pull(Inbox inbox, @Nullable Replay replay) {
        Past past = new Past(replay, List.of(), new Mark(null, Map.of()), Duration.ZERO, Long.MIN_VALUE);
        return inbox.pull(SubscribeOptions.to("a.topic"), past, _ -> Replay.Portion.END);
    }

    /** So many of the stream's first records, as they stand in a large frame. */
    private void receive(Inbox inbox, int count) {
        int[] offsets = new int[count];
        int[] lengths = new int[count];
        int end = 0;
        for (int i = 0; i < count; i++) {
            Bytes bytes = record(i + 1).bytes();
            offsets[i] = end + 2;
            lengths[i] = bytes.length();
            bytes.copyTo(frame, offsets[i]);
            end = offsets[i] + lengths[i];
        }
        inbox.deliver(new Output.Deliver(
                X, 1, Records.slices(Bytes.wrap(frame), new RecordHead[count], offsets, lengths, count, true), 0));
        inbox.handOver(new Sleepers());
    }

    /** The driver would, once it has let go of its lock. */
    private static void wake(Subscription subscription) {
        ((SubscriptionQueue) subscription).wake();
    }

    /** The numbers of the messages, and the gaps between them. */
    private static List<Object> drain(PulledSubscription pulled) throws InterruptedException {
        List<Object> drained = new ArrayList<>();
        for (Delivery next = pulled.poll(Duration.ZERO); next != null; next = pulled.poll(Duration.ZERO)) {
            switch (next) {
                case Message message -> drained.add(message.payload().length() + 0L);
                case Gap gap -> drained.add(gap);
                case Mark _ -> {}
            }
        }
        return drained;
    }

    /** Its payload has as many bytes as its number says. */
    private EncodedRecord record(int number) {
        return codec.encode(new MeshRecord(
                new Topic("a.topic"), Bytes.wrap(new byte[number % 100]), "", List.of(), Instant.EPOCH.plusSeconds(1)));
    }
}
