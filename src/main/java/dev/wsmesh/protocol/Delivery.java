package dev.wsmesh.protocol;

import dev.wsmesh.protocol.Alarms.Alarm;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.SortedSet;

/**
 * Hands records to the application: in order per stream, and of two epochs of one origin the older first. A newer epoch waits
 * until the older one is closed: nobody linked announces more of it than we have, or the grace is over.
 */
final class Delivery {
    /** What is handed over at once of what has waited, with the constant for each record. A guess. */
    private static final int MOST_BYTES = 1 << 20;

    private final Context context;
    /** Those of which an epoch is, or was a moment ago, held back. */
    private final Set<Origin> holding = new LinkedHashSet<>();

    Delivery(Context context) {
        this.context = context;
    }

    /** Delivers what has become contiguous, unless an older epoch holds it back. */
    void advance(Stream stream) {
        if (stream.closed) {
            tooLate(stream);
            return;
        }
        if (!stream.released && !release(stream, false)) {
            return;
        }
        while (stream.delivered < stream.log.contiguous()) {
            if (stream.delivered + 1 < stream.log.base()) {
                gap(stream, stream.log.base() - 1);
                continue;
            }
            deliver(stream, stream.delivered + 1);
        }
    }

    private void deliver(Stream stream, long first) {
        Records fresh = stream.takeFresh(first);
        Records records = fresh != null
                ? fresh
                : stream.log.get(first, stream.log.count(first, 0, MOST_BYTES, StreamLog.OVERHEAD_BYTES));
        stream.delivered += records.size();
        context.count(Counter.RECORDS_DELIVERED, records.size());
        context.emit(new Output.Deliver(stream.id, first, records, stream.log.born(first)));
    }

    /** Nothing up to this record will be delivered any more, unless it was. */
    void giveUpTo(Stream stream, long to) {
        releaseNow(stream);
        if (to > stream.delivered) {
            gap(stream, to);
        }
    }

    /** What is held back is about to be evicted: better early than never. */
    void releaseNow(Stream stream) {
        release(stream, true);
        advanceWithin(stream);
    }

    /** Records or announcements of a closed epoch: kept and relayed for others, for us lost, but not silently. */
    void tooLate(Stream stream) {
        long known = Math.max(stream.highestKnown, stream.log.contiguous());
        if (context.isOurs(stream.id)) {
            // What we published ourselves, in an earlier run: nobody here waits for it.
            stream.delivered = Math.max(stream.delivered, known);
            return;
        }
        if (stream.started && known > stream.delivered) {
            context.count(Counter.RECORDS_TOO_LATE, known - stream.delivered);
            gap(stream, known);
        }
    }

    /** An older epoch may be complete, or its grace over. */
    void reviewHeld() {
        if (holding.isEmpty()) {
            return;
        }
        holding.forEach(this::reviewHeld);
        holding.removeIf(each -> each.held.isEmpty());
    }

    /** What holds an epoch back holds all newer ones too: it is enough to look at the oldest. */
    private void reviewHeld(Origin origin) {
        while (!origin.held.isEmpty()) {
            Stream oldest = origin.held.first();
            advance(oldest);
            if (!oldest.released) {
                return;
            }
        }
    }

    private void advanceWithin(Stream stream) {
        if (!stream.closed) {
            advance(stream);
        }
    }

    private void gap(Stream stream, long to) {
        long from = stream.delivered + 1;
        stream.delivered = to;
        if (context.isOurs(stream.id)) {
            // What we published ourselves, in an earlier run: nobody here waits for it.
            return;
        }
        context.count(Counter.GAPS);
        context.count(Counter.RECORDS_IN_GAPS, to - from + 1);
        context.emit(new Output.Gap(stream.id, from, to));
    }

    private boolean release(Stream stream, boolean atOnce) {
        SortedSet<Stream> older = stream.origin.open.headSet(stream);
        while (!older.isEmpty()) {
            Stream oldest = older.first();
            if (!atOnce && isUnfinished(oldest) && !graceIsOver(oldest)) {
                hold(stream, oldest);
                return false;
            }
            close(oldest);
        }
        stream.origin.release(stream);
        return true;
    }

    private void hold(Stream stream, Stream older) {
        if (stream.origin.held.add(stream)) {
            context.count(Counter.EPOCHS_HELD);
            holding.add(stream.origin);
        }
        if (older.closeBy == Alarms.NEVER) {
            older.closeBy =
                    context.in(context.settings.broadcasting().repairing().gapGrace());
        }
        context.alarms.setNoLaterThan(Alarm.EPOCHS, older.closeBy);
    }

    private boolean graceIsOver(Stream older) {
        return older.closeBy <= context.now;
    }

    private void close(Stream older) {
        if (older.started && !older.released) {
            release(older, true);
        }
        advanceWithin(older);
        older.origin.close(older);
        tooLate(older);
    }

    private static boolean isUnfinished(Stream stream) {
        if (!stream.window.isEmpty()) {
            return true;
        }
        for (StreamLink each : stream.links) {
            if (each.link.canBeAsked() && each.isAhead()) {
                return true;
            }
        }
        return false;
    }
}
