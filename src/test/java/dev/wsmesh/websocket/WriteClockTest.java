package dev.wsmesh.websocket;

import static dev.wsmesh.TestNode.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** Who waits in a container for a socket that is gone is woken, and nobody else. */
class WriteClockTest {

    private final WriteClock clock = new WriteClock(Duration.ofHours(1));
    private final CountDownLatch inContainer = new CountDownLatch(1);
    private final CountDownLatch never = new CountDownLatch(1);
    private final AtomicBoolean aborted = new AtomicBoolean();

    private boolean abort() {
        aborted.set(true);
        return true;
    }

    @Test
    void a_thread_in_a_write_is_woken_once_its_session_was_aborted() throws Exception {
        FutureTask<Boolean> write = new FutureTask<>(() -> {
            clock.begin();
            inContainer.countDown();
            try {
                never.await();
                return false;
            } catch (InterruptedException e) {
                clock.fail();
                return aborted.get();
            }
        });
        Thread _ = Thread.ofVirtual().start(write);
        inContainer.await();
        clock.endLater(Duration.ZERO, this::abort);
        assertThat(write.get(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                .as("aborted before it was woken")
                .isTrue();
    }

    @Test
    void an_interruption_that_comes_too_late_for_a_write_does_not_meet_what_its_thread_does_next() {
        clock.begin();
        clock.wake();
        clock.end();
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
        clock.begin();
        clock.wake();
        clock.fail();
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }

    @Test
    void an_interruption_that_is_not_ours_stays() {
        clock.begin();
        Thread.currentThread().interrupt();
        clock.end();
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void a_thread_in_a_write_is_left_alone_if_its_session_could_not_be_aborted() {
        clock.begin();
        clock.endLater(Duration.ZERO, () -> !abort());
        await().atMost(PATIENCE).untilTrue(aborted);
        await().during(Duration.ofMillis(100))
                .atMost(PATIENCE)
                .until(() -> !Thread.currentThread().isInterrupted());
        clock.end();
    }

    @Test
    void who_is_woken_again_and_again_is_interrupted_once() {
        clock.begin();
        clock.wake();
        assertThat(Thread.interrupted()).isTrue();
        clock.wake();
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
        clock.end();
    }

    @Test
    void a_write_that_has_ended_meanwhile_is_left_alone() {
        clock.begin();
        clock.endLater(Duration.ofMillis(100), this::abort);
        clock.end();
        await().during(Duration.ofMillis(300)).atMost(PATIENCE).until(() -> !aborted.get());
        clock.wake();
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }
}
