package dev.wsmesh.websocket;

import java.time.Duration;

/**
 * How long the write that is under way has taken: not every container bounds that (docs/adr/0009). Set by one writer, read by
 * any thread.
 */
final class WriteClock {

    private static final long IDLE = 0;

    /** So much more than the bound before we act: where the container has a bound of its own, that one comes first. */
    private static final Duration MARGIN = Duration.ofSeconds(1);

    private final Duration bound;
    private volatile long sinceNanos = IDLE;

    WriteClock(Duration bound) {
        this.bound = bound;
    }

    /** A write begins. One that fails never ends: whoever sees the session's end asks how long it had been under way. */
    void begin() {
        sinceNanos = System.nanoTime() | 1;
    }

    void end() {
        sinceNanos = IDLE;
    }

    boolean isUnderWay() {
        return sinceNanos != IDLE;
    }

    /** Whether it takes longer than it may. */
    boolean isOverdue() {
        return tookAtLeast(bound);
    }

    /** Whether it takes so much longer that nobody else will end it. */
    boolean isStuck() {
        return tookAtLeast(bound.plus(MARGIN));
    }

    private boolean tookAtLeast(Duration duration) {
        long since = sinceNanos;
        return since != IDLE && System.nanoTime() - since >= duration.toNanos();
    }
}
