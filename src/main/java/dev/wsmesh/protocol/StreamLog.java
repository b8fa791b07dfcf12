package dev.wsmesh.protocol;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The retained records of one stream: {@code base..contiguous}, without holes, in a ring that doubles when full and
 * halves when less than a quarter is used. Empty means that base is contiguous + 1.
 *
 * <p>It keeps the arrays that the records are slices of, and no objects of them: records that came together share an array
 * ({@link EncodedRecord#detached(List)}). What eviction leaves unused at the beginning of the first array does not count as retained;
 * it is given back when it is more than half of that array and more than 2 KiB.
 */
final class StreamLog {
    /** What a retained record costs beyond its bytes: its slot in a ring that is half empty, and an array if it has one alone. */
    static final int OVERHEAD_BYTES = 80;

    /** Less than this is not worth a copy of the rest. A guess. */
    private static final int LEAST_UNUSED_BYTES = 2 << 10;

    private static final int FIRST_CAPACITY = 4;
    private static final int IDLE_CAPACITY = 16;

    private byte[] @Nullable [] arrays = new byte[FIRST_CAPACITY][];
    private int[] offsets = new int[FIRST_CAPACITY];
    private long[] born = new long[FIRST_CAPACITY];
    private long[] source = new long[FIRST_CAPACITY];
    private long[] bytesBefore = new long[FIRST_CAPACITY];
    private int head;
    private int size;
    private long base = 1;
    private long bytesAppended;

    long base() {
        return base;
    }

    long contiguous() {
        return base + size - 1;
    }

    int size() {
        return size;
    }

    /** For how many records there is room without a larger ring. */
    int capacity() {
        return arrays.length;
    }

    boolean holds(long sequence) {
        return sequence >= base && sequence <= contiguous();
    }

    /** With the constant for each record. */
    long bytes() {
        return size == 0 ? 0 : bytesAppended - bytesBefore[head];
    }

    /** Bytes of the records from this one on, with the constant for each; of all of them, if it is evicted. */
    long bytesFrom(long sequence) {
        long from = Math.max(sequence, base);
        return holds(from) ? bytesAppended - bytesBefore[slot(from)] : 0;
    }

    /**
     * A record is never older than the one before it, whatever rounding made of the ages.
     *
     * @param record detached, alone or with those that are appended before and behind it
     */
    void append(EncodedRecord record, long bornNanos, long fromGeneration) {
        if (size == arrays.length) {
            resize(2 * size);
        }
        int slot = head + size & arrays.length - 1;
        keep(slot, record.bytes());
        born[slot] = size == 0 ? bornNanos : Math.max(bornNanos, born(contiguous()));
        source[slot] = fromGeneration;
        bytesBefore[slot] = bytesAppended;
        bytesAppended += cost(record);
        size++;
    }

    /** Puts a record before all others: never younger than the one behind it. */
    void prepend(EncodedRecord record, long bornNanos, long fromGeneration) {
        if (size == arrays.length) {
            resize(2 * size);
        }
        int slot = head - 1 & arrays.length - 1;
        keep(slot, record.bytes());
        born[slot] = size == 0 ? bornNanos : Math.min(bornNanos, born[head]);
        source[slot] = fromGeneration;
        bytesBefore[slot] = (size == 0 ? bytesAppended : bytesBefore[head]) - cost(record);
        head = slot;
        base--;
        size++;
    }

    static long cost(EncodedRecord record) {
        return record.length() + (long) OVERHEAD_BYTES;
    }

    long cost(long sequence) {
        return length(sequence) + (long) OVERHEAD_BYTES;
    }

    private void keep(int slot, Bytes bytes) {
        arrays[slot] = bytes.array();
        offsets[slot] = bytes.offset();
    }

    EncodedRecord get(long sequence) {
        int slot = slot(sequence);
        return new EncodedRecord(Bytes.wrap(array(slot), offsets[slot], lengthAt(slot)));
    }

    /** In bytes. */
    int length(long sequence) {
        return lengthAt(slot(sequence));
    }

    private int lengthAt(int slot) {
        int behind = slot + 1 & arrays.length - 1;
        boolean isLast = behind == (head + size & arrays.length - 1);
        return (int) ((isLast ? bytesAppended : bytesBefore[behind]) - bytesBefore[slot]) - OVERHEAD_BYTES;
    }

    private byte[] array(int slot) {
        byte[] array = arrays[slot];
        if (array == null) {
            throw new IllegalStateException("no record at " + slot);
        }
        return array;
    }

    long born(long sequence) {
        return born[slot(sequence)];
    }

    /** The generation of the link that first brought the record; 0 if it is our own. */
    long source(long sequence) {
        return source[slot(sequence)];
    }

    void evictOldest() {
        arrays[slot(base)] = null;
        head = head + 1 & arrays.length - 1;
        base++;
        size--;
        if (size > 0 && offsets[head] > Math.max(LEAST_UNUSED_BYTES, array(head).length / 2)) {
            trim();
        }
        if (arrays.length > IDLE_CAPACITY && size < arrays.length / 4) {
            resize(arrays.length / 2);
        }
    }

    /** Gives back the beginning of the first array, by moving what is left of it into another. */
    @SuppressWarnings("ReferenceEquality") // whether it is the same array is the question
    private void trim() {
        byte[] array = array(head);
        int unused = offsets[head];
        int end = head;
        int count = 0;
        while (count < size && arrays[end] == array) {
            count++;
            end = end + 1 & arrays.length - 1;
        }
        int last = end - 1 & arrays.length - 1;
        byte[] trimmed = Arrays.copyOfRange(array, unused, offsets[last] + lengthAt(last));
        for (int i = 0; i < count; i++) {
            int slot = head + i & arrays.length - 1;
            arrays[slot] = trimmed;
            offsets[slot] -= unused;
        }
    }

    /** Forgets everything before this number and goes on there. */
    void skipTo(long sequence) {
        while (size > 0 && base < sequence) {
            evictOldest();
        }
        base = Math.max(base, sequence);
    }

    /** The first retained record born at this time or later; contiguous + 1 if there is none. */
    long firstBornSince(long nanos) {
        long sequence = contiguous() + 1;
        while (sequence > base && born(sequence - 1) >= nanos) {
            sequence--;
        }
        return sequence;
    }

    private int slot(long sequence) {
        if (!holds(sequence)) {
            throw new IllegalStateException("record " + sequence + " is not in " + base + ".." + contiguous());
        }
        return head + (int) (sequence - base) & arrays.length - 1;
    }

    private void resize(int capacity) {
        byte[] @Nullable [] moved = new byte[capacity][];
        int[] movedOffsets = new int[capacity];
        for (int i = 0; i < size; i++) {
            int slot = head + i & arrays.length - 1;
            moved[i] = arrays[slot];
            movedOffsets[i] = offsets[slot];
        }
        born = straightened(born, capacity);
        source = straightened(source, capacity);
        bytesBefore = straightened(bytesBefore, capacity);
        arrays = moved;
        offsets = movedOffsets;
        head = 0;
    }

    private long[] straightened(long[] ring, int capacity) {
        long[] straight = new long[capacity];
        for (int i = 0; i < size; i++) {
            straight[i] = ring[head + i & ring.length - 1];
        }
        return straight;
    }
}
