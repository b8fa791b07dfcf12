package dev.wsmesh.node;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/** Wakes those who wait for peers to come or go. Thread-safe. */
final class PeerSignal {

    /** As good as for ever, and longer ones do not fit into a long. */
    private static final Duration LONGEST_WAIT = Duration.ofDays(365);

    /** Guarded by the monitor. */
    private long changes;

    /** To be called when the number of peers may have changed. */
    synchronized void changed() {
        changes++;
        notifyAll();
    }

    /** How often it may have. */
    synchronized long changes() {
        return changes;
    }

    /** Has those who wait look again, although no peer came or went. */
    synchronized void lookAgain() {
        notifyAll();
    }

    /** Waits until it is so, looking again at each change; returns whether it came to be so in time. */
    synchronized boolean await(BooleanSupplier isSo, Duration timeout) throws InterruptedException {
        Duration bounded = timeout.compareTo(LONGEST_WAIT) < 0 ? timeout : LONGEST_WAIT;
        long deadline = System.nanoTime() + bounded.toNanos();
        while (!isSo.getAsBoolean()) {
            long left = Duration.ofNanos(deadline - System.nanoTime()).toMillis();
            if (left <= 0) {
                return false;
            }
            wait(left);
        }
        return true;
    }
}
