package dev.wsmesh.protocol;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the neighbours of a stream are to who needs its next record: only looked at here, never changed. */
final class Sources {
    /** So many graft timeouts a relay may be silent that brings the next record, where all that are ahead lack it. A guess. */
    private static final int PATIENCE_WITH_THE_LAST = 10;

    private Sources() {}

    /**
     * How long a stream may be quiet before another is asked for it. Who publishes it has what is missing and brings it, as long as
     * its link is up: nobody can have more. So it is waited for as long as a publisher waits for its neighbours; a node on a busy
     * machine, at either end, is silent for seconds.
     */
    static long patience(boolean broughtByOrigin, Settings.Broadcasting settings) {
        return broughtByOrigin
                ? settings.publishing().laggardAfter().toNanos()
                : settings.repairing().graftTimeout().toNanos();
    }

    /**
     * Until when the next record is on its way, for all we know: a neighbour that has it still before it, and has brought something
     * lately, will come to it, however far others are. To ask it for what it has sent already would have it begin again, where that
     * may be gone.
     *
     * <p>Where nobody else can be asked, who publishes it is waited for until its link would be given up, and of a relay what else
     * is heard may be all that is before it. But that has an end, lest a stream stands still for a link on which bytes drip.
     *
     * @param nobodyElse whether all that are ahead lack it
     */
    static long comingUntil(Stream stream, boolean nobodyElse, Settings settings) {
        long lastLine = Math.max(stream.advancedAt, stream.brokenAt)
                + settings.liveness().unresponsiveAfter().toNanos();
        long until = Long.MIN_VALUE;
        for (StreamLink each : stream.links) {
            if (each.isBringing()) {
                until = Math.max(until, each.movedAt + patience(each.leadsToOrigin(), settings.broadcasting()));
                if (nobodyElse) {
                    until = Math.max(until, lastHopeUntil(each, lastLine, settings.broadcasting()));
                }
            }
        }
        return until;
    }

    /**
     * Who publishes it will come to it for sure. A relay may have come to its end: of that only a frame is a sign that takes long,
     * in which it may be. Who has been asked for the sake of the answer will answer, or is waited for anyway.
     */
    private static long lastHopeUntil(StreamLink each, long lastLine, Settings.Broadcasting settings) {
        boolean queried = each.queriedFor == each.stream.next();
        if (each.leadsToOrigin()) {
            return queried ? Long.MIN_VALUE : lastLine;
        }
        long sign = queried ? Long.MIN_VALUE : Math.min(each.link.slowAt, lastLine);
        return Math.max(each.movedAt, sign)
                + PATIENCE_WITH_THE_LAST * settings.repairing().graftTimeout().toNanos();
    }

    /** Who can be asked and has more than we do, also if it has said Miss. */
    static List<StreamLink> ahead(Stream stream) {
        List<StreamLink> ahead = new ArrayList<>();
        for (StreamLink each : stream.links) {
            if (each.link.canBeAsked() && each.isAhead()) {
                ahead.add(each);
            }
        }
        return ahead;
    }

    /** Of these, the one to ask; null if none may be. */
    static @Nullable StreamLink best(List<StreamLink> links) {
        StreamLink best = null;
        for (StreamLink each : links) {
            if (mayBeAsked(each) && (best == null || isBetter(each, best))) {
                best = each;
            }
        }
        return best;
    }

    static boolean allMissed(List<StreamLink> links) {
        for (StreamLink each : links) {
            if (!each.hasMissed()) {
                return false;
            }
        }
        return true;
    }

    /** Somebody has more than we do, and has not missed. */
    static boolean isOffered(Stream stream) {
        for (StreamLink each : stream.links) {
            if (each.isOffering()) {
                return true;
            }
        }
        return false;
    }

    /** The node that publishes the stream was asked for it, or brings it by itself. */
    static boolean isBroughtByOrigin(Stream stream) {
        for (StreamLink each : stream.links) {
            if (each.isBringing() && each.leadsToOrigin()) {
                return true;
            }
        }
        return false;
    }

    /** The first record behind the missing one that is here already, or that somebody offers; MAX_VALUE if there is none. */
    static long firstLeft(Stream stream) {
        long first = stream.window.isEmpty() ? Long.MAX_VALUE : stream.window.firstKey();
        for (StreamLink each : stream.links) {
            if (each.link.canBeAsked() && each.theirsBase > stream.next() && each.theirsBase <= each.theirs + 1) {
                first = Math.min(first, each.theirsBase);
            }
        }
        return first;
    }

    private static boolean mayBeAsked(StreamLink each) {
        return each.link.canBeAsked() && each.heard && !each.hasMissed() && !each.isBringing();
    }

    /** Ahead is better; of equals, one that does not take the stream from us, lest two nodes wait for each other. */
    private static boolean isBetter(StreamLink one, StreamLink other) {
        return one.theirs != other.theirs ? one.theirs > other.theirs : !one.push && other.push;
    }
}
