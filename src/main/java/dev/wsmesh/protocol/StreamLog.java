package dev.wsmesh.protocol;

import org.jspecify.annotations.Nullable;

/**
 * The retained records of one stream: {@code base..contiguous}, without holes, in a ring that doubles when full and
 * halves when less than a quarter is used. Empty means
 * that base is contiguous + 1.
 */
final class StreamLog {
    /** What a retained record costs beyond its bytes: its array, its wrappers, its slot. */
    static final int OVERHEAD_BYTES = 80;

    private static final int FIRST_CAPACITY = 4;
    private static final int IDLE_CAPACITY = 16;

    private @Nullable EncodedRecord[] records = new EncodedRecord[FIRST_CAPACITY];
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
        return records.length;
    }

    boolean holds(long sequence) {
        return sequence >= base && sequence <= contiguous();
    }

    long bytes() {
        return size == 0 ? 0 : bytesAppended - bytesBefore[head];
    }

    /** Bytes of the records from this one on; of all of them, if it is evicted. */
    long bytesFrom(long sequence) {
        long from = Math.max(sequence, base);
        return holds(from) ? bytesAppended - bytesBefore[slot(from)] : 0;
    }

    /** A record is never older than the one before it, whatever rounding made of the ages. */
    void append(EncodedRecord record, long bornNanos, long fromGeneration) {
        if (size == records.length) {
            resize(2 * size);
        }
        int slot = head + size & records.length - 1;
        records[slot] = record;
        born[slot] = size == 0 ? bornNanos : Math.max(bornNanos, born(contiguous()));
        source[slot] = fromGeneration;
        bytesBefore[slot] = bytesAppended;
        bytesAppended += cost(record);
        size++;
    }

    /** Puts a record before all others: never younger than the one behind it. */
    void prepend(EncodedRecord record, long bornNanos, long fromGeneration) {
        if (size == records.length) {
            resize(2 * size);
        }
        int slot = head - 1 & records.length - 1;
        records[slot] = record;
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

    EncodedRecord get(long sequence) {
        EncodedRecord record = records[slot(sequence)];
        if (record == null) {
            throw new IllegalStateException("no record " + sequence);
        }
        return record;
    }

    long born(long sequence) {
        return born[slot(sequence)];
    }

    /** The generation of the link that first brought the record; 0 if it is our own. */
    long source(long sequence) {
        return source[slot(sequence)];
    }

    void evictOldest() {
        records[slot(base)] = null;
        head = head + 1 & records.length - 1;
        base++;
        size--;
        if (records.length > IDLE_CAPACITY && size < records.length / 4) {
            resize(records.length / 2);
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
        return head + (int) (sequence - base) & records.length - 1;
    }

    private void resize(int capacity) {
        @Nullable EncodedRecord[] moved = new EncodedRecord[capacity];
        for (int i = 0; i < size; i++) {
            moved[i] = records[head + i & records.length - 1];
        }
        born = straightened(born, capacity);
        source = straightened(source, capacity);
        bytesBefore = straightened(bytesBefore, capacity);
        records = moved;
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
