package dev.wsmesh.protocol;

import java.util.AbstractList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.RandomAccess;
import org.jspecify.annotations.Nullable;

/**
 * Consecutive records that came, or go, together. It keeps where each of them is, and no object of it: those that come in one frame are
 * slices of one array. Immutable; elements are made when they are asked for.
 */
public final class Records extends AbstractList<EncodedRecord> implements RandomAccess {
    public static final Records NONE = new Records(new byte[0], null, null, null, new int[0], new int[0], 0, 0, false);

    /** Of a receive buffer that is kept with the records in it: what lies between them, and beside them. A guess. */
    private static final int MOST_UNUSED_PART = 8;

    /** What all of them are slices of; of no meaning if each has its own. */
    private final byte[] shared;

    private final byte @Nullable [] @Nullable [] arrays;

    /** What all of them begin with, unless each has its own. */
    private final @Nullable RecordHead head;

    private final @Nullable RecordHead @Nullable [] heads;
    /** Of the bodies, as the lengths are. */
    private final int[] offsets;

    private final int[] lengths;
    private final int size;
    private final long bytes;
    private final boolean alike;

    private Records(
            byte[] shared,
            byte @Nullable [] @Nullable [] arrays,
            @Nullable RecordHead head,
            @Nullable RecordHead @Nullable [] heads,
            int[] offsets,
            int[] lengths,
            int size,
            long bytes,
            boolean alike) {
        this.shared = shared;
        this.arrays = arrays;
        this.head = head;
        this.heads = heads;
        this.offsets = offsets;
        this.lengths = lengths;
        this.size = size;
        this.bytes = bytes;
        this.alike = alike;
    }

    /** These; as it is, if it is such a list already. */
    public static Records of(List<EncodedRecord> records) {
        if (records instanceof Records same) {
            return same;
        }
        if (records.isEmpty()) {
            return NONE;
        }
        int size = records.size();
        byte[][] arrays = new byte[size][];
        @Nullable RecordHead[] heads = new RecordHead[size];
        int[] offsets = new int[size];
        int[] lengths = new int[size];
        long bytes = 0;
        for (int i = 0; i < size; i++) {
            EncodedRecord each = records.get(i);
            arrays[i] = each.body().array();
            heads[i] = each.head();
            offsets[i] = each.body().offset();
            lengths[i] = each.body().length();
            bytes += each.length();
        }
        return new Records(arrays[0], arrays, null, heads, offsets, lengths, size, bytes, size == 1);
    }

    /** This one alone. */
    static Records of(EncodedRecord record) {
        Bytes only = record.body();
        int[] offsets = {only.offset()};
        int[] lengths = {only.length()};
        return new Records(only.array(), null, record.head(), null, offsets, lengths, 1, record.length(), true);
    }

    /**
     * Records whose bodies are slices of these bytes, which lie in them one behind the other.
     *
     * @param heads what each begins with, given away; more than there are is allowed
     * @param offsets where each body begins, as the others
     * @param lengths how long each body is, as the others
     * @param alike whether all are about the same topic
     * @throws IndexOutOfBoundsException if there are no such slices
     */
    public static Records slices(
            Bytes of, @Nullable RecordHead[] heads, int[] offsets, int[] lengths, int size, boolean alike) {
        if (size == 0) {
            return NONE;
        }
        RecordHead head = heads[0];
        boolean oneHead = true;
        long bytes = 0;
        for (int i = 0; i < size; i++) {
            Objects.checkFromIndexSize(offsets[i], lengths[i], of.length());
            offsets[i] += of.offset();
            RecordHead own = heads[i];
            oneHead &= isSame(own, head);
            bytes += lengths[i] + (own == null ? 0 : own.length());
        }
        @Nullable RecordHead[] each = oneHead ? null : heads;
        return new Records(of.array(), null, oneHead ? head : null, each, offsets, lengths, size, bytes, alike);
    }

    @Override
    public int size() {
        return size;
    }

    @Override
    public EncodedRecord get(int index) {
        Objects.checkIndex(index, size);
        return new EncodedRecord(head(index), body(index));
    }

    private Bytes body(int index) {
        return Bytes.wrap(array(index), offsets[index], lengths[index]);
    }

    /** What that record begins with; null if its body is all of it. */
    public @Nullable RecordHead head(int index) {
        return heads == null ? head : heads[index];
    }

    /** Whether that record has the head of the one before it. */
    private boolean hasHeadOfBefore(int index) {
        return index > 0 && head(index) != null && isSame(head(index), head(index - 1));
    }

    /** How many bytes that record has, its head included. */
    public int length(int index) {
        RecordHead own = head(index);
        return bodyLength(index) + (own == null ? 0 : own.length());
    }

