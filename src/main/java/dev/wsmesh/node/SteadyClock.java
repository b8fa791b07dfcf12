package dev.wsmesh.node;

import java.time.Instant;
import java.time.InstantSource;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The wall clock for those that ask for it with every message. It is looked at once in a while; in between the time that has passed
 * since is added, which costs a fraction of another look. A step of the wall clock, or a suspended machine, is followed as soon as the
 * last look is {@link #MOST_AGE_NANOS} old. Thread-safe.
 */
final class SteadyClock {

    /** A guess: at full load hundreds of messages lie between two looks, and no human sees it in what is shown. */
    static final long MOST_AGE_NANOS = 5_000_000;

    /** How far apart the two readings of one look may be; with a longer pause between them it is good for one answer only. A guess. */
    static final long MOST_PAUSE_NANOS = 5_000;

    private final InstantSource wall;
    private final LongSupplier nanoTime;

    /** The last look, whoever took it; one that another thread overwrites was as good. */
    private volatile @Nullable Look last;

    /** What the wall clock said at that time, or a little before: what is told by it is never ahead, and does not go back at the next look. */
    private record Look(Instant instant, long nanos) {}

    /**
     * Follows a clock.
     *
     * @param wall what it follows
     * @param nanoTime goes evenly, from anywhere; {@link #at} is told what it says
     */
    SteadyClock(InstantSource wall, LongSupplier nanoTime) {
        this.wall = wall;
        this.nanoTime = nanoTime;
    }

    /** What the wall clock says, for who has looked at the even clock already: at this time, a moment ago. */
    Instant at(long now) {
        Look known = last;
        if (known != null) {
            long passed = now - known.nanos;
            if (passed >= 0 && passed < MOST_AGE_NANOS) {
                return known.instant.plusNanos(passed);
            }
        }
        return look(now);
    }

    private Instant look(long before) {
        Instant instant = wall.instant();
        long after = nanoTime.getAsLong();
        if (after - before <= MOST_PAUSE_NANOS) {
            last = new Look(instant, after);
        }
        return instant;
    }
}
