package dev.wsmesh.protocol;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * The bounds on what all streams together retain. Over the bound go the oldest records of the stream that can spare most bytes, until
 * there is a little room or it can spare a little less than the next one, but never the newest record of a stream while another can
 * spare one. What a neighbour that is waited for has yet to be sent of the own
 * stream cannot be spared: it may be that nobody else has it.
 */
final class Log {
    /** So much is evicted at once, and of one stream more than of the next, or a part of the bound if that is less. Guesses. */
    private static final int MOST_AT_ONCE = 64 << 10;

    private static final int LEAST_PART_AT_ONCE = 1 << 10;

    /** No more than this part of what a stream can spare goes beyond the next one: where there are thousands, each has little. A guess. */
    private static final int LEAST_PART_OF_ONE = 8;

    private final Context context;
    private final Streams streams;
    /** The publish window, and the record that fills it; at most half of the bound, for others publish, too. */
    private final long mostOwed;

    /** Told before a record goes that was never delivered. */
    private final Consumer<Stream> lastChance;

    private final EvictionOrder order = new EvictionOrder();
    /** Those of which the order does not know yet what has become of them. */
    private final List<Stream> changed = new ArrayList<>();

    private long bytes;

    Log(Context context, Streams streams, Consumer<Stream> lastChance) {
        this.context = context;
        this.streams = streams;
        Settings.Broadcasting settings = context.settings.broadcasting();
        int largest = context.settings.limits().recordBytes() + StreamLog.OVERHEAD_BYTES;
        this.mostOwed = Math.min(
                settings.publishing().windowBytes() + largest, settings.memory().logBytes() / 2);
        this.lastChance = lastChance;
    }

    long bytes() {
        return bytes;
    }

    /** Appends a copy of each of them, in their order. */
    void append(Stream stream, Records records, long bornNanos, long fromGeneration) {
        stream.noteFresh(stream.next(), records);
        bytes += stream.log.append(records, bornNanos, fromGeneration);
        stream.advancedAt = context.now;
    }

    /** Puts copies of records of the past before the others. */
    void prepend(Stream stream, Records past, long bornNanos, long fromGeneration) {
        for (EncodedRecord record : past.reversed()) {
            bytes += stream.log.prepend(record, bornNanos, fromGeneration);
        }
        stream.bornBelow = Math.min(stream.bornBelow, bornNanos + 1);
        settle(stream);
    }

    /** To be called once after any number of appends to one stream. */
    void settle(Stream stream) {
        noteChanged(stream);
        long most = context.settings.broadcasting().memory().logBytes();
        if (bytes <= most) {
            return;
        }
        keepOwed();
        rank();
        // A little more than need be: a busy node would look for the largest stream at each record. But no newest one.
        long atOnce = Math.min(MOST_AT_ONCE, most / LEAST_PART_AT_ONCE);
        long enough = most - atOnce;
        for (Stream victim = order.first();
                victim != null && bytes > (victim.canSpare() ? enough : most);
                victim = order.first()) {
            long first = victim.log.base();
            evictBefore(victim, Math.max(first + 1, endOfSpare(victim, bytes - enough, atOnce)));
            context.count(Counter.RECORDS_EVICTED_FOR_ROOM, victim.log.base() - first);
            victim.log.giveBack();
            order.update(victim);
        }
    }

    /**
     * Behind what can go of this stream for so many bytes, before it is the turn of the next one: not at once when both can spare the
     * same, as equally busy streams would lose one record each in turns.
     */
    private long endOfSpare(Stream victim, long wanted, long atOnce) {
        long spare = victim.spareCost();
        long beyondNext = spare - order.costOfSecond() + Math.min(atOnce, spare / LEAST_PART_OF_ONE);
        long end = victim.log.firstBehind(Math.min(wanted, beyondNext));
        return Math.min(end, Math.min(victim.staysFrom, victim.log.contiguous()));
    }

    /** What a neighbour may still ask for stays, but not for ever. */
    void evictOlderThan(Stream stream, long bornNanos, long bornAtLatest) {
        StreamLog held = stream.log;
        long kept = stream.keptFrom(context.now);
        long end = held.base();
        while (held.holds(end) && held.born(end) < (end < kept ? bornNanos : bornAtLatest)) {
            end++;
        }
        evictBefore(stream, end);
        held.giveBack();
        noteChanged(stream);
    }

    /** Everything before this number is lost to us, whether we held it or not. */
    void skipTo(Stream stream, long sequence) {
        evictBefore(stream, Math.min(sequence, stream.next()));
        stream.log.skipTo(sequence);
        stream.noteSkipped();
        noteChanged(stream);
    }

    /** It is no longer what is published now: all of it may go. */
    void spare(Stream stream) {
        stream.staysFrom = Long.MAX_VALUE;
        noteChanged(stream);
    }

    void forget(Stream stream) {
        rank();
        order.remove(stream);
        bytes -= stream.log.cost();
    }

    private void evictBefore(Stream stream, long end) {
        long first = stream.log.base();
        if (end <= first) {
            return;
        }
        if (stream.delivered < end - 1) {
            lastChance.accept(stream);
        }
        stream.bornBelow = Math.max(stream.bornBelow, stream.log.born(end - 1) + 1);
        bytes -= stream.log.evictBefore(end);
        context.count(Counter.RECORDS_EVICTED, end - first);
    }

    /** Who publishes without waiting may be owed for more than a window; of that only the newest stays. */
    private void keepOwed() {
        Stream own = streams.find(context.ownStream);
        if (own != null) {
            own.staysFrom = own.log.firstWithin(mostOwed, own.owedFrom());
            noteChanged(own);
        }
    }

    /** Nobody asks for the order before something has to go. */
    private void noteChanged(Stream stream) {
        if (!stream.rankIsOld) {
            stream.rankIsOld = true;
            changed.add(stream);
        }
    }

    private void rank() {
        for (Stream stream : changed) {
            stream.rankIsOld = false;
            order.update(stream);
        }
        changed.clear();
    }
}
