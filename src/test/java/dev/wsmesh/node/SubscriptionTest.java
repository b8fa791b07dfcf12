package dev.wsmesh.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

import dev.wsmesh.node.MeshCounters.Drop;
import dev.wsmesh.protocol.Bytes;
import dev.wsmesh.protocol.Limits;
import dev.wsmesh.protocol.MeshRecord;
import dev.wsmesh.protocol.NodeId;
import dev.wsmesh.protocol.Output;
import dev.wsmesh.protocol.Records;
import dev.wsmesh.protocol.StreamId;
import dev.wsmesh.protocol.Topic;
import dev.wsmesh.wire.RecordCodec;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.Test;

class SubscriptionTest {

    private final MeshCounters counters = new MeshCounters();
    private static final StreamId STREAM = new StreamId(new NodeId(0, 1), 1);

    private final RecordCodec codec = new RecordCodec(Limits.DEFAULT);
    private final Lock lock = new ReentrantLock();
    private final Sleepers sleepers = new Sleepers();
    private long sequence = 1;
    private final List<Object> delivered = new CopyOnWriteArrayList<>();

    @Test
    void a_slow_subscriber_sees_a_gap_in_the_right_place_and_slows_nobody() throws Exception {
        Inbox inbox = inbox(3, 1_000);
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        List<String> quick = new CopyOnWriteArrayList<>();
        subscribe(inbox, message -> quick.add(message.text()));
        subscribe(inbox, recorder(message -> {
            entered.countDown();
            awaitUninterrupted(goOn);
        }));

        receive(inbox, "0");
        entered.await();
        for (int i = 1; i <= 6; i++) {
            int soFar = i;
            receive(inbox, Integer.toString(i));
            await().until(() -> quick.size() == soFar + 1);
        }
        goOn.countDown();
        await().until(() -> delivered.size() == 5);
        receive(inbox, "7");

        await().until(() -> delivered.size() == 6);
        assertThat(delivered).containsExactly("0", "1", "2", "3", gap(5, 7), "7");
        assertThat(counters.drops(Drop.SLOW_SUBSCRIBER)).isEqualTo(3);
    }

    @Test
    void who_only_wants_the_present_gets_a_gap_and_then_the_latest() throws Exception {
        Inbox inbox = inbox(3, 1_000);
        overflow(inbox, Overflow.DROP_OLDEST);
        await().until(() -> delivered.size() == 5);
        assertThat(delivered).containsExactly("0", gap(2, 4), "4", "5", "6");
        assertThat(counters.drops(Drop.SLOW_SUBSCRIBER)).isEqualTo(3);
    }

    @Test
    void who_would_rather_start_again_than_miss_something_is_closed() throws Exception {
        Inbox inbox = inbox(3, 1_000);
        overflow(inbox, Overflow.CLOSE);
        await().until(() -> inbox.backlog().subscriptions() == 0);
        receive(inbox, "7");
        assertThat(delivered).containsExactly("0", "1", "2", "3", gap(5, 5));
    }

    @Test
    void the_byte_bound_counts_and_a_text_larger_than_it_still_gets_through_alone() throws Exception {
        Inbox inbox = inbox(100, 10);
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        subscribe(inbox, recorder(message -> {
            entered.countDown();
            awaitUninterrupted(goOn);
        }));
        receive(inbox, "first");
        entered.await();
        receive(inbox, "larger than ten bytes");
        receive(inbox, "x");
        goOn.countDown();
        await().until(() -> delivered.size() == 3);
        assertThat(delivered).containsExactly("first", "larger than ten bytes", gap(3, 3));
    }

    @Test
    void a_listener_that_throws_goes_on_with_the_next_message() {
        Inbox inbox = inbox(10, 1_000);
        subscribe(inbox, recorder(message -> {
            throw new AssertionError("a listener's own mistake");
        }));
        receive(inbox, "a");
        receive(inbox, "b");
        await().until(() -> delivered.equals(List.of("a", "b")));
    }

    @Test
    void a_closed_subscription_gets_nothing_more() {
        Inbox inbox = inbox(10, 1_000);
        Subscription subscription = subscribe(inbox, recorder(message -> {}));
        receive(inbox, "a");
        await().until(() -> delivered.equals(List.of("a")));
        subscription.close();
        subscription.close();
        receive(inbox, "b");
        List<String> other = new CopyOnWriteArrayList<>();
        subscribe(inbox, message -> other.add(message.text()));
        receive(inbox, "c");
        await().until(() -> other.equals(List.of("c")));
        assertThat(delivered).containsExactly("a");
    }

    @Test
    void a_closed_inbox_ends_its_subscriptions_and_takes_no_more() {
        Inbox inbox = inbox(10, 1_000);
        subscribe(inbox, recorder(message -> {}));
        inbox.close();
        receive(inbox, "too late");
        assertThatIllegalStateException().isThrownBy(() -> subscribe(inbox, message -> {}));
        assertThat(delivered).isEmpty();
    }

    @Test
    void a_subscription_without_own_messages_gets_those_of_others_only() {
        Inbox inbox = inbox(100, 1_000);
        List<String> all = new CopyOnWriteArrayList<>();
        List<String> others = new CopyOnWriteArrayList<>();
        subscribe(inbox, message -> all.add(message.text()));
        Subscription _ =
                inbox.subscribe(SubscribeOptions.to("a.topic").withoutOwn(), message -> others.add(message.text()));
        receive(inbox, "own");
        receive(inbox, new StreamId(new NodeId(0, 2), 1), "another's");
        receive(inbox, "own again");
        receive(inbox, new StreamId(new NodeId(0, 2), 1), "another's again");
        await().until(() -> all.size() == 4 && others.size() == 2);
        assertThat(others).containsExactly("another's", "another's again");
        assertThat(all).containsExactly("own", "another's", "own again", "another's again");
    }

    private Inbox inbox(int messages, long bytes) {
        return new Inbox(LonelyNode.SELF, counters, new SubscriptionLimits(messages, bytes), codec);
    }

    private static Subscription subscribe(Inbox inbox, MessageListener listener) {
        return inbox.subscribe(SubscribeOptions.to("a.topic"), listener);
    }

    /** Six more come while the listener still has the first, and there is room for three. */
    private void overflow(Inbox inbox, Overflow policy) throws InterruptedException {
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        Subscription _ = inbox.subscribe(SubscribeOptions.to("a.topic").on(policy), recorder(message -> {
            entered.countDown();
            awaitUninterrupted(goOn);
        }));
        receive(inbox, "0");
        entered.await();
        for (int i = 1; i <= 6; i++) {
            receive(inbox, Integer.toString(i));
        }
        goOn.countDown();
    }

    private void receive(Inbox inbox, String text) {
        receive(inbox, STREAM, text);
    }

    private void receive(Inbox inbox, StreamId stream, String text) {
        MeshRecord record = new MeshRecord(
                new Topic("a.topic"), Bytes.wrap(text.getBytes(StandardCharsets.UTF_8)), "", List.of(), Instant.EPOCH);
        lock.lock();
        inbox.deliver(new Output.Deliver(stream, sequence++, Records.of(List.of(codec.encode(record))), 0));
        inbox.handOver(sleepers);
        sleepers.wakeAfter(lock);
    }

    private static Gap gap(long from, long to) {
        return new Gap(STREAM, from, to, Gap.Cause.SLOW_SUBSCRIBER);
    }

    private MessageListener recorder(MessageListener then) {
        return new MessageListener() {
            @Override
            public void onMessage(Message message) {
                delivered.add(message.text());
                then.onMessage(message);
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
