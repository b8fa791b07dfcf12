package dev.wsmesh.protocol;

import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.ToLongFunction;

/**
 * The bounds on the records of all streams that wait for an earlier one. At a bound the stream goes back that holds most of
 * what is bounded, so that one that does not advance leaves room for the others; and of its records the highest, because the
 * lowest are the first to be useful.
 */
final class ReorderWindow {
    private final Context context;
    private final Set<Stream> holders = new LinkedHashSet<>();
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
        add(stream, waiting);
        Settings.Memory limits = context.settings.broadcasting().memory();
        while (records > limits.windowRecords()) {
            dropHighest(most(stream, each -> each.window.size()));
        }
        while (bytes > limits.windowBytes()) {
            dropHighest(most(stream, each -> each.windowBytes));
        }
        return true;
    }

    Stream.Waiting take(Stream stream, long sequence) {
        Stream.Waiting waiting = stream.window.remove(sequence);
        if (waiting == null) {
            throw new IllegalStateException("nothing waits as " + sequence);
        }
        remove(stream, waiting);
        return waiting;
    }

    boolean holds(Stream stream, long sequence) {
        return stream.window.containsKey(sequence);
    }

    void dropBelow(Stream stream, long sequence) {
        while (!stream.window.isEmpty() && stream.window.firstKey() < sequence) {
            Map.Entry<Long, Stream.Waiting> first = stream.window.pollFirstEntry();
            remove(stream, first.getValue());
        }
    }

    void forget(Stream stream) {
        dropBelow(stream, Long.MAX_VALUE);
    }

    private Stream most(Stream newcomer, ToLongFunction<Stream> held) {
        Stream most = newcomer;
        for (Stream each : holders) {
            most = held.applyAsLong(each) > held.applyAsLong(most) ? each : most;
        }
        return most;
    }

    private void dropHighest(Stream stream) {
        context.count(Counter.WINDOW_OVERFLOWS);
        remove(stream, stream.window.pollLastEntry().getValue());
    }

    private void add(Stream stream, Stream.Waiting one) {
        holders.add(stream);
        stream.windowBytes += one.record().length();
        records++;
        bytes += one.record().length();
    }

    private void remove(Stream stream, Stream.Waiting one) {
        if (stream.window.isEmpty()) {
            holders.remove(stream);
        }
        stream.windowBytes -= one.record().length();
        records--;
        bytes -= one.record().length();
    }
}