    /** Whether it stands in a frame without a head: because it has none, or that of the record before. */
    public boolean isSentAsBody(int index) {
        return head(index) == null || hasHeadOfBefore(index);
    }

    /** How many bytes of that record stand in a frame. */
    public int sentLength(int index) {
        return isSentAsBody(index) ? bodyLength(index) : length(index);
    }

    /** How many bytes follow the head of that record. */
    public int bodyLength(int index) {
        Objects.checkIndex(index, size);
        return lengths[index];
    }

    /** How many bytes all of them have together. */
    public long bytes() {
        return bytes;
    }

    /** How many of them are sent: a head that is that of the record before is not. */
    public long sentBytes() {
        if (heads == null) {
            return bytes - (head == null ? 0 : (size - 1L) * head.length());
        }
        long sum = 0;
        for (int i = 0; i < size; i++) {
            sum += sentLength(i);
        }
        return sum;
    }

    /** Whether all are known to be about the same topic: nobody has to look at each. */
    public boolean areAlike() {
        return alike;
    }

    /**
     * The bytes from the beginning of one body to the end of another, and whatever lies between them.
     *
     * @throws IllegalArgumentException if they are not in one array, one behind the other
     */
    public Bytes span(int from, int to) {
        byte[] array = array(from);
        int end = offsets[to] + lengths[to];
        if (!isSame(array, array(to)) || end < offsets[from]) {
            throw new IllegalArgumentException("records " + from + " and " + to + " are not in one array");
        }
        return Bytes.wrap(array, offsets[from], end - offsets[from]);
    }

    /** Whether nothing but these bytes lies between that body and the one before it, in one array. */
    public boolean isBehind(int index, byte[] between) {
        int length = between.length;
        int begin = offsets[index] - length;
        byte[] array = array(index);
        if (index == 0 || !isSame(array, array(index - 1)) || offsets[index - 1] + lengths[index - 1] != begin) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            if (array[begin + i] != between[i]) {
                return false;
            }
        }
        return true;
    }

    byte[] array(int index) {
        byte @Nullable [] own = arrays == null ? shared : arrays[index];
        return Objects.requireNonNull(own);
    }

    boolean isInArrayOf(int one, int other) {
        return arrays == null || isSame(arrays[one], arrays[other]);
    }

    int offset(int index) {
        return offsets[index];
    }

    /**
     * The same records one behind the other in an array that they share, so that keeping all of them does not keep a receive buffer
     * alive; as they are if each has memory of its own, or they are most of what they are slices of.
     */
    public Records detached() {
        return size == 0 || isMostOfOneArray() || haveOwnArrays() ? this : together();
    }

    private boolean isMostOfOneArray() {
        byte[] first = array(0);
        if (bodyBytes() < first.length - first.length / MOST_UNUSED_PART) {
            return false;
        }
        return isInOneArray();
    }

    private long bodyBytes() {
        if (heads == null) {
            return bytes - (head == null ? 0 : (long) size * head.length());
        }
        long sum = 0;
        for (int i = 0; i < size; i++) {
            sum += lengths[i];
        }
        return sum;
    }

    private boolean isInOneArray() {
        if (arrays == null) {
            return true;
        }
        for (byte[] array : arrays) {
            if (!isSame(array, arrays[0])) {
                return false;
            }
        }
        return true;
    }

    private boolean haveOwnArrays() {
        for (int i = 0; i < size; i++) {
            if (!body(i).isDetached()) {
                return false;
            }
        }
        return true;
    }

    private Records together() {
        int span = offsets[size - 1] + lengths[size - 1] - offsets[0];
        long own = bodyBytes();
        boolean close = isInOneArray() && span >= own && span <= own + (long) Bytes.MOST_BESIDE * size;
        byte[] array = new byte[close ? span : Math.toIntExact(own)];
        int[] moved = new int[size];
        if (close) {
            System.arraycopy(array(0), offsets[0], array, 0, span);
        }
        int end = 0;
        for (int i = 0; i < size; i++) {
            if (close) {
                moved[i] = offsets[i] - offsets[0];
            } else {
                moved[i] = end;
                System.arraycopy(array(i), offsets[i], array, end, lengths[i]);
                end += lengths[i];
            }
        }
        return new Records(array, null, head, heads, moved, Arrays.copyOf(lengths, size), size, bytes, alike);
    }

    /** That one alone, in memory of its own. */
    public Records only(int index) {
        return of(get(index).detached());
    }

    @SuppressWarnings("ReferenceEquality") // whether it is the same object is the question
    static boolean isSame(@Nullable Object one, @Nullable Object other) {
        return one == other;
    }
}
