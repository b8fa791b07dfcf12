package dev.wsmesh.cli.bench;

import dev.wsmesh.protocol.Bytes;
import java.nio.ByteBuffer;
import java.util.SplittableRandom;

/**
 * What each payload begins with: who sent it, in which round, as which one, and when. Of the 16 bytes none is left over. The rest is filler that
 * depends on the sequence number, so that changed, displaced and mixed bytes show.
 *
 * @param sentNanos by the clock of {@link System#nanoTime}, which all processes of a machine share where it is Linux
 */
record Stamp(int round, int origin, int sequence, long sentNanos) {

    static final int BYTES = 16;

    private static final int FILLERS = 256;

    /** What payloads of this size are filled from; the same in all processes. */
    static Bytes filler(int bytes) {
        byte[] filler = new byte[bytes + FILLERS];
        new SplittableRandom(1).nextBytes(filler);
        return Bytes.wrap(filler);
    }

    byte[] payload(int bytes, Bytes filler) {
        byte[] payload = fill(bytes, filler, sequence).toArray();
        ByteBuffer.wrap(payload)
                .put(0, (byte) round)
                .put(1, (byte) (payload.length * 31 + sequence))
                .putShort(2, (short) origin)
                .putInt(4, sequence)
                .putLong(8, sentNanos);
        return payload;
    }

    private static Bytes fill(int bytes, Bytes filler, int sequence) {
        return filler.slice(sequence & (FILLERS - 1), bytes);
    }

    /** Whether the payload is of this size, and its sequence number and all behind its stamp are as they were sent. */
    static boolean isWhole(Bytes payload, int expectedBytes, Bytes filler) {
        int sequence = (int) number(payload, 4, 4);
        return payload.length() == expectedBytes
                && payload.at(1) == (byte) (expectedBytes * 31 + sequence)
                && payload.hasAt(BYTES, fill(expectedBytes, filler, sequence).slice(BYTES, expectedBytes - BYTES));
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
