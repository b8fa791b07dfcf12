package dev.wsmesh.cli.bench;

import dev.wsmesh.protocol.Bytes;
import java.nio.ByteBuffer;
import java.util.SplittableRandom;

/**
 * What each payload begins with: who sent it, in which round, as which one, and when. Of the 16 bytes none is left over: one checks the others
 * but the time. The rest is filler that depends on them, so that changed, displaced and mixed bytes show.
 *
 * @param sentNanos by the clock of {@link System#nanoTime}, which all processes of a machine share where it is Linux
 */
record Stamp(int round, int origin, int sequence, long sentNanos) {

    static final int BYTES = 16;

    private static final int FILLERS = 1 << Byte.SIZE;

    /** What payloads of this size are filled from; the same in all processes. */
    static Bytes filler(int bytes) {
        byte[] filler = new byte[bytes + FILLERS];
        new SplittableRandom(1).nextBytes(filler);
        return Bytes.wrap(filler);
    }

    byte[] payload(int bytes, Bytes filler) {
        byte[] payload = fill(bytes, filler).toArray();
        ByteBuffer.wrap(payload)
                .put(0, (byte) round)
                .put(1, (byte) check(bytes))
                .putShort(2, (short) origin)
                .putInt(4, sequence)
                .putLong(8, sentNanos);
        return payload;
    }

    /** Whether the payload is of this size, and all of it but the time as it was sent; of other stamps one in 256 passes, if nothing follows it. */
    static boolean isWhole(Bytes payload, int expectedBytes, Bytes filler) {
        if (payload.length() != expectedBytes) {
            return false;
        }
        Stamp stamp = of(payload);
        return payload.at(1) == (byte) stamp.check(expectedBytes)
                && payload.hasAt(BYTES, stamp.fill(expectedBytes, filler).slice(BYTES, expectedBytes - BYTES));
    }

    private Bytes fill(int bytes, Bytes filler) {
        return filler.slice((check(bytes) >>> Byte.SIZE) & (FILLERS - 1), bytes);
    }

    /** Mixed as the end of MurmurHash3 does (Appleby, in the public domain): each bit changes half of the others. */
    private int check(int bytes) {
        int mixed = ((sequence * 31 + origin) * 31 + (byte) round) * 31 + bytes;
        mixed = (mixed ^ (mixed >>> 16)) * 0x85EBCA6B;
        mixed = (mixed ^ (mixed >>> 13)) * 0xC2B2AE35;
        return mixed ^ (mixed >>> 16);
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
