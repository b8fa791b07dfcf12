package dev.wsmesh.protocol;

import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * The bounds on what all streams together retain. Over the bound goes the oldest record of the stream that holds most bytes,
 * but never the newest record of a stream while another has two.
 */
final class Log {
    private static final Comparator<Stream> FIRST_TO_EVICT = Comparator.comparingInt(
                    (Stream stream) -> stream.rankMany ? 0 : 1)
            .thenComparingLong(stream -> -stream.rankBytes)
            .thenComparing(stream -> stream.id);

    private final Context context;
    /** Told before a record goes that was never delivered. */
    private final Consumer<Stream> lastChance;

    private final TreeSet<Stream> ranked = new TreeSet<>(FIRST_TO_EVICT);
    private long bytes;

    Log(Context context, Consumer<Stream> lastChance) {
        this.context = context;
        this.lastChance = lastChance;
    }

    long bytes() {
        return bytes;
    }

    void append(Stream stream, EncodedRecord record, long bornNanos, long fromGeneration) {
        stream.log.append(record, bornNanos, fromGeneration);
        bytes += StreamLog.cost(record);
        stream.advancedAt = context.now;
    }

    /** Puts records of the past before the others. */
    void prepend(Stream stream, List<EncodedRecord> past, long bornNanos, long fromGeneration) {
        for (EncodedRecord record : past.reversed()) {
            EncodedRecord kept = record.detached();
            stream.log.prepend(kept, bornNanos, fromGeneration);
            bytes += StreamLog.cost(kept);
        }
        stream.bornBelow = Math.min(stream.bornBelow, bornNanos + 1);
        settle(stream);
    }

    /** To be called once after any number of appends to one stream. */
    void settle(Stream stream) {
        rank(stream);
        long most = context.settings.broadcasting().memory().logBytes();
        while (bytes > most && !ranked.isEmpty()) {
            Stream victim = ranked.first();
            evict(victim);
            rank(victim);
        }
    }

    void evictOlderThan(Stream stream, long bornNanos) {
        while (stream.log.size() > 0 && stream.log.born(stream.log.base()) < bornNanos) {
            evict(stream);
        }
        rank(stream);
    }

    /** Everything before this number is lost to us, whether we held it or not. */
    void skipTo(Stream stream, long sequence) {
        while (stream.log.size() > 0 && stream.log.base() < sequence) {
            evict(stream);
        }
        stream.log.skipTo(sequence);
        stream.noteSkipped();
        rank(stream);
    }

    void forget(Stream stream) {
        ranked.remove(stream);
        bytes -= stream.log.bytes();
    }

    private void evict(Stream stream) {
        long oldest = stream.log.base();
        if (stream.delivered < oldest) {
            lastChance.accept(stream);
        }
        bytes -= StreamLog.cost(stream.log.get(oldest));
        stream.bornBelow = Math.max(stream.bornBelow, stream.log.born(oldest) + 1);
        stream.log.evictOldest();
        context.count(Counter.RECORDS_EVICTED);
    }

    private void rank(Stream stream) {
        ranked.remove(stream);
        stream.rankBytes = stream.log.bytes();
        stream.rankMany = stream.log.size() > 1;
        if (stream.log.size() > 0) {
            ranked.add(stream);
        }
    }
}
