package dev.wsmesh.wire;

import dev.wsmesh.protocol.Bytes;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Writes protobuf fields into an array that grows. As proto3 prescribes, a field with the value zero or empty is left
 * out, unless its method says otherwise. Each method is given the whole {@link Tag}. Owned by whoever encodes the
 * frame.
 */
final class ProtoWriter {
    private static final char MOST_ASCII = 0x7f;

    private byte[] array;
    private int length;

    ProtoWriter(int expectedBytes) {
        this.array = new byte[expectedBytes];
    }

    /** Writes into this array, as long as there is room. */
    ProtoWriter(byte[] array) {
        this.array = array;
    }

    void varint(int tag, long value) {
        if (value != 0) {
            presentVarint(tag, value);
        }
    }

    /** Also a zero: for fields that know presence. */
    void presentVarint(int tag, long value) {
        rawVarint(tag);
        rawVarint(value);
    }

    void fixed64(int tag, long value) {
        if (value == 0) {
            return;
        }
        rawVarint(tag);
        reserve(Long.BYTES);
        for (int i = 0; i < Long.BYTES; i++) {
            array[length++] = (byte) (value >>> (Byte.SIZE * i));
        }
    }

    void text(int tag, String value) {
        int start = length;
        if (!value.isEmpty() && !ascii(tag, value)) {
            length = start;
            bytes(tag, Bytes.wrap(value.getBytes(StandardCharsets.UTF_8)));
        }
    }

    /** Writes a text, as nearly all are, of which each character is one byte; whether it was one. */
    private boolean ascii(int tag, String value) {
        begin(tag, value.length());
        reserve(value.length());
        for (int i = 0; i < value.length(); i++) {
            char next = value.charAt(i);
            if (next > MOST_ASCII) {
                return false;
            }
            array[length++] = (byte) next;
        }
        return true;
    }

    /** What was written before. */
    void fields(Bytes written) {
        reserve(written.length());
        written.copyTo(array, length);
        length += written.length();
    }

    void bytes(int tag, Bytes value) {
        if (value.length() > 0) {
            element(tag, value);
        }
    }

    /** Also if empty: for elements of repeated fields. */
    void element(int tag, Bytes value) {
        begin(tag, value.length());
        fields(value);
    }

    /** What stands before an element of so many bytes. */
    static byte[] elementHead(int tag, int bytes) {
        ProtoWriter head = new ProtoWriter(varintBytes(tag) + varintBytes(bytes));
        head.rawVarint(tag);
        head.rawVarint(bytes);
        return head.toArray();
    }

    /** Begins a nested message of which it is known how many bytes follow. */
    void begin(int tag, int bodyBytes) {
        rawVarint(tag);
        rawVarint(bodyBytes);
    }

    /** Begins a nested message, which may be empty; {@link #end} wants back what this returns. */
    int begin(int tag) {
        rawVarint(tag);
        reserve(1);
        length++;
        return length;
    }

    /**
     * Ends a nested message: writes its length before it, and moves it when that takes more than the byte kept free.
     */
    void end(int start) {
        int bodyBytes = length - start;
        int extraBytes = varintBytes(bodyBytes) - 1;
        if (extraBytes > 0) {
            reserve(extraBytes);
            System.arraycopy(array, start, array, start + extraBytes, bodyBytes);
        }
        length = start - 1;
        rawVarint(bodyBytes);
        length += bodyBytes;
    }

    /** Without a tag, for packed fields. */
    void rawVarint(long value) {
        int bytes = varintBytes(value);
        reserve(bytes);
        byte[] to = array;
        int last = length + bytes - 1;
        long rest = value;
        for (int at = length; at < last; at++) {
            to[at] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        to[last] = (byte) rest;
        length += bytes;
    }

    /** What was written, in an array of exactly that size: some WebSocket implementations send all of an array. */
    byte[] toArray() {
        return length == array.length ? array : Arrays.copyOf(array, length);
    }

    /** Where it was written, from the beginning on; there may be more behind {@link #length}. */
    byte[] array() {
        return array;
    }

    int length() {
        return length;
    }

    /** Makes room for so many bytes more, and no others, so that {@link #toArray} need not copy. */
    void expect(int count) {
        int exact = Math.addExact(length, count);
        if (exact > array.length) {
            array = Arrays.copyOf(array, exact);
        }
    }

    /** How many bytes {@link #varint} writes. */
    static int fieldBytes(int tag, long value) {
        return value == 0 ? 0 : varintBytes(tag) + varintBytes(value);
    }

    /** How many bytes {@link #element} writes, or a nested message of so many bytes takes. */
    static int elementBytes(int tag, int length) {
        return Math.addExact(varintBytes(tag) + varintBytes(length), length);
    }

    static int varintBytes(long value) {
        int bits = Long.SIZE - Long.numberOfLeadingZeros(value | 1);
        return (bits + 6) / 7;
    }

    private void reserve(int count) {
        if (count > array.length - length) {
            int grown = Math.max(Math.addExact(length, count), array.length + array.length / 2);
            array = Arrays.copyOf(array, grown);
        }
    }
}
