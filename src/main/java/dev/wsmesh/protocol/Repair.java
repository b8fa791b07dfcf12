package dev.wsmesh.protocol;

import dev.wsmesh.protocol.Alarms.Alarm;
import dev.wsmesh.protocol.StreamLink.Asking;
import dev.wsmesh.protocol.StreamLink.Wish;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Gets what did not come by itself, and decides when it never will.
 *
 * <p>A stream is under repair while someone announces more of it than we have. Then, each time its alarm goes off: a neighbour
 * that is ahead and neither bringing the next record nor known to lack it is asked; if all that are ahead have said Miss, the
 * grace runs and ends in a gap; if nobody linked is ahead, the retention age runs and ends in a gap.
 */
final class Repair {
    private final Context context;
    private final Settings.Repairing settings;
    private final long retentionNanos;
    private final Links links;
    private final Gaps gaps;
    private final Streams streams;
    private final Set<Stream> broken = new LinkedHashSet<>();

    Repair(Context context, Links links, Streams streams, Gaps gaps) {
        this.context = context;
        this.settings = context.settings.broadcasting().repairing();
        this.retentionNanos =
                context.settings.broadcasting().memory().retention().toNanos();
        this.links = links;
        this.streams = streams;
        this.gaps = gaps;
    }

    /** What declares records lost; the streams' owner does, because it has to go on behind the gap. */
    interface Gaps {
        void giveUp(Stream stream, long to);

        /** The same, but an older epoch is not closed for its sake: the gap is told when the stream's turn comes. */
        void skip(Stream stream, long to);
    }

    int size() {
        return broken.size();
    }

    /** Something was announced or lost: begin repair if it is needed and has not begun. */
    void review(Stream stream) {
        if (skipTooLarge(stream)) {
            return;
        }
        if (!stream.isIncomplete()) {
            finish(stream);
        } else if (broken.add(stream)) {
            long graftTimeout = settings.graftTimeout().toNanos();
            stream.brokenAt = context.now;
            stream.graftBackoff = graftTimeout;
            schedule(stream, context.now + graftTimeout);
        } else if (stream.isGivingUp() && Sources.isOffered(stream)) {
            lookAgain(stream, stream.repairAt);
        }
    }

    /** The next record has arrived: whatever was known about who lacks it is over. */
    void onAdvance(Stream stream) {
        stream.missedSince = Alarms.NEVER;
        stream.aloneSince = Alarms.NEVER;
        StreamLink origin = Sources.originAgain(stream, context);
        if (origin != null) {
            graft(origin);
            origin.noteReturn(context);
        }
        review(stream);
        if (stream.isIncomplete()) {
            stream.graftBackoff = settings.graftTimeout().toNanos();
            reaskHole(stream);
        }
    }

    /** A neighbour lacks the stream, or the next record of it. */
    void onMiss(Stream stream) {
        review(stream);
        if (stream.isIncomplete() && isResuming(stream)) {
            schedule(stream, context.now);
        }
    }

    /** The parent is gone or leaving, or somebody misses: unless another brings the stream, ask the best
     * neighbour at once, also if it is not ahead (yet). */
    void askAnother(Stream stream) {
        if (!stream.started || context.isOwn(stream.id)) {
            return;
        }
        boolean promised = false;
        for (StreamLink each : stream.links) {
            if (each.isBringing() && each.isAhead()) {
                return;
            }
            promised |= each.isBringing();
        }
        StreamLink best = Sources.best(stream.links);
        // Who waits for it as well only promises: who is ahead is asked all the same.
        if (best != null && (!promised || best.isAhead())) {
            graft(best);
        }
        review(stream);
    }

    /** A link is new: who stands outside the tree of a stream asks to be let in before the next record comes. */
    void onSourceFound(Stream stream) {
        if (stream.parent == null) {
            askAnother(stream);
        }
        review(stream);
    }

    /** The link is gone, or its peer leaves. */
    void onSourceLost(StreamLink lost) {
        boolean onlyOne = lost.stream.parent == null && lost.asking == Asking.ASKED;
        if (onlyOne || lost.equals(lost.stream.parent)) {
            lost.stream.parent = null;
            askAnother(lost.stream);
        }
        review(lost.stream);
    }

    /** A leaver takes no records any more. */
    void onAlarm() {
        if (context.leaving) {
            return;
        }
        for (Stream stream : List.copyOf(broken)) {
            if (stream.repairAt <= context.now && !context.alarms.attempt(() -> step(stream))) {
                stream.repairAt = Alarms.afterFailure(context.now);
            }
        }
        for (Stream stream : broken) {
            context.alarms.setNoLaterThan(Alarm.REPAIR, stream.repairAt);
        }
    }

