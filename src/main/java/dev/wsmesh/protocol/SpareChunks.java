package dev.wsmesh.protocol;

import java.util.ArrayDeque;

/**
 * Memory of evicted records, for those that come: a busy node evicts as much as it retains anew, and what is retained for long is what
 * a collector has most work with.
 */
final class SpareChunks {
    /** In bytes. */
    static final int SIZE = 64 << 10;

    /** 1 MiB, which the log does not count. A guess: what a few frames bring. */
    private static final int MOST = 16;

    private final ArrayDeque<byte[]> spare = new ArrayDeque<>();

    byte[] take() {
        byte[] chunk = spare.poll();
        return chunk == null ? new byte[SIZE] : chunk;
    }

    /** Takes back what nobody uses any more; what is none of its size, or too much, is left to the collector. */
    void give(byte[] chunk) {
        if (chunk.length == SIZE && spare.size() < MOST) {
            spare.push(chunk);
        }
    }
}
