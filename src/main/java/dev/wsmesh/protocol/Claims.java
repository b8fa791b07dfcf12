package dev.wsmesh.protocol;

import dev.wsmesh.protocol.Message.Have;
import dev.wsmesh.protocol.Message.Miss;
import dev.wsmesh.protocol.StreamLink.Asking;
import dev.wsmesh.protocol.StreamLink.Wish;
import java.util.List;

/** What neighbours say that they hold, hold no longer, or will never have: the grounds on which {@link Repair} decides. */
final class Claims {
    private final Context context;
    private final Streams streams;
    private final Repair repair;
    private final Delivery delivery;
    private final Publisher publisher;

    Claims(Context context, Streams streams, Repair repair, Delivery delivery, Publisher publisher) {
        this.context = context;
        this.streams = streams;
        this.repair = repair;
        this.delivery = delivery;
        this.publisher = publisher;
    }

    void onHave(Link link, Have have) {
        if (isOwnFuture(have.stream(), have.contiguous())) {
            onOwnFuture(have.stream().epoch());
            return;
        }
        boolean holds = have.contiguous() >= have.base();
        boolean worthLearning = holds || streams.hasForgottenBefore(have.stream(), have.contiguous());
        Stream stream = worthLearning ? streams.findOrLearn(have.stream()) : streams.find(have.stream());
        if (stream == null) {
            return;
        }
        StreamLink from = streams.on(link, stream);
        noteHave(from, have);
        if (context.isOurs(stream.id)) {
            publisher.onHave(link, have);
        }
        if (context.isOwn(stream.id)) {
            return;
        }
        if (stream.closed) {
            delivery.tooLate(stream);
        }
        if (link.isReady()) {
            repair.review(stream);
        }
    }

    void onMiss(Link link, Miss miss) {
        if (!link.isNeighbour()) {
            context.count(Counter.IGNORED_MESSAGES);
            return;
        }
        boolean settled = streams.hasForgottenBeyond(miss.stream(), miss.base() - 1);
        boolean offers = miss.base() > 1 && !miss.pending() && !settled;
        Stream stream = offers ? streams.findOrLearn(miss.stream()) : streams.find(miss.stream());
        if (stream == null || context.isOwn(stream.id)) {
            context.count(Counter.IGNORED_MESSAGES);
            return;
        }
        StreamLink from = streams.on(link, stream);
        boolean fromTheBeginning = miss.base() - miss.tooLarge() <= 1;
        if (!stream.started && offers && (miss.tooLarge() == 0 || fromTheBeginning)) {
            stream.startAt(1, Long.MIN_VALUE);
        }
        if (miss.tooLarge() > 0) {
            onTooLarge(from, miss);
            return;
        }
        boolean reliedOn = from.asking == Asking.ASKED && !from.returning;
        noteMiss(from, miss);
        if (!miss.pending() && hasAlternative(from)) {
            context.count(Counter.MISSES_WITH_ALTERNATIVE);
        }
        if (reliedOn && !miss.pending()) {
            stream.parent = from.equals(stream.parent) ? null : stream.parent;
            repair.askAnother(stream);
        }
        repair.onMiss(stream);
    }

    /**
     * Where the stream begins for us, as the neighbour sees it. The stream has come as far, also if we stand before that, because another
     * has said so; whether the neighbour holds any of what comes between is still to be asked. A gap there may be of what is older than
     * our listening: rather that than one too few.
     */
    void onBeginning(StreamLink from, long first) {
        Stream stream = from.stream;
        if (first > stream.next()) {
            noteHave(from, new Have(stream.id, from.theirsBase, first - 1));
            if (stream.closed) {
                delivery.tooLate(stream);
            }
        }
        repair.review(stream);
    }

    void onLeave(Link link, Message.Leave leave) {
        if (link.canBeAsked()) {
            context.emit(new Output.NeighbourDown(link.id));
        }
        link.leavingSince = Math.min(link.leavingSince, context.now);
        StreamId theirs = new StreamId(link.peer(), link.peerEpoch);
        Stream own = streams.find(theirs);
        if (own != null) {
            own.noteKnown(leave.last(), context.now);
        }
        for (StreamLink each : List.copyOf(link.streams.values())) {
            repair.onSourceLost(each);
        }
    }

    /** Whoever else has it could not bring it either, and the link goes on behind it by itself. */
    private void onTooLarge(StreamLink from, Miss miss) {
        Stream stream = from.stream;
        from.heard = true;
        from.pendingFor = 0;
        from.theirs = Math.max(from.theirs, miss.base() - 1);
        stream.noteKnown(miss.base() - 1, context.now);
        stream.noteTooLarge(miss.base() - miss.tooLarge(), miss.base());
        repair.review(stream);
    }

    private void noteHave(StreamLink from, Have have) {
        Stream stream = from.stream;
        from.heard = true;
        from.theirsBase = have.base();
        from.theirs = Math.max(from.theirs, have.contiguous());
        if (have.contiguous() >= have.base()) {
            from.beginsBy(from.theirs + 1);
        }
        from.cursor = Math.max(from.cursor, from.theirs + 1);
        if (have.base() < from.missedBelow && have.contiguous() >= from.missedBelow - 1) {
            from.missedBelow = have.base();
        }
        stream.noteKnown(have.contiguous(), context.now);
    }

    /** Who takes an epoch beyond reason is admitted nowhere any more; who does not is only unheard where that one is known. */
    private void onOwnFuture(long epoch) {
        if (epoch > context.mostEpoch()) {
            context.count(Counter.OWN_EPOCHS_BEYOND_REASON);
        } else {
            context.ownFuture = Math.max(context.ownFuture, epoch);
        }
    }

    private boolean isOwnFuture(StreamId stream, long contiguous) {
        if (!context.isOurs(stream)) {
            return false;
        }
        Stream own = streams.find(stream);
        boolean published = own != null && contiguous <= own.log.contiguous();
        return stream.epoch() > context.ownStream.epoch() || (context.isOwn(stream) && !published && contiguous > 0);
    }

    private void noteMiss(StreamLink from, Miss miss) {
        Stream stream = from.stream;
        from.heard = true;
        if (miss.pending()) {
            from.pendingFor = stream.next();
            from.pendingSince = context.now;
            return;
        }
        from.pendingFor = 0;
        from.missedAt = context.now;
        from.asking = from.wish == Wish.GRAFT ? Asking.ASKED : Asking.UNSAID;
        if (miss.base() == Miss.NONE) {
            from.missedBelow = stream.next() + 1;
            return;
        }
        from.lacksOurs = true;
        from.missedBelow = Math.max(from.missedBelow, miss.base());
        from.theirsBase = Math.max(from.theirsBase, miss.base());
        from.theirs = Math.max(from.theirs, miss.base() - 1);
        stream.noteKnown(miss.base() - 1, context.now);
    }

    private static boolean hasAlternative(StreamLink missing) {
        for (StreamLink each : missing.stream.links) {
            if (!each.equals(missing) && each.isOffering()) {
                return true;
            }
        }
        return false;
    }
}
