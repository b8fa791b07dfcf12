package dev.wsmesh.cli.bench;

import dev.wsmesh.protocol.Bytes;
import java.nio.ByteBuffer;
import java.util.SplittableRandom;

/**
 * What each payload begins with: who sent it, in which round, as which one, and when. Of the 16 bytes none is left over. The rest is filler, the
 * same in all processes and at no two places alike, so that a changed or displaced byte shows.
 *
 * @param sentNanos by the clock of {@link System#nanoTime}, which all processes of a machine share where it is Linux
 */
record Stamp(int round, int origin, int sequence, long sentNanos) {

    static final int BYTES = 16;

    /** A payload of this size, to be stamped. */
    static byte[] blank(int bytes) {
        byte[] payload = new byte[bytes];
        new SplittableRandom(1).nextBytes(payload);
        return payload;
    }

    void writeTo(byte[] payload) {
        ByteBuffer.wrap(payload)
                .put(0, (byte) round)
                .put(1, (byte) (payload.length * 31 + sequence))
                .putShort(2, (short) origin)
                .putInt(4, sequence)
                .putLong(8, sentNanos);
    }

    /** Whether the payload is of this one's size, and neither torn nor changed. */
    static boolean isWhole(Bytes payload, Bytes blank) {
        return payload.length() == blank.length()
                && payload.at(1) == (byte) (blank.length() * 31 + (int) number(payload, 4, 4))
                && payload.hasAt(BYTES, blank.slice(BYTES, blank.length() - BYTES));
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
