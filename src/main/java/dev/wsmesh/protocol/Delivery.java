package dev.wsmesh.protocol;

import dev.wsmesh.protocol.Alarms.Alarm;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Hands records to the application: in order per stream, and of two epochs of one origin the older first. A newer epoch waits
 * until the older one is closed: nobody linked announces more of it than we have, or the grace is over.
 */
final class Delivery {
    private final Context context;
    private final Set<Stream> held = new LinkedHashSet<>();

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
            stream.delivered++;
            context.count(Counter.RECORDS_DELIVERED);
            context.emit(new Output.Deliver(stream.id, stream.delivered, stream.log.get(stream.delivered)));
        }
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
        if (stream.started && known > stream.delivered) {
            context.count(Counter.RECORDS_TOO_LATE, known - stream.delivered);
            gap(stream, known);
        }
    }

    /** An older epoch may be complete, or its grace over. */
    void reviewHeld() {
        if (held.isEmpty()) {
            return;
        }
        for (Stream stream : List.copyOf(held)) {
            advance(stream);
        }
    }

    void forget(Stream stream) {
        held.remove(stream);
    }

    private void advanceWithin(Stream stream) {
        if (!stream.closed) {
            advance(stream);
        }
    }

    private void gap(Stream stream, long to) {
        long from = stream.delivered + 1;
        stream.delivered = to;
        context.count(Counter.GAPS);
        context.count(Counter.RECORDS_IN_GAPS, to - from + 1);
        context.emit(new Output.Gap(stream.id, from, to));
    }

    private boolean release(Stream stream, boolean atOnce) {
        for (Stream older : List.copyOf(stream.origin.streams)) {
            if (older.id.epoch() >= stream.id.epoch()) {
                break;
            }
            if (!older.closed && !atOnce && isUnfinished(older) && !graceIsOver(older)) {
                hold(stream, older);
                return false;
            }
            close(older);
        }
        stream.released = true;
        held.remove(stream);
        return true;
    }

    private void hold(Stream stream, Stream older) {
        if (held.add(stream)) {
            context.count(Counter.EPOCHS_HELD);
        }
        if (older.closeBy == Alarms.NEVER) {
            older.closeBy = context.in(context.settings.broadcasting().gapGrace());
        }
        context.alarms.setNoLaterThan(Alarm.EPOCHS, older.closeBy);
    }

    private boolean graceIsOver(Stream older) {
        return older.closeBy <= context.now;
    }

    private void close(Stream older) {
        if (older.closed) {
            return;
        }
        if (older.started && !older.released) {
            release(older, true);
        }
        advanceWithin(older);
        older.closed = true;
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