    void forget(Stream stream) {
        finish(stream);
    }

    private void step(Stream stream) {
        if (!stream.isIncomplete()) {
            finish(stream);
            return;
        }
        if (skipTooLarge(stream)) {
            return;
        }
        forgetPromises(stream);
        List<StreamLink> ahead = Sources.ahead(stream);
        if (ahead.isEmpty()) {
            waitAlone(stream);
            return;
        }
        stream.aloneSince = Alarms.NEVER;
        askToKeep(ahead);
        boolean missed = Sources.allMissed(ahead);
        long coming = Sources.comingUntil(stream, missed, context.settings);
        if (coming > context.now) {
            stream.missedSince = Alarms.NEVER;
            lookAgain(stream, coming);
            return;
        }
        if (missed) {
            waitForGrace(stream);
            return;
        }
        stream.missedSince = Alarms.NEVER;
        int patience = Sources.isBroughtByOrigin(stream) ? Sources.PATIENCE_WITH_ORIGIN : 1;
        long quietAt = stream.arrivedAt + patience * settings.graftTimeout().toNanos();
        if (quietAt > context.now) {
            lookAgain(stream, quietAt);
            return;
        }
        graftBest(stream, ahead);
    }

    /**
     * Who lacks the next record keeps the rest for us only for a while after it has said so, and not at all if it was never asked;
     * but how long another, who may be silent, is waited for has nothing to do with that. It is not relied on for the next record,
     * and not disturbed while it brings the rest by itself.
     */
    private void askToKeep(List<StreamLink> ahead) {
        long recently = context.now - settings.longestGrace().toNanos() / 2;
        for (StreamLink each : ahead) {
            boolean isDue = Math.max(each.missedAt, each.askedAt) <= recently;
            boolean bringsTheRest = each.arriving > each.stream.next() && each.broughtAt > recently;
            if (each.hasMissed() && isDue && !bringsTheRest) {
                each.asking = Asking.UNSAID;
                ask(each);
            }
        }
    }

    /** What is waited for may end before its time: its link goes, it says Miss, or another has it. */
    private void lookAgain(Stream stream, long atLatest) {
        schedule(
                stream, Math.min(atLatest, context.now + settings.graftTimeout().toNanos()));
    }

    private void graftBest(Stream stream, List<StreamLink> ahead) {
        StreamLink best = Sources.best(ahead);
        if (best != null) {
            graft(best);
        }
        backOff(stream);
    }

    private void backOff(Stream stream) {
        schedule(stream, context.now + stream.graftBackoff);
        long limit = settings.graftBackoffLimit().toNanos();
        stream.graftBackoff = Math.min(limit, stream.graftBackoff * 2);
    }

    /**
     * All that are ahead miss. Now the others have to be asked too, whatever we think that they hold: what they said may be
     * on a slow link.
     */
    private void waitForGrace(Stream stream) {
        if (stream.missedSince == Alarms.NEVER) {
            stream.missedSince = context.now;
        }
        long left = Sources.firstLeft(stream);
        boolean isAnyLeft = left < Long.MAX_VALUE;
        if ((isAnyLeft && isResuming(stream)) || isGraceOver(stream)) {
            giveUp(stream, isAnyLeft ? left - 1 : stream.highestKnown);
            stream.resumedAt = stream.next();
            stream.gaveUpAt = context.now;
        }
    }

    /** Whether all had the time to bring it; asks whoever has not said Miss. */
    private boolean isGraceOver(Stream stream) {
        boolean answered = true;
        for (Link link : links.all()) {
            if (!link.canBeAsked()) {
                continue;
            }
            StreamLink each = streams.on(link, stream);
            boolean missed = each.hasMissed();
            if (!missed) {
                answered &= each.pendingFor == stream.next();
                query(each);
            }
        }
        long over = graceOver(stream);
        boolean lost = stream.missedSince + retentionNanos <= context.now;
        if ((!answered && !lost) || over > context.now) {
            schedule(stream, Math.max(over, context.now + stream.graftBackoff));
            return false;
        }
        return true;
    }

    /**
     * Right behind a gap: what comes next was offered a moment ago, and those who have it no longer have had a grace. Another
     * would only see more go: where records come and go all the time, we would always be too late.
     */
    private boolean isResuming(Stream stream) {
        boolean recent = stream.gaveUpAt + settings.gapGrace().toNanos() > context.now;
        if (stream.resumedAt != stream.next() || !recent || context.lastReadyAt > stream.gaveUpAt) {
            return false;
        }
        for (StreamLink each : stream.links) {
            if (each.link.canBeAsked() && each.theirsBase == stream.next() && !each.hasMissed()) {
                return false;
            }
        }
        return true;
    }

