package dev.wsmesh.websocket;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How long to wait before each retry: decorrelated jitter, which draws each delay between the minimum and three times
 * the previous one and never passes the maximum (M. Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog,
 * 2015). Used by one thread.
 */
final class Backoff {

    private static final int GROWTH = 3;

    private final BackoffSettings settings;
    private final RandomGenerator random;
    private Duration previous;

    Backoff(BackoffSettings settings, RandomGenerator random) {
        this.settings = settings;
        this.random = random;
        this.previous = settings.min();
    }

    /** The next delay; the first after a reset is between the minimum and three times the minimum. */
    Duration next() {
        long min = settings.min().toNanos();
        long ceiling = Math.min(settings.max().toNanos(), previous.toNanos() * GROWTH);
        long delay = ceiling <= min ? min : random.nextLong(min, ceiling + 1);
        previous = Duration.ofNanos(delay);
        return previous;
    }

    /** A session lasted this long: one that was stable makes the next delays short again. */
    void sessionLasted(Duration duration) {
        if (duration.compareTo(settings.stableAfter()) >= 0) {
            previous = settings.min();
        }
    }
}
