package dev.wsmesh.gateway.listener;

import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Where calls of a listener happen, one at a time.
 *
 * <p>States: {@code PAUSED -> OPEN -> PAUSED -> CLOSED}, by {@link #open}, {@link #pause} and {@link #close}. While it is paused,
 * whoever wants to call waits; what comes behind that waits in the subscription's bounded queue. All fields are guarded by the
 * lock, which is not held during a call.
 */
final class Lane {

    private enum State {
        PAUSED,
        OPEN,
        CLOSED
    }

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private State state = State.PAUSED;
    private boolean calling;

    void open() {
        become(State.OPEN);
    }

    /** There are no more calls; those that wait are given up. */
    void close() {
        become(State.CLOSED);
    }

    /** No further call begins. Returns whether the present one has ended in time. */
    boolean pause(long timeoutNanos) throws InterruptedException {
        become(State.PAUSED);
        lock.lock();
        try {
            long left = timeoutNanos;
            while (calling && left > 0) {
                left = changed.awaitNanos(left);
            }
            return !calling;
        } finally {
            lock.unlock();
        }
    }

    /** Calls, once the lane is open and the call before has ended; not if it is closed. */
    void run(Runnable call) {
        if (!begin()) {
            return;
        }
        try {
            call.run();
        } finally {
            end();
            // Left behind by a listener, it would end the subscription.
            Thread.interrupted();
        }
    }

    private boolean begin() {
        lock.lock();
        try {
            while (state != State.CLOSED && (state == State.PAUSED || calling)) {
                changed.awaitUninterruptibly();
            }
            calling = state == State.OPEN;
            return calling;
        } finally {
            lock.unlock();
        }
    }

    private void end() {
        lock.lock();
        try {
            calling = false;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void become(State next) {
        lock.lock();
        try {
            if (state != State.CLOSED) {
                state = next;
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }
}
