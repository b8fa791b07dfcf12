package dev.wsmesh.simulation;

import java.util.Arrays;

/**
 * Virtual time: what is to happen, in the order of its time, and of equal times in the order of planning.
 *
 * <p>A heap with four children per entry, in arrays: most of a large simulation's events pass through here, and comparing
 * numbers in a few cache lines is cheaper than following references to entries.
 */
final class Agenda {
    private static final int CHILDREN = 4;
    private long[] times = new long[1024];
    private long[] orders = new long[1024];
    private Runnable[] actions = new Runnable[1024];
    private int size;
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
        if (size == times.length) {
            grow();
        }
        rise(size++, Math.max(now, nanos), planned++, action);
    }

    void in(long nanos, Runnable action) {
        at(now + nanos, action);
    }

    void runUntil(long nanos) {
        while (size > 0 && times[0] <= nanos) {
            now = times[0];
            happened++;
            removeFirst().run();
        }
        now = nanos;
    }

    private Runnable removeFirst() {
        Runnable first = actions[0];
        Runnable last = actions[--size];
        actions[size] = Agenda::nothing;
        if (size > 0) {
            sink(times[size], orders[size], last);
        }
        return first;
    }

    /** Stands in free places, so that they keep nothing alive. */
    private static void nothing() {}

    /** Puts the entry at the place, or above it: where its parent comes before it. */
    private void rise(int from, long time, long order, Runnable action) {
        int place = from;
        while (place > 0) {
            int parent = (place - 1) / CHILDREN;
            if (isBefore(parent, time, order)) {
                break;
            }
            move(parent, place);
            place = parent;
        }
        put(place, time, order, action);
    }

    /** Puts the entry at the top, or below it: where all its children come after it. */
    private void sink(long time, long order, Runnable action) {
        int place = 0;
        while (true) {
            int child = earliestChild(place);
            if (child >= size || !isBefore(child, time, order)) {
                break;
            }
            move(child, place);
            place = child;
        }
        put(place, time, order, action);
    }

    private int earliestChild(int parent) {
        int first = parent * CHILDREN + 1;
        int last = Math.min(first + CHILDREN, size);
        int earliest = first;
        for (int child = first + 1; child < last; child++) {
            if (isBefore(child, times[earliest], orders[earliest])) {
                earliest = child;
            }
        }
        return earliest;
    }

    private boolean isBefore(int place, long time, long order) {
        return times[place] != time ? times[place] < time : orders[place] < order;
    }

    private void move(int from, int to) {
        put(to, times[from], orders[from], actions[from]);
    }

    private void put(int place, long time, long order, Runnable action) {
        times[place] = time;
        orders[place] = order;
        actions[place] = action;
    }

    private void grow() {
        int capacity = size * 2;
        times = Arrays.copyOf(times, capacity);
        orders = Arrays.copyOf(orders, capacity);
        actions = Arrays.copyOf(actions, capacity);
    }
}
