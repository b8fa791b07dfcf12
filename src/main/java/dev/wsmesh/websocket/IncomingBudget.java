package dev.wsmesh.websocket;

import java.util.concurrent.atomic.AtomicLong;

/**
 * What all peers together may keep this node holding of texts whose end has not come yet: each text has its own limit, but
 * a thousand strangers with an unfinished one each would fill the memory. Thread-safe.
 */
final class IncomingBudget {

    private final long maxBytes;
    private final AtomicLong bytes = new AtomicLong();

    IncomingBudget(long maxBytes) {
        this.maxBytes = maxBytes;
    }

    /** Takes this much if it is there; returns whether it was. */
    boolean take(long wanted) {
        if (bytes.addAndGet(wanted) <= maxBytes) {
            return true;
        }
        bytes.addAndGet(-wanted);
        return false;
    }

    /** Gives back what was taken. */
    void giveBack(long taken) {
        bytes.addAndGet(-taken);
    }
}
