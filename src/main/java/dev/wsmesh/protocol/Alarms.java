package dev.wsmesh.protocol;

import java.time.Duration;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The deadlines of one node, one per purpose; the caller's single timer stands at the earliest. */
@SuppressWarnings("EnumOrdinal") // an array indexed by the alarm, on the path of every call
final class Alarms {
    static final long NEVER = Long.MAX_VALUE;

    /** Later than whoever runs the core calls it again, so that the alarms behind it have their turn before. A guess. */
    private static final Duration AFTER_FAILURE = Duration.ofSeconds(2);

    enum Alarm {
        HAVES,
        REPAIR,
        EPOCHS,
        DIGEST,
        RETENTION,
        BACKFILL,
        ACKNOWLEDGEMENTS,
        PUBLISH_WINDOW,
        SHUFFLE,
        FILL,
        BOOTSTRAP,
        BEACON,
        PROBES,
        LIVENESS,
        DRAINING,
        LEAVING
    }

    private final long[] at = new long[Alarm.values().length];
    /** The earliest of them; looked for when one of them was set, which most calls do not do. */
    private long earliest = NEVER;

    private boolean moved;
    /** Throws the first failure of this turn. */
    private @Nullable Runnable failure;

    Alarms() {
        Arrays.fill(at, NEVER);
    }

    void set(Alarm alarm, long nanos) {
        if (at[alarm.ordinal()] != nanos) {
            at[alarm.ordinal()] = nanos;
            moved = true;
        }
    }

    void setNoLaterThan(Alarm alarm, long nanos) {
        if (nanos < at[alarm.ordinal()]) {
            set(alarm, nanos);
        }
    }

    /**
     * Calls the handler if the alarm has gone off; it is off then, unless the handler sets it. One that fails is called again after
     * a while, for many alarms are set by nobody else: without that, one mistake would end a node's pings for good.
     */
    void ifDue(Alarm alarm, long now, Runnable handler) {
        if (take(alarm, now) && !attempt(handler)) {
            setNoLaterThan(alarm, afterFailure(now));
        }
    }

    /** Whether the work was done; a failure is kept for {@link #rethrow}, so that what comes behind has its turn first. */
    boolean attempt(Runnable work) {
        try {
            work.run();
            return true;
        } catch (RuntimeException | Error e) {
            failure = failure != null
                    ? failure
                    : () -> {
                        throw e;
                    };
            return false;
        }
    }

    /** Throws the first failure since the last call, if there was one. */
    void rethrow() {
        Runnable first = failure;
        failure = null;
        if (first != null) {
            first.run();
        }
    }

    /** When what has failed is tried again. */
    static long afterFailure(long now) {
        return now + AFTER_FAILURE.toNanos();
    }

    /** Whether the alarm has gone off; it is off afterwards. */
    boolean take(Alarm alarm, long now) {
        boolean due = at[alarm.ordinal()] <= now;
        if (due) {
            set(alarm, NEVER);
        }
        return due;
    }

    long earliest() {
        if (moved) {
            moved = false;
            earliest = NEVER;
            for (long each : at) {
                earliest = Math.min(earliest, each);
            }
        }
        return earliest;
    }
}
