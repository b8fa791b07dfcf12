package dev.wsmesh.websocket;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;

/**
 * Sessions that this node has closed, and whose sockets the container may keep: the peer may take its time to answer a Close, or
 * never do it. Thread-safe.
 */
final class Lingering {

    private final ArrayDeque<One> queue = new ArrayDeque<>();
    private final Map<String, Integer> byHost = new HashMap<>();

    private record One(String host, long sinceNanos) {}

    synchronized void begin(String host) {
        forgetOld();
        queue.addLast(new One(host, System.nanoTime()));
        byHost.merge(host, 1, Integer::sum);
    }

    /** Of all hosts, but of each at most so many: what one does must not keep the others out. */
    synchronized int count(int mostOfEach) {
        forgetOld();
        return byHost.values().stream()
                .mapToInt(count -> Math.min(count, mostOfEach))
                .sum();
    }

    /** Of this host. */
    synchronized int count(String host) {
        forgetOld();
        return byHost.getOrDefault(host, 0);
    }

    private void forgetOld() {
        long old = System.nanoTime() - SessionTuning.LONGEST_CLOSE.toNanos();
        for (One first = queue.peekFirst(); first != null && first.sinceNanos() - old <= 0; first = queue.peekFirst()) {
            queue.removeFirst();
            byHost.computeIfPresent(first.host(), (_, count) -> count == 1 ? null : count - 1);
        }
    }
}
