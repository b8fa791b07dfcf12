package dev.wsmesh.wire;

import dev.wsmesh.protocol.Bytes;

/**
 * A record of the usual shape, read at one look: behind its head there are the time of its publishing and its payload, and nothing
 * else. {@link RecordFields} would read the same of it. Owned by who reads; may be used again, and keeps nothing of what was read alive.
 */
final class PlainRecord {
    private static final long HIGHEST_BITS = 0x8080808080808080L;

    private int at;
    private long publishedAt;

    /** Whether what stands between these places is the body of such a record. */
    boolean readBody(Bytes in, int from, int to) {
        at = from;
        if (at == to || in.at(at++) != RecordFields.PUBLISHED_AT) {
            return false;
        }
        publishedAt = varint(in, to);
        if (publishedAt <= 0 || at == to || in.at(at++) != RecordFields.PAYLOAD) {
            return false;
        }
        return varint(in, to) == to - at;
    }

    /** Negative if there is none, or one of more than eight bytes. */
    private long varint(Bytes in, int to) {
        return to - at < Long.BYTES ? shortVarint(in, to) : varint(in);
    }

    /** All at once: the last byte of a varint is the first without the highest bit. */
    private long varint(Bytes in) {
        long bytes = in.eightAt(at);
        long ends = ~bytes & HIGHEST_BITS;
        if (ends == 0) {
            return -1;
        }
        int length = Long.numberOfTrailingZeros(ends) / Byte.SIZE + 1;
        at += length;
        long own = bytes & (-1L >>> (Long.SIZE - length * Byte.SIZE));
        return (own & 0x7fL)
                | (own & 0x7fL << 8) >>> 1
                | (own & 0x7fL << 16) >>> 2
                | (own & 0x7fL << 24) >>> 3
                | (own & 0x7fL << 32) >>> 4
                | (own & 0x7fL << 40) >>> 5
                | (own & 0x7fL << 48) >>> 6
                | (own & 0x7fL << 56) >>> 7;
    }

    /** Where there are fewer than eight bytes left. */
    private long shortVarint(Bytes in, int to) {
        long value = 0;
        for (int shift = 0; at < to; shift += 7) {
            byte next = in.at(at++);
            value |= (next & 0x7fL) << shift;
            if (next >= 0) {
                return value;
            }
        }
        return -1;
    }

    /** In microseconds. */
    long publishedAt() {
        return publishedAt;
    }

    /** Where the payload begins, which goes to the end of the record. */
    int payloadAt() {
        return at;
    }
}
