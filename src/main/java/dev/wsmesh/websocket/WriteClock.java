package dev.wsmesh.websocket;

import dev.wsmesh.node.Background;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * How long the write that is under way has taken, and the way out of it. A container must not give up a write on a socket that is
 * open: what is left of it might still go out then, mixed with what is written next (docs/adr/0515). Whoever finds one overdue ends
 * the session.
 *
 * <p>One thread at a time writes, any may ask.
 */
final class WriteClock {

    private static final long IDLE = 0;

    private final Duration bound;
    private final LongSupplier nanos;
    private volatile long sinceNanos = IDLE;
    /** When the write that began then failed; null while none has. Written before the failure is told. */
    private volatile @Nullable Long failedNanos;
    /** Who is in the container, writing; null if nobody is. Guarded, like the next one, by the monitor. */
    private @Nullable Thread writer;

    private boolean woken;

    WriteClock(Duration bound) {
        this(bound, System::nanoTime);
    }

    /** A clock that goes by this one, which is read as {@link System#nanoTime} is. */
    WriteClock(Duration bound, LongSupplier nanos) {
        this.bound = bound;
        this.nanos = nanos;
    }

    /** A write begins, on this thread. */
    synchronized void begin() {
        sinceNanos = nanos.getAsLong() | 1;
        writer = Thread.currentThread();
    }

    void end() {
        leave();
        sinceNanos = IDLE;
    }

    /**
     * The write has failed: it took as long as until now, whoever asks later. It stays under way, for the session can do nothing
     * any more but be closed.
     */
    void fail() {
        leave();
        failedNanos = nanos.getAsLong();
    }

    /**
     * To be called when the session was closed, or has ended by itself: should somebody still write to it when every Close has had its
     * time, that is ended, too. Tomcat tells nobody who waits for a socket that it is gone.
     *
     * @param abort closes the socket written to; whether it is closed
     */
    void endLater(BooleanSupplier abort) {
        endLater(SessionTuning.LONGEST_CLOSE, abort);
    }

    /** The same, after another time. */
    void endLater(Duration time, BooleanSupplier abort) {
        if (isInContainer()) {
            Thread _ = Background.start("mesh-waker", () -> endIfStillThere(time, abort));
        }
    }

    private void endIfStillThere(Duration time, BooleanSupplier abort) {
        try {
            Thread.sleep(time);
            if (isInContainer() && abort.getAsBoolean()) {
                wake();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Ends the wait of whoever is in the container; who does not write any more notices nothing. To be called when the socket is
     * closed: before, it would be a write given up.
     */
    synchronized void wake() {
        if (writer != null && !woken) {
            woken = true;
            writer.interrupt();
        }
    }

    private synchronized boolean isInContainer() {
        return writer != null;
    }

    boolean isUnderWay() {
        return sinceNanos != IDLE;
    }

    /** Whether it takes longer than it may. */
    boolean isOverdue() {
        long since = sinceNanos;
        Long failed = failedNanos;
        long until = failed == null ? nanos.getAsLong() : failed;
        return since != IDLE && until - since >= bound.toNanos();
    }

    /** An interruption of ours that came too late must not meet what this thread does next. */
    private synchronized void leave() {
        writer = null;
        if (woken) {
            woken = false;
            boolean _ = Thread.interrupted();
        }
    }
}
