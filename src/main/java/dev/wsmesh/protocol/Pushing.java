package dev.wsmesh.protocol;

import dev.wsmesh.protocol.Message.Graft;
import dev.wsmesh.protocol.StreamLink.Answer;
import org.jspecify.annotations.Nullable;

/** The sending end: on which link a stream is pushed, and from which record on. */
final class Pushing {
    private final Context context;
    private final Links links;
    private final Streams streams;
    private final Announcer announcer;

    Pushing(Context context, Links links, Streams streams, Announcer announcer) {
        this.context = context;
        this.links = links;
        this.streams = streams;
        this.announcer = announcer;
    }

    /** A link has become ready: all streams begin to flow on it. */
    void open(Link link) {
        for (Stream stream : streams.all()) {
            if (stream.started) {
                open(streams.on(link, stream));
            }
        }
    }

    /** A stream has its first record: it begins to flow on all links. */
    void open(Stream stream) {
        stream.opened = true;
        for (Link link : links.all()) {
            if (link.isReady()) {
                open(streams.on(link, stream));
            }
        }
    }

    void onGraft(Link link, Graft graft) {
        if (!link.isReady()) {
            context.count(Counter.IGNORED_MESSAGES);
            return;
        }
        Stream stream = streams.find(graft.stream());
        if (stream == null) {
            links.deny(link, streams.denial(graft));
            return;
        }
        StreamLink to = streams.on(link, stream);
        if (to.push) {
            context.count(Counter.GRAFTS_WHILE_PUSHING);
        }
        to.heard = true;
        to.opened = true;
        to.cursor = graft.from();
        to.theirs = graft.from() - 1;
        to.beginsBy(graft.from());
        to.keep(context);
        boolean tooLarge = to.skipTooLarge(graft.from());
        boolean early = graft.from() >= stream.next() || !stream.started;
        boolean late = graft.from() < to.offeredBase() && !early;
        boolean mayCome = late && stream.backfilling && graft.from() >= to.offeredFrom;
        to.restDue = late && !mayCome && (tooLarge || graft.from() >= to.offeredAt || context.leaving);
        to.push = (!late || mayCome || to.restDue) && !to.leadsToOrigin();
        if (early || mayCome) {
            answer(to, Answer.PENDING);
        } else if (late) {
            answer(to, tooLarge ? Answer.TOO_LARGE : Answer.MISS);
        } else {
            to.answer = Answer.NONE;
        }
        links.owe(to);
    }

    void onPrune(Link link, Message.Prune prune) {
        StreamLink to = link.stream(prune.stream());
        if (to == null) {
            context.count(Counter.IGNORED_MESSAGES);
            return;
        }
        to.push = false;
        if (to.said < to.stream.log.contiguous()) {
            announcer.onChange(to.stream);
        }
    }

    /**
     * We leave: everybody gets our own records, also who lacks them or has pruned us; and who is about to be told that something is
     * gone gets what is left, because it could not ask for it any more.
     */
    void pushWhatIsLeft() {
        for (Stream stream : streams.all()) {
            for (StreamLink each : stream.links) {
                boolean missed =
                        (each.answer == Answer.MISS || each.answer == Answer.TOO_LARGE) && !each.leadsToOrigin();
                if (missed || context.isOwn(stream.id)) {
                    each.push = true;
                    each.restDue |= missed;
                    links.owe(each);
                }
            }
        }
    }

    /** A stream that we push on this link, or our own, whoever brings it, of which the neighbour has not said that it holds all, or
     * has not been told what is gone; null if there is none. */
    @Nullable
    StreamLink unacknowledged(Link link) {
        for (StreamLink each : link.streams.values()) {
            if (isUnacknowledged(each)) {
                return each;
            }
        }
        return null;
    }

    /** One that leaves itself is not counted on. */
    boolean isUnacknowledged(StreamLink each) {
        boolean needed = each.push || context.isOwn(each.stream.id);
        return needed && each.link.canBeAsked() && (each.isLacking() || each.answer != Answer.NONE);
    }

    /** Decides where, and whether, we begin to push the stream on this link. */
    private void open(StreamLink each) {
        Stream stream = each.stream;
        if (each.opened || each.leadsToOrigin()) {
            return;
        }
        each.keep(context);
        if (each.heard) {
            each.opened = true;
            each.cursor = each.theirs + 1;
            each.push = context.isOwn(stream.id) || each.theirs < stream.log.contiguous();
        } else {
            startNewcomer(each);
        }
        links.owe(each);
    }

    private void startNewcomer(StreamLink each) {
        Stream stream = each.stream;
        if (stream.isUntouched() && !context.isOwn(stream.id)) {
            // Where it begins may yet be chosen for us: with the first record we know.
            return;
        }
        long first = stream.log.firstBornSince(each.link.listeningSince);
        boolean lacksSome = first == stream.log.base() && first > 1 && stream.bornBelow > each.link.listeningSince;
        if (lacksSome && stream.backfilling) {
            // It may have a claim on what is still being fetched.
            return;
        }
        each.opened = true;
        each.begin(first);
        each.push = !lacksSome || context.leaving;
        if (lacksSome) {
            answer(each, Answer.MISS);
        } else if (first > 1) {
            each.startDue = true;
            links.flag(each);
        }
    }

    private void answer(StreamLink each, Answer answer) {
        each.answer = answer;
        links.flag(each);
    }
}
