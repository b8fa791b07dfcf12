package dev.wsmesh.node;

import dev.wsmesh.protocol.StreamId;

/**
 * A stream's name in 48 bits, the same on every node and in every version: short enough for a token that lists a hundred of
 * them. Origins are hashes already; two of a hundred streams share a tag about once in 10^11 meshes.
 *
 * @param bits the tag, below 2^48
 */
public record StreamTag(long bits) {

    /** How long a tag is. */
    public static final int BYTES = 6;

    private static final int UNUSED_BITS = Long.SIZE - BYTES * Byte.SIZE;

    /** The tag of a stream. */
    public static StreamTag of(StreamId stream) {
        long mixed = mix(stream.origin().high());
        mixed = mix(mixed ^ stream.origin().low());
        mixed = mix(mixed ^ stream.epoch());
        return new StreamTag(mixed >>> UNUSED_BITS);
    }

    /** The finaliser of SplitMix64: each bit of the input changes half of the output. */
    private static long mix(long bits) {
        long mixed = (bits ^ bits >>> 30) * 0xbf58476d1ce4e5b9L;
        mixed = (mixed ^ mixed >>> 27) * 0x94d049bb133111ebL;
        return mixed ^ mixed >>> 31;
    }
}
