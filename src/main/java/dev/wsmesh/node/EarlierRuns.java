package dev.wsmesh.node;

import dev.wsmesh.protocol.Counter;
import java.util.EnumMap;
import java.util.Map;

/** What the cores of earlier runs counted. Thread-safe. */
final class EarlierRuns {

    /** Guarded by the monitor. */
    private final Map<Counter, Long> counts = new EnumMap<>(Counter.class);

    /** A run has ended. Not with both locks: the driver calls back under its own. */
    void add(Driver last) {
        Map<Counter, Long> more = new EnumMap<>(Counter.class);
        for (Counter counter : Counter.values()) {
            more.put(counter, last.exclusively(core -> core.counted(counter)));
        }
        synchronized (this) {
            more.forEach((counter, count) -> counts.merge(counter, count, Long::sum));
        }
    }

    synchronized long counted(Counter counter) {
        return counts.getOrDefault(counter, 0L);
    }
}
