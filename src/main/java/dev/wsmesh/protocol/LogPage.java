package dev.wsmesh.protocol;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Some of the records of one {@link StreamLog}, by their places. */
final class LogPage {
    final byte[] @Nullable [] arrays;
    final @Nullable RecordHead[] heads;
    /** Of the bodies, as the lengths are. */
    final int[] offsets;

    final int[] lengths;
    final long[] born;
    final long[] source;
    /** What those before it cost. */
    final long[] costBefore;

    LogPage(int capacity) {
        arrays = new byte[capacity][];
        heads = new RecordHead[capacity];
        offsets = new int[capacity];
        lengths = new int[capacity];
        born = new long[capacity];
        source = new long[capacity];
        costBefore = new long[capacity];
    }

    int capacity() {
        return offsets.length;
    }

    /** Where the record at this place is. */
    byte[] array(int place) {
        byte[] array = arrays[place];
        if (array == null) {
            throw new IllegalStateException("no record at " + place);
        }
        return array;
    }

    /**
     * Puts some of these records, which were born at one time and came on one link, at this place and those behind it.
     *
     * @param memory where they were copied to
     * @param last what the record before begins with: who has the same head costs nothing for it
     * @param before what was appended before cost
     * @return the same, with these
     */
    long fill(
            int place,
            LogMemory memory,
            Records records,
            int from,
            int count,
            @Nullable RecordHead last,
            long bornNanos,
            long fromGeneration,
            long before) {
        int shift = memory.shift();
        RecordHead headBefore = last;
        long sum = before;
        for (int i = 0; i < count; i++) {
            RecordHead head = records.head(from + i);
            int length = records.bodyLength(from + i);
            heads[place + i] = head;
            lengths[place + i] = length;
            offsets[place + i] = records.offset(from + i) + shift;
            costBefore[place + i] = sum;
            sum += cost(head, headBefore, length);
            headBefore = head;
        }
        Arrays.fill(arrays, place, place + count, memory.array());
        Arrays.fill(born, place, place + count, bornNanos);
        Arrays.fill(source, place, place + count, fromGeneration);
        return sum;
    }

    /** What a record costs, behind one with that head. */
    static long cost(@Nullable RecordHead head, @Nullable RecordHead before, int bodyLength) {
        int own = head == null || Records.isSame(head, before) ? 0 : head.length();
        return (long) StreamLog.OVERHEAD_BYTES + bodyLength + own;
    }

    /** Puts what is at a place of another page at one of this. */
    void copy(LogPage from, int place, int to) {
        arrays[to] = from.arrays[place];
        heads[to] = from.heads[place];
        offsets[to] = from.offsets[place];
        lengths[to] = from.lengths[place];
        born[to] = from.born[place];
        source[to] = from.source[place];
        costBefore[to] = from.costBefore[place];
    }
}
