package dev.wsmesh.websocket;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** Lets one line through in each pause. Thread-safe. */
final class LogLimiter {

    private final long pauseNanos;
    private final AtomicLong dueNanos = new AtomicLong(System.nanoTime());

    LogLimiter(Duration pause) {
        this.pauseNanos = pause.toNanos();
    }

    /** Whether a line may be written now; true for one caller only, then not again before the pause is over. */
    boolean isDue() {
        long now = System.nanoTime();
        long due = dueNanos.get();
        return now - due >= 0 && dueNanos.compareAndSet(due, now + pauseNanos);
    }
}
