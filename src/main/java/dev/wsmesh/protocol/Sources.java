package dev.wsmesh.protocol;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the neighbours of a stream are to who needs its next record: only looked at here, never changed. */
final class Sources {
    /**
     * So many graft timeouts a stream may be quiet while the node that publishes it brings it: as long as its link is up, nobody has
     * more, and a node that waits for a processor, at either end, is silent for seconds (docs/adr/0119).
     */
    static final int PATIENCE_WITH_ORIGIN = 20;

    private Sources() {}

    /**
     * Until when the next record is on its way, for all we know: a neighbour that has it still before it, and has brought something
     * lately, will come to it, however far others are. To ask it for what it has sent already would have it begin again, where that
     * may be gone.
     *
     * <p>Where nobody else can be asked, what else is heard on that link may be all that is before it. But that has an end, lest a
     * stream stands still for a link on which bytes drip.
     *
     * @param nobodyElse whether all that are ahead lack it: who brings it has then as long as its publisher would have
     */
    static long comingUntil(Stream stream, boolean nobodyElse, Settings settings) {
        long graftTimeout = settings.broadcasting().repairing().graftTimeout().toNanos();
        long signsUntil = Math.max(stream.advancedAt, stream.brokenAt)
                + settings.liveness().unresponsiveAfter().toNanos();
        long until = Long.MIN_VALUE;
        for (StreamLink each : stream.links) {
            if (each.isBringing()) {
                int patience = nobodyElse || each.leadsToOrigin() ? PATIENCE_WITH_ORIGIN : 1;
                long sign = nobodyElse ? Math.min(lastSign(each), signsUntil) : Long.MIN_VALUE;
                until = Math.max(until, Math.max(each.movedAt, sign) + patience * graftTimeout);
            }
        }
        return until;
    }

    /**
     * When it was last heard on the link that the next record may be behind, or within, what comes there. Who publishes it will come
     * to it for sure. Another may have come to its end: of that only a frame is a sign that takes long, in which it may be. Who has
     * been asked for the sake of the answer will answer, or is waited for anyway.
     */
    private static long lastSign(StreamLink each) {
        boolean queried = each.queriedFor == each.stream.next();
        long heard = each.leadsToOrigin() ? each.link.heardAt : each.link.slowAt;
        return queried ? Long.MIN_VALUE : heard;
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

    /**
     * The node that publishes the stream, if it has said that it lacked what we needed, and it is time to be brought the stream by it
     * again; null if not so. It holds its publishers back for those to whom it brings it; a relay waits for nobody, and who follows one
     * at the edge of what that retains loses again and again (docs/adr/0120).
     */
    static @Nullable StreamLink originAgain(Stream stream, Context context) {
        StreamLink parent = stream.parent;
        if (parent == null || parent.leadsToOrigin()) {
            return null;
        }
        for (StreamLink each : stream.links) {
            boolean origin = each.leadsToOrigin() && each.link.canBeAsked() && each.lacksOurs;
            if (origin && bringsNothingOfUse(each, context) && each.mayReturn(context.now) && holdsForLong(each)) {
                return each;
            }
        }
        return null;
    }

    /** What it brings, if anything, is so far behind what we need that the window will have dropped it by then. */
    private static boolean bringsNothingOfUse(StreamLink each, Context context) {
        int kept = context.settings.broadcasting().memory().windowRecords();
        boolean isFarBehind = each.asking == StreamLink.Asking.ASKED && each.arriving > each.stream.next() + kept;
        return each.asking == StreamLink.Asking.UNSAID || isFarBehind;
    }

    /** The next record is in the newer half of what it has said that it holds: it will still be there when we ask. */
    private static boolean holdsForLong(StreamLink each) {
        return !each.hasMissed() && each.theirsBase + (each.theirs - each.theirsBase) / 2 <= each.stream.next();
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

    /**
     * Ahead is better; of those the node that publishes the stream, for it keeps what it owes (docs/adr/0120); of equals, one that does
     * not take the stream from us, lest two nodes wait for each other.
     */
    private static boolean isBetter(StreamLink one, StreamLink other) {
        if (one.isAhead() && other.isAhead() && one.leadsToOrigin() != other.leadsToOrigin()) {
            return one.leadsToOrigin();
        }
        return one.theirs != other.theirs ? one.theirs > other.theirs : !one.push && other.push;
    }
}
