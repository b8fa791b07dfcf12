package dev.wsmesh.protocol;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Objects;

/**
 * An immutable run of bytes, possibly a slice of a larger array. Whoever hands an array to {@link #wrap} gives it away: nobody
 * may write to it afterwards.
 */
public final class Bytes {
    public static final Bytes EMPTY = new Bytes(new byte[0], 0, 0);

    /** What a codec may have written before them, or between them. */
    static final int MOST_BESIDE = 8;

    private final byte[] array;
    private final int offset;
    private final int length;

    private Bytes(byte[] array, int offset, int length) {
        this.array = array;
        this.offset = offset;
        this.length = length;
    }

    public static Bytes wrap(byte[] array) {
        return new Bytes(array, 0, array.length);
    }

    public static Bytes wrap(byte[] array, int offset, int length) {
        if (offset < 0 || length < 0 || length > array.length - offset) {
            throw new IndexOutOfBoundsException("offset " + offset + ", length " + length + " of " + array.length);
        }
        return new Bytes(array, offset, length);
    }

    public static Bytes copyOf(byte[] array) {
        return wrap(array.clone());
    }

    public int length() {
        return length;
    }

    public byte at(int index) {
        if (index < 0 || index >= length) {
            throw new IndexOutOfBoundsException(index);
        }
        return array[offset + index];
    }

    /**
     * Eight bytes from this one on as one number, the first of them the lowest.
     *
     * @throws IndexOutOfBoundsException if there are not so many
     */
    public long eightAt(int index) {
        Objects.checkFromIndexSize(index, Long.BYTES, length);
        int at = offset + index;
        return (array[at] & 0xffL)
                | (array[at + 1] & 0xffL) << 8
                | (array[at + 2] & 0xffL) << 16
                | (array[at + 3] & 0xffL) << 24
                | (array[at + 4] & 0xffL) << 32
                | (array[at + 5] & 0xffL) << 40
                | (array[at + 6] & 0xffL) << 48
                | (array[at + 7] & 0xffL) << 56;
    }

    /**
     * So many of these bytes from this one on, without a copy.
     *
     * @throws IndexOutOfBoundsException if there are not so many
     */
    public Bytes slice(int from, int count) {
        Objects.checkFromIndexSize(from, count, length);
        return new Bytes(array, offset + from, count);
    }

    /**
     * Whether these others are there from this byte on.
     *
     * @throws IndexOutOfBoundsException if there are not so many
     */
    public boolean hasAt(int from, Bytes others) {
        Objects.checkFromIndexSize(from, others.length, length);
        int begin = offset + from;
        return Arrays.equals(
                array, begin, begin + others.length, others.array, others.offset, others.offset + others.length);
    }

    /**
     * A copy of so many of these bytes from this one on, in an array of their own.
     *
     * @throws IndexOutOfBoundsException if there are not so many
     */
    public Bytes copy(int from, int count) {
        Objects.checkFromIndexSize(from, count, length);
        return wrap(Arrays.copyOfRange(array, offset + from, offset + from + count));
    }

    public byte[] toArray() {
        return Arrays.copyOfRange(array, offset, offset + length);
    }

    public void copyTo(byte[] target, int targetOffset) {
        System.arraycopy(array, offset, target, targetOffset, length);
    }

    /** These bytes without a copy, from position 0 on: a view of its own each time, which cannot write to them. */
    public ByteBuffer readOnlyBuffer() {
        return ByteBuffer.wrap(array, offset, length).slice().asReadOnlyBuffer();
    }

    /** What it is a run of: not to be written to, and not to be handed out. */
    byte[] array() {
        return array;
    }

    /** Where in {@link #array} it begins. */
    int offset() {
        return offset;
    }

    /** Whether keeping these bytes keeps no others alive, or only a few that are there for their sake. */
    public boolean isDetached() {
        return array.length - length <= MOST_BESIDE;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Bytes that
                && Arrays.equals(array, offset, offset + length, that.array, that.offset, that.offset + that.length);
    }

    @Override
    public int hashCode() {
        int hash = 1;
        for (int i = offset; i < offset + length; i++) {
            hash = 31 * hash + array[i];
        }
        return hash;
    }

    /** Hexadecimal; long runs are cut, because this ends up in logs. */
    @Override
    public String toString() {
        int shown = Math.min(length, 32);
        String hex = HexFormat.of().formatHex(array, offset, offset + shown);
        return shown == length ? hex : hex + "... (" + length + " bytes)";
    }
}
