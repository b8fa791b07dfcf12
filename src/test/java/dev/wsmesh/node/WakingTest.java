package dev.wsmesh.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.wsmesh.protocol.Bytes;
import dev.wsmesh.protocol.Frame;
import dev.wsmesh.protocol.Input;
import dev.wsmesh.protocol.LinkId;
import dev.wsmesh.protocol.Message.Have;
import dev.wsmesh.protocol.StreamId;
import dev.wsmesh.protocol.Topic;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Nobody is woken only to run into the driver's lock, and nobody sleeps on with something to do. */
@Timeout(60)
class WakingTest {

    private final LonelyNode mesh = new LonelyNode(1 << 20);

    @AfterEach
    void end() {
        mesh.close();
    }

    @Test
    void who_sends_a_frame_is_woken_when_the_core_is_free() {
        CompletableFuture<Boolean> free = new CompletableFuture<>();
        mesh.links.writer = whenWoken(() -> free.complete(coreIsFree()));
        LinkId link = mesh.neighbour(1);
        mesh.give(new Input.Writable(link));
        assertThat(free).isCompletedWithValue(true);
    }

    @Test
    void who_sends_a_frame_of_the_timer_is_woken_when_the_core_is_free() {
        CompletableFuture<Boolean> free = new CompletableFuture<>();
        mesh.links.writer = whenWoken(() -> {
            if (Thread.currentThread().getName().equals("mesh-timer")) {
                free.complete(coreIsFree());
            }
        });
        LinkId link = mesh.readyNeighbour(1);
        for (int frame = 0; frame < 5; frame++) {
            mesh.give(new Input.Writable(link));
        }
        // What has come is announced after a moment.
        mesh.receive(link, new StreamId(link.peer(), 1), 1, "news");
        assertThat(free).succeedsWithin(Duration.ofSeconds(20)).isEqualTo(true);
    }

    @Test
    void a_publisher_that_waits_does_not_let_the_writer_of_its_message_sleep() {
        LinkId link = mesh.readyNeighbour(1);
        mesh.give(new Input.Writable(link));
        CountDownLatch woken = new CountDownLatch(1);
        CompletableFuture<Boolean> free = new CompletableFuture<>();
        mesh.links.writer = whenWoken(() -> {
            free.complete(coreIsFree());
            woken.countDown();
        });
        mesh.give(new Input.Writable(link));
        CompletableFuture<PublishReceipt> published = CompletableFuture.supplyAsync(() -> publish(1));
        assertThat(free).succeedsWithin(Duration.ofSeconds(20)).isEqualTo(true);
        assertThat(published).isNotDone();
        mesh.give(new Input.Received(link, Frame.of(new Have(new StreamId(LonelyNode.SELF, 1), 1, 1))));
        assertThat(published).succeedsWithin(Duration.ofSeconds(20));
    }

    @Test
    void who_waits_for_a_message_is_woken_for_it() throws Exception {
        PulledSubscription subscription = mesh.node.pull(SubscribeOptions.to("a.topic"));
        assertThat(subscription.poll(Duration.ofSeconds(20))).isInstanceOf(Mark.class);
        CompletableFuture<Delivery> taken = new CompletableFuture<>();
        Thread taker = Background.start("taker", () -> taken.complete(poll(subscription)));
        await().until(() -> taker.getState() == Thread.State.TIMED_WAITING);
        PublishReceipt _ = publish(0);
        assertThat(taken).succeedsWithin(Duration.ofSeconds(20)).isInstanceOf(Message.class);
    }

    @Test
    void no_wake_up_is_lost() throws Exception {
        int rounds = 100_000;
        Sleeper sleeper = new Sleeper();
        AtomicInteger given = new AtomicInteger();
        Semaphore answered = new Semaphore(0);
        Thread taker = Background.start("taker", () -> {
            for (int taken = 0; taken < rounds; taken++) {
                int before = taken;
                while (given.get() == before) {
                    sleep(sleeper, () -> given.get() > before);
                }
                answered.release();
            }
        });
        for (int i = 0; i < rounds; i++) {
            given.incrementAndGet();
            if (sleeper.isAsleep()) {
                sleeper.wake();
            }
            assertThat(answered.tryAcquire(20, TimeUnit.SECONDS)).isTrue();
        }
        taker.join();
    }

    private static void sleep(Sleeper sleeper, BooleanSupplier isSomething) {
        try {
            sleeper.sleepUnless(isSomething);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Delivery poll(PulledSubscription subscription) {
        try {
            return Objects.requireNonNull(subscription.poll(Duration.ofSeconds(40)));
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private PublishReceipt publish(int acknowledgements) {
        return mesh.node.publish(new Publication(
                new Topic("a.topic"),
                Bytes.EMPTY,
                "",
                List.of(),
                PublishOptions.DEFAULT.acknowledgedBy(acknowledgements)));
    }

    /** Always to be woken, and does this then. */
    private static Sleeper whenWoken(Runnable task) {
        return new Sleeper() {
            @Override
            boolean isAsleep() {
                return true;
            }

            @Override
            public void wake() {
                task.run();
            }
        };
    }

    /** Whether another thread gets into the core meanwhile. */
    private boolean coreIsFree() {
        try {
            CompletableFuture.supplyAsync(() -> mesh.core().bootstrap()).get(2, TimeUnit.SECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
