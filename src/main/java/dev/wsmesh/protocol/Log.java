package dev.wsmesh.protocol;

import java.util.function.Consumer;

/**
 * The bounds on what all streams together retain. Over the bound goes the oldest record of the stream that holds most bytes,
 * but never the newest record of a stream while another has two.
 */
final class Log {
    private final Context context;
    /** Told before a record goes that was never delivered. */
    private final Consumer<Stream> lastChance;

    private final EvictionOrder order = new EvictionOrder();
    private long bytes;

    Log(Context context, Consumer<Stream> lastChance) {
        this.context = context;
        this.lastChance = lastChance;
    }

    long bytes() {
        return bytes;
    }

    /** Appends a copy of each of them, in their order. */
    void append(Stream stream, Records records, long bornNanos, long fromGeneration) {
        stream.noteFresh(stream.next(), records);
        stream.log.append(records, bornNanos, fromGeneration);
        bytes += records.bytes() + (long) StreamLog.OVERHEAD_BYTES * records.size();
        stream.advancedAt = context.now;
    }

    /** Puts copies of records of the past before the others. */
    void prepend(Stream stream, Records past, long bornNanos, long fromGeneration) {
        for (EncodedRecord record : past.reversed()) {
            stream.log.prepend(record, bornNanos, fromGeneration);
            bytes += StreamLog.cost(record);
        }
        stream.bornBelow = Math.min(stream.bornBelow, bornNanos + 1);
        settle(stream);
    }

    /** To be called once after any number of appends to one stream. */
    void settle(Stream stream) {
        order.update(stream);
        long most = context.settings.broadcasting().memory().logBytes();
        for (Stream victim = order.first(); bytes > most && victim != null; victim = order.first()) {
            long next = order.bytesOfSecond();
            do {
                evict(victim);
                context.count(Counter.RECORDS_EVICTED_FOR_ROOM);
            } while (bytes > most && victim.log.size() > 1 && victim.log.bytes() > next);
            order.update(victim);
        }
    }

    /** What a neighbour may still ask for stays, but not for ever. */
    void evictOlderThan(Stream stream, long bornNanos, long bornAtLatest) {
        StreamLog held = stream.log;
        long kept = stream.keptFrom(context.now);
        while (held.size() > 0 && held.born(held.base()) < (held.base() < kept ? bornNanos : bornAtLatest)) {
            evict(stream);
        }
        order.update(stream);
    }

    /** Everything before this number is lost to us, whether we held it or not. */
    void skipTo(Stream stream, long sequence) {
        while (stream.log.size() > 0 && stream.log.base() < sequence) {
            evict(stream);
        }
        stream.log.skipTo(sequence);
        stream.noteSkipped();
        order.update(stream);
    }

    void forget(Stream stream) {
        order.remove(stream);
        bytes -= stream.log.bytes();
    }

    private void evict(Stream stream) {
        long oldest = stream.log.base();
        if (stream.delivered < oldest) {
            lastChance.accept(stream);
        }
        bytes -= stream.log.cost(oldest);
        stream.bornBelow = Math.max(stream.bornBelow, stream.log.born(oldest) + 1);
        stream.log.evictOldest();
        context.count(Counter.RECORDS_EVICTED);
    }
}
