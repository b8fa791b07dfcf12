package dev.wsmesh.protocol;

import java.util.Locale;

/**
 * Who a node is: the first 16 bytes of the SHA-256 of its public key, ordered as an unsigned number and written in lower-case
 * base32 (RFC 4648) without padding: 26 characters.
 *
 * @param high the first eight bytes, big-endian
 * @param low the other eight
 */
public record NodeId(long high, long low) implements Comparable<NodeId> {
    public static final int BYTES = 16;
    private static final int TEXT_LENGTH = 26;
    private static final String ALPHABET = "abcdefghijklmnopqrstuvwxyz234567";

    /**
     * The id with these bytes, which are copied.
     *
     * @throws IllegalArgumentException if there are not exactly {@value #BYTES}
     */
    public static NodeId of(byte[] bytes) {
        if (bytes.length != BYTES) {
            throw new IllegalArgumentException("a node id has " + BYTES + " bytes, not " + bytes.length);
        }
        return new NodeId(readLong(bytes, 0), readLong(bytes, Long.BYTES));
    }

    /**
     * The id that {@link #toString} writes as this text; upper case is read, too.
     *
     * @throws IllegalArgumentException if it has not 26 characters, one of them is not base32, or the two bits beyond the last byte
     *     are not zero; the message quotes the text
     */
    public static NodeId parse(String text) {
        if (text.length() != TEXT_LENGTH) {
            throw new IllegalArgumentException("a node id has " + TEXT_LENGTH + " characters: " + text);
        }
        String lower = text.toLowerCase(Locale.ROOT);
        byte[] bytes = new byte[BYTES];
        for (int bit = 0; bit < TEXT_LENGTH * 5; bit++) {
            int digit = ALPHABET.indexOf(lower.charAt(bit / 5));
            if (digit < 0) {
                throw new IllegalArgumentException("not base32: " + text);
            }
            int value = digit >> (4 - bit % 5) & 1;
            if (bit < BYTES * 8) {
                bytes[bit / 8] |= (byte) (value << (7 - bit % 8));
            } else if (value != 0) {
                throw new IllegalArgumentException("not a node id, its last bits must be zero: " + text);
            }
        }
        return of(bytes);
    }

    /** The bytes, in an array of the caller's own. */
    public byte[] toArray() {
        byte[] bytes = new byte[BYTES];
        for (int i = 0; i < Long.BYTES; i++) {
            bytes[i] = (byte) (high >>> (56 - 8 * i));
            bytes[Long.BYTES + i] = (byte) (low >>> (56 - 8 * i));
        }
        return bytes;
    }

    /** As unsigned numbers, which is also the order of the bytes; not that of the texts, where digits come before letters. */
    @Override
    public int compareTo(NodeId other) {
        int byHigh = Long.compareUnsigned(high, other.high);
        return byHigh != 0 ? byHigh : Long.compareUnsigned(low, other.low);
    }

    @Override
    public String toString() {
        byte[] bytes = toArray();
        StringBuilder text = new StringBuilder(TEXT_LENGTH);
        for (int digit = 0; digit < TEXT_LENGTH; digit++) {
            text.append(ALPHABET.charAt(fiveBits(bytes, digit * 5)));
        }
        return text.toString();
    }

    private static int fiveBits(byte[] bytes, int from) {
        int value = 0;
        for (int bit = from; bit < from + 5; bit++) {
            int one = bit < BYTES * 8 ? bytes[bit / 8] >> (7 - bit % 8) & 1 : 0;
            value = value << 1 | one;
        }
        return value;
    }

    private static long readLong(byte[] bytes, int offset) {
        long value = 0;
        for (int i = offset; i < offset + Long.BYTES; i++) {
            value = value << 8 | (bytes[i] & 0xff);
        }
        return value;
    }
}
