package dev.wsmesh.simulation;

import java.util.PriorityQueue;

/** Virtual time: what is to happen, in the order of its time, and of equal times in the order of planning. */
final class Agenda {
    private record Entry(long at, long order, Runnable action) implements Comparable<Entry> {
        @Override
        public int compareTo(Entry other) {
            int byTime = Long.compare(at, other.at);
            return byTime != 0 ? byTime : Long.compare(order, other.order);
        }
    }

    private final PriorityQueue<Entry> entries = new PriorityQueue<>();
    private long now;
    private long planned;
    private long happened;

    long now() {
        return now;
    }

    long happened() {
        return happened;
    }

    void at(long nanos, Runnable action) {
        entries.add(new Entry(Math.max(now, nanos), planned++, action));
    }

    void in(long nanos, Runnable action) {
        at(now + nanos, action);
    }

    void runUntil(long nanos) {
        while (!entries.isEmpty() && entries.peek().at() <= nanos) {
            Entry next = entries.remove();
            now = next.at();
            happened++;
            next.action().run();
        }
        now = nanos;
    }
}
