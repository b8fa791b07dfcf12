package dev.wsmesh.protocol;

import java.util.Arrays;
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

    /**
     * Puts some of these records, which were born at one time and came on one link, at this place and those behind it.
     *
     * @param memory where they were copied to
     * @param before the bytes that were appended before, with the constant for each record
     * @return the same, with these
     */
    long fill(
            int place,
            LogMemory memory,
            Records records,
            int from,
            int count,
            long bornNanos,
            long fromGeneration,
            long before) {
        byte[] array = memory.array();
        int shift = memory.shift();
        long sum = before;
        for (int i = 0; i < count; i++) {
            arrays[place + i] = array;
            offsets[place + i] = records.offset(from + i) + shift;
            bytesBefore[place + i] = sum;
            sum += records.length(from + i) + (long) StreamLog.OVERHEAD_BYTES;
        }
        Arrays.fill(born, place, place + count, bornNanos);
        Arrays.fill(source, place, place + count, fromGeneration);
        return sum;
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
