package dev.wsmesh.protocol;

import org.jspecify.annotations.Nullable;

/** Some of the records of one {@link StreamLog}, by their places. */
final class LogPage {
    final byte[] @Nullable [] arrays;
    final int[] offsets;
    final long[] born;
    final long[] source;
    final long[] bytesBefore;

    LogPage(int capacity) {
        arrays = new byte[capacity][];
        offsets = new int[capacity];
        born = new long[capacity];
        source = new long[capacity];
        bytesBefore = new long[capacity];
    }

    int capacity() {
        return offsets.length;
    }

    /** Puts what is at a place of another page at one of this. */
    void copy(LogPage from, int place, int to) {
        arrays[to] = from.arrays[place];
        offsets[to] = from.offsets[place];
        born[to] = from.born[place];
        source[to] = from.source[place];
        bytesBefore[to] = from.bytesBefore[place];
    }
}
