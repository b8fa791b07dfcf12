package dev.wsmesh.protocol;

import java.util.Map;

/**
 * The bounds on the records of all streams that wait for an earlier one. At the bound the highest of the stream goes: the
 * lowest are the first to be useful.
 */
final class ReorderWindow {
    private final Context context;
    private int records;
    private long bytes;

    ReorderWindow(Context context) {
        this.context = context;
    }

    int records() {
        return records;
    }

    long bytes() {
        return bytes;
    }

    /** Whether the record was new; it may have been dropped at once. */
    boolean offer(Stream stream, long sequence, Stream.Waiting waiting) {
        if (stream.window.putIfAbsent(sequence, waiting) != null) {
            return false;
        }
        records++;
        bytes += waiting.record().length();
        while (isOver()) {
            context.count(Counter.WINDOW_OVERFLOWS);
            remove(stream.window.pollLastEntry().getValue());
        }
        return true;
    }

    Stream.Waiting take(Stream stream, long sequence) {
        Stream.Waiting waiting = stream.window.remove(sequence);
        if (waiting == null) {
            throw new IllegalStateException("nothing waits as " + sequence);
        }
        remove(waiting);
        return waiting;
    }

    boolean holds(Stream stream, long sequence) {
        return stream.window.containsKey(sequence);
    }

    void dropBelow(Stream stream, long sequence) {
        while (!stream.window.isEmpty() && stream.window.firstKey() < sequence) {
            Map.Entry<Long, Stream.Waiting> first = stream.window.pollFirstEntry();
            remove(first.getValue());
        }
    }

    void forget(Stream stream) {
        dropBelow(stream, Long.MAX_VALUE);
    }

    private boolean isOver() {
        Settings.Broadcasting limits = context.settings.broadcasting();
        return records > limits.windowRecords() || bytes > limits.windowBytes();
    }

    private void remove(Stream.Waiting waiting) {
        records--;
        bytes -= waiting.record().length();
    }
}
