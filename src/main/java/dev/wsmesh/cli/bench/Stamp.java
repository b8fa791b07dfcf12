package dev.wsmesh.cli.bench;

import dev.wsmesh.protocol.Bytes;
import java.nio.ByteBuffer;

/**
 * What each payload begins with: who sent it, in which round, as which one, and when. The rest is filler; of the 16 bytes
 * none is left over.
 *
 * @param sentNanos by the clock of {@link System#nanoTime}, which all processes of a machine share where it is Linux
 */
record Stamp(int round, int origin, int sequence, long sentNanos) {

    static final int BYTES = 16;

    void writeTo(byte[] payload) {
        ByteBuffer.wrap(payload)
                .put(0, (byte) round)
                .put(1, (byte) (payload.length * 31 + sequence))
                .putShort(2, (short) origin)
                .putInt(4, sequence)
                .putLong(8, sentNanos);
    }

    /** Whether the payload is of this size, and not torn. */
    static boolean isWhole(Bytes payload, int expectedBytes) {
        return payload.length() == expectedBytes
                && payload.at(1) == (byte) (expectedBytes * 31 + (int) number(payload, 4, 4));
    }

    static int roundOf(Bytes payload) {
        return payload.at(0);
    }

    static Stamp of(Bytes payload) {
        return new Stamp(
                roundOf(payload), (int) number(payload, 2, 2), (int) number(payload, 4, 4), number(payload, 8, 8));
    }

    private static long number(Bytes payload, int from, int count) {
        long number = 0;
        for (int i = from; i < from + count; i++) {
            number = (number << 8) | (payload.at(i) & 0xff);
        }
        return number;
    }
}
