package dev.wsmesh.node;

import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Where one thread at a time waits until there is something for it. Others wake it without a lock of any kind, so that whoever
 * holds the lock that the woken thread wants next can let go of it first.
 */
public class Sleeper {

    static final long FOREVER = Long.MAX_VALUE;

    private volatile @Nullable Thread asleep;

    /** Creates one where nobody waits. */
    public Sleeper() {}

    /**
     * Waits to be woken, unless there is something already; may return early, so whoever calls it looks again.
     *
     * @param isSomething sees whatever was there when somebody called {@link #wake}
     */
    public final void sleepUnless(BooleanSupplier isSomething, long nanos) throws InterruptedException {
        // First this, then the look: who puts something there in between sees that somebody is about to sleep.
        asleep = Thread.currentThread();
        try {
            if (!isSomething.getAsBoolean()) {
                park(nanos);
            }
        } finally {
            asleep = null;
        }
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
    }

    /** The same without a limit. */
    public final void sleepUnless(BooleanSupplier isSomething) throws InterruptedException {
        sleepUnless(isSomething, FOREVER);
    }

    private void park(long nanos) {
        if (nanos == FOREVER) {
            // A timer for each time that a virtual thread waits is not free.
            LockSupport.park(this);
        } else {
            LockSupport.parkNanos(this, nanos);
        }
    }

    /** Whether anybody has to be woken: who does not sleep now sees what is there already. */
    boolean isAsleep() {
        return asleep != null;
    }

    /** Wakes who waits, if anybody does; to be called after there is something. */
    public void wake() {
        Thread sleeping = asleep;
        if (sleeping != null) {
            LockSupport.unpark(sleeping);
        }
    }
}
