package dev.wsmesh.websocket;

import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * How long the write that is under way has taken: not every container bounds that (docs/adr/0009). Set by one writer, read by
 * any thread.
 */
final class WriteClock {

    private static final long IDLE = 0;

    /** So much more than the bound before we act: where the container has a bound of its own, that one comes first. */
    private static final Duration MARGIN = Duration.ofSeconds(1);

    private final Duration bound;
    private final LongSupplier nanos;
    private volatile long sinceNanos = IDLE;
    /** When the write that began then failed; null while none has. Written before the failure is told. */
    private volatile @Nullable Long failedNanos;

    WriteClock(Duration bound) {
        this(bound, System::nanoTime);
    }

    /** A clock that goes by this one, which is read as {@link System#nanoTime} is. */
    WriteClock(Duration bound, LongSupplier nanos) {
        this.bound = bound;
        this.nanos = nanos;
    }

    /** A write begins. */
    void begin() {
        sinceNanos = nanos.getAsLong() | 1;
    }

    void end() {
        sinceNanos = IDLE;
    }

    /**
     * The write has failed: it took as long as until now, whoever asks later. It stays under way, for the session can do nothing
     * any more but be closed.
     */
    void fail() {
        failedNanos = nanos.getAsLong();
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
        Long failed = failedNanos;
        long until = failed == null ? nanos.getAsLong() : failed;
        return since != IDLE && until - since >= duration.toNanos();
    }
}
