package dev.wsmesh.node;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Lock;
import org.jspecify.annotations.Nullable;

/** Who is to be woken once the driver's lock is free. Guarded by that lock. */
final class Sleepers {

    private List<Sleeper> collected = new ArrayList<>();

    /** There is something for it. */
    void add(@Nullable Sleeper sleeper) {
        if (sleeper != null && sleeper.isAsleep()) {
            collected.add(sleeper);
        }
    }

    boolean isEmpty() {
        return collected.isEmpty();
    }

    /** Lets go of the lock, and then wakes all of them. */
    void wakeAfter(Lock lock) {
        if (collected.isEmpty()) {
            lock.unlock();
            return;
        }
        List<Sleeper> woken = collected;
        collected = new ArrayList<>();
        lock.unlock();
        woken.forEach(Sleeper::wake);
    }
}
