package dev.wsmesh.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

import dev.wsmesh.node.MeshCounters.Drop;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class SubscriptionTest {

    private final MeshCounters counters = new MeshCounters();
    private final List<Object> delivered = new CopyOnWriteArrayList<>();

    @Test
    void a_slow_subscriber_sees_a_gap_in_the_right_place_and_slows_nobody() throws Exception {
        Inbox inbox = inbox(3, 1_000);
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        List<String> quick = new CopyOnWriteArrayList<>();
        inbox.subscribe(message -> quick.add(message.text()));
        inbox.subscribe(recorder(message -> {
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
        assertThat(delivered).containsExactly("0", "1", "2", "3", new Gap(3), "7");
        assertThat(counters.drops(Drop.SLOW_SUBSCRIBER)).isEqualTo(3);
        assertThat(counters.messagesIn()).isEqualTo(8);
    }

    @Test
    void the_byte_bound_counts_and_a_text_larger_than_it_still_gets_through_alone() throws Exception {
        Inbox inbox = inbox(100, 10);
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        inbox.subscribe(recorder(message -> {
            entered.countDown();
            awaitUninterrupted(goOn);
        }));
        receive(inbox, "first");
        entered.await();
        receive(inbox, "larger than ten bytes");
        receive(inbox, "x");
        goOn.countDown();
        await().until(() -> delivered.size() == 3);
        assertThat(delivered).containsExactly("first", "larger than ten bytes", new Gap(1));
    }

    @Test
    void a_listener_that_throws_goes_on_with_the_next_message() {
        Inbox inbox = inbox(10, 1_000);
        inbox.subscribe(recorder(message -> {
            throw new AssertionError("a listener's own mistake");
        }));
        receive(inbox, "a");
        receive(inbox, "b");
        await().until(() -> delivered.equals(List.of("a", "b")));
    }

    @Test
    void a_closed_subscription_gets_nothing_more() {
        Inbox inbox = inbox(10, 1_000);
        Subscription subscription = inbox.subscribe(recorder(message -> {}));
        receive(inbox, "a");
        await().until(() -> delivered.equals(List.of("a")));
        subscription.close();
        subscription.close();
        receive(inbox, "b");
        List<String> other = new CopyOnWriteArrayList<>();
        inbox.subscribe(message -> other.add(message.text()));
        receive(inbox, "c");
        await().until(() -> other.equals(List.of("c")));
        assertThat(delivered).containsExactly("a");
    }

    @Test
    void a_closed_inbox_ends_its_subscriptions_and_takes_no_more() {
        Inbox inbox = inbox(10, 1_000);
        inbox.subscribe(recorder(message -> {}));
        inbox.close();
        receive(inbox, "too late");
        assertThatIllegalStateException().isThrownBy(() -> inbox.subscribe(message -> {}));
        assertThat(delivered).isEmpty();
    }

    private Inbox inbox(int messages, long bytes) {
        return new Inbox(counters, new SubscriptionLimits(messages, bytes), () -> "here:1");
    }

    private static void receive(Inbox inbox, String text) {
        inbox.received(Message.plain(text, "there:2"));
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