    /** A link that comes up may bring what is missing; but where links come and go all the time, this has an end too. */
    private long graceOver(Stream stream) {
        long grace = settings.gapGrace().toNanos();
        long patience = stream.missedSince + settings.longestGrace().toNanos();
        return Math.min(Math.max(stream.missedSince, context.lastReadyAt) + grace, patience);
    }

    private void query(StreamLink each) {
        if (each.queriedFor != each.stream.next()) {
            each.queriedFor = each.stream.next();
            graft(each);
        }
    }

    private void waitAlone(Stream stream) {
        if (stream.aloneSince == Alarms.NEVER) {
            stream.aloneSince = context.now;
        }
        // What is missing was born before it was known: nobody retains it for longer than that, however lately the last
        // one left.
        long over = Math.min(stream.aloneSince, stream.knownAt) + retentionNanos;
        if (over > context.now) {
            schedule(stream, Math.min(over, context.in(settings.graftBackoffLimit())));
            return;
        }
        giveUp(stream, stream.window.isEmpty() ? stream.highestKnown : stream.window.firstKey() - 1);
    }

    /**
     * Whether what we need next was given up because nobody can bring it. Not while it would close an older epoch, for whose end
     * records wait; nor, for a grace, while neighbours need what we hold and would lose with it; nor by a leaver.
     */
    private boolean skipTooLarge(Stream stream) {
        long fitting = stream.nextThatFits();
        if (context.leaving || !stream.started || fitting == stream.next()) {
            stream.skippingSince = Alarms.NEVER;
            return false;
        }
        if (stream.skippingSince == Alarms.NEVER) {
            stream.skippingSince = context.now;
        }
        boolean closes = !stream.released && !stream.closed && stream.holdsUndelivered();
        boolean waited = stream.skippingSince + settings.gapGrace().toNanos() <= context.now;
        if (closes || (stream.isNeeded(context.now) && !waited)) {
            return false;
        }
        stream.skippingSince = Alarms.NEVER;
        gaps.skip(stream, fitting - 1);
        return true;
    }

    private void giveUp(Stream stream, long to) {
        if (!stream.window.isEmpty()) {
            context.count(Counter.GAPS_BEFORE_BUFFERED);
        }
        gaps.giveUp(stream, to);
        if (stream.isIncomplete()) {
            stream.arrivedAt = Long.MIN_VALUE / 2;
            schedule(stream, context.now);
        }
    }

    /** A full window dropped what a link brought: it has passed the hole, and will not come back by itself. */
    private void reaskHole(Stream stream) {
        StreamLink passed = null;
        for (StreamLink each : stream.links) {
            if (each.isBringing()) {
                return;
            }
            if (each.asking == Asking.ASKED && each.isOffering()) {
                passed = each;
            }
        }
        if (passed != null && passed.arriving > stream.next()) {
            context.count(Counter.HOLES_REASKED);
            graft(passed);
        }
    }

    private void graft(StreamLink stream) {
        stream.asking = Asking.ASKED;
        stream.returning = false;
        stream.arriving = stream.stream.next();
        stream.duplicateBatches = 0;
        ask(stream);
    }

    private void ask(StreamLink stream) {
        stream.wish = Wish.GRAFT;
        stream.grafted = true;
        stream.askedAt = context.now;
        links.flag(stream);
    }

    /** Promises and requests are not good for ever: who does not keep them has missed. */
    private void forgetPromises(Stream stream) {
        long patience = settings.longestGrace().toNanos();
        for (StreamLink each : stream.links) {
            if (each.pendingFor == stream.next() && each.pendingSince + patience <= context.now && each.isAhead()) {
                each.pendingFor = 0;
            }
            if (each.isAhead() && each.isBringing() && each.lastDealtAt() + retentionNanos <= context.now) {
                each.missedBelow = stream.next() + 1;
                each.asking = Asking.UNSAID;
            }
        }
    }

    private void schedule(Stream stream, long at) {
        stream.repairAt = at;
        context.alarms.setNoLaterThan(Alarm.REPAIR, at);
    }

    private void finish(Stream stream) {
        if (broken.remove(stream)) {
            stream.repairAt = Alarms.NEVER;
            stream.missedSince = Alarms.NEVER;
            stream.aloneSince = Alarms.NEVER;
        }
    }
}
