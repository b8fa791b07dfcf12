package dev.wsmesh.protocol;

import java.util.ArrayDeque;

/**
 * Memory of evicted records, for those that come, of whatever stream: a busy node evicts as much as it retains anew, and what is
 * retained for long is what a collector has most work with.
 */
final class SpareMemory {
    /** Of a chunk, in bytes. */
    static final int CHUNK = 64 << 10;

    /** 1 MiB, which the log does not count. A guess: what a few frames bring. */
    private static final int MOST_CHUNKS = 16;

    /** The places of as many records of 250 bytes as there are chunks for. */
    private static final int MOST_PAGES = 16;

    private final ArrayDeque<byte[]> chunks = new ArrayDeque<>();
    private final ArrayDeque<LogPage> pages = new ArrayDeque<>();

    byte[] takeChunk() {
        byte[] chunk = chunks.poll();
        return chunk == null ? new byte[CHUNK] : chunk;
    }

    /** Takes back what nobody uses any more; what is none of its size, or too much, is left to the collector. */
    void giveChunk(byte[] chunk) {
        if (chunk.length == CHUNK && chunks.size() < MOST_CHUNKS) {
            chunks.push(chunk);
        }
    }

    LogPage takePage() {
        LogPage page = pages.poll();
        return page == null ? new LogPage(LogPages.PAGE) : page;
    }

    /** Takes back a full page without records; what is too much is left to the collector. */
    void givePage(LogPage empty) {
        if (pages.size() < MOST_PAGES) {
            pages.push(empty);
        }
    }
}
