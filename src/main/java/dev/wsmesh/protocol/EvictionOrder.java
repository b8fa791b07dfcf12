package dev.wsmesh.protocol;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Which stream is the next to lose its oldest record: a binary heap (Williams, 1964) in which each stream knows its place,
 * because every record that comes or goes moves one.
 */
final class EvictionOrder {
    private static final int FIRST_CAPACITY = 4;

    private @Nullable Stream[] heap = new Stream[FIRST_CAPACITY];
    private int size;

    /** The next to lose a record; null if nothing is retained. */
    @Nullable
    Stream first() {
        return heap[0];
    }

    /** As long as the first can spare a record, and more than this, it stays the first. */
    long costOfSecond() {
        int second = firstChild(0);
        return second < size && at(second).rankMany ? at(second).rankCost : -1;
    }

    /** The stream's log has changed. */
    void update(Stream stream) {
        if (stream.log.size() == 0) {
            remove(stream);
            return;
        }
        long cost = stream.spareCost();
        boolean many = stream.canSpare();
        boolean isNew = stream.rankPlace == Stream.UNRANKED;
        boolean smaller = !isNew && (many == stream.rankMany ? cost < stream.rankCost : !many);
        stream.rankCost = cost;
        stream.rankMany = many;
        if (isNew) {
            add(stream);
        } else if (smaller) {
            sink(stream);
        } else {
            rise(stream);
        }
    }

    void remove(Stream stream) {
        int place = stream.rankPlace;
        if (place == Stream.UNRANKED) {
            return;
        }
        stream.rankPlace = Stream.UNRANKED;
        Stream last = at(--size);
        heap[size] = null;
        if (place < size) {
            put(last, place);
            rise(last);
            sink(last);
        }
    }

    private void add(Stream stream) {
        if (size == heap.length) {
            heap = Arrays.copyOf(heap, 2 * size);
        }
        put(stream, size++);
        rise(stream);
    }

    private void rise(Stream stream) {
        int place = stream.rankPlace;
        while (place > 0 && isBefore(stream, at((place - 1) / 2))) {
            put(at((place - 1) / 2), place);
            place = (place - 1) / 2;
        }
        put(stream, place);
    }

    private void sink(Stream stream) {
        int place = stream.rankPlace;
        for (int child = firstChild(place); child < size && isBefore(at(child), stream); child = firstChild(place)) {
            put(at(child), place);
            place = child;
        }
        put(stream, place);
    }

    /** The one of a place's two children that is first to evict; at or beyond the size if there is none. */
    private int firstChild(int place) {
        int left = 2 * place + 1;
        return left + 1 < size && isBefore(at(left + 1), at(left)) ? left + 1 : left;
    }

    private void put(Stream stream, int place) {
        heap[place] = stream;
        stream.rankPlace = place;
    }

    private Stream at(int place) {
        Stream stream = heap[place];
        if (stream == null) {
            throw new IllegalStateException("no stream at place " + place);
        }
        return stream;
    }

    /** Those that can spare a record, of them those that can spare most bytes, and then by name, so that every run goes the same way. */
    private static boolean isBefore(Stream one, Stream other) {
        if (one.rankMany != other.rankMany) {
            return one.rankMany;
        }
        return one.rankCost != other.rankCost ? one.rankCost > other.rankCost : one.id.compareTo(other.id) < 0;
    }
}
