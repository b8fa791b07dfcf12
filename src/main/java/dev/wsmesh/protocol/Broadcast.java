package dev.wsmesh.protocol;

import dev.wsmesh.protocol.Alarms.Alarm;
import dev.wsmesh.protocol.Message.Batch;
import dev.wsmesh.protocol.Message.Graft;
import dev.wsmesh.protocol.Message.Have;
import dev.wsmesh.protocol.Message.Miss;
import dev.wsmesh.protocol.Settings.Broadcasting;
import dev.wsmesh.protocol.StreamLink.Asking;
import dev.wsmesh.protocol.StreamLink.Wish;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Per stream a tree over the links, found and repaired as in Plumtree (Leitao, Pereira, Rodrigues, SRDS 2007), with consecutive
 * numbers in place of message ids: "everything up to here" makes de-duplication, acknowledgement, digest and repair one thing.
 */
final class Broadcast {
    /** So many Batches in a row that another link had brought before: this link is not part of the tree. */
    private static final int DUPLICATES_BEFORE_PRUNE = 3;

    /** In milliseconds, as epochs are: about a minute. */
    private static final int EPOCH_JUMP = 1 << 16;

    private final Context context;
    private final Links links;
    final Streams streams;
    final Log log;
    final ReorderWindow window;
    private final Delivery delivery;
    private final Announcer announcer;
    private final Repair repair;
    final Pushing pushing;
    final Publisher publisher;

    Broadcast(Context context, Links links) {
        this.context = context;
        this.links = links;
        this.streams = new Streams(context);
        this.delivery = new Delivery(context);
        this.log = new Log(context, delivery::releaseNow);
        this.window = new ReorderWindow(context);
        this.announcer = new Announcer(context, links, streams);
        this.repair = new Repair(context, links, streams, this::giveUp);
        this.pushing = new Pushing(context, links, streams, announcer);
        this.publisher = new Publisher(context, links, streams);
        context.alarms.set(
                Alarm.DIGEST, context.inAbout(context.settings.broadcasting().digestInterval()));
    }

    void onLinkUp(Link link) {
        announcer.sendDigest(link);
    }

    void onLinkGone(Link link) {
        streams.detach(link);
        for (StreamLink each : link.streams.values()) {
            onSourceLost(each);
        }
        link.streams.clear();
        link.flagged.clear();
        link.owed.clear();
        publisher.reviewWindow();
    }

    void onMessage(Link link, Message.Broadcast message) {
        switch (message) {
            case Batch batch -> onBatch(link, batch);
            case Have have -> onHave(link, have);
            case Message.DigestComplete complete -> onDigestComplete(link, complete);
            case Graft graft -> pushing.onGraft(link, graft);
            case Message.Prune prune -> pushing.onPrune(link, prune);
            case Miss miss -> onMiss(link, miss);
            case Message.Leave leave -> onLeave(link, leave);
        }
    }

    void publish(Input.Publish publish, EncodedRecord record) {
        Stream found = streams.find(context.ownStream);
        Stream stream = found != null ? found : streams.create(context.ownStream);
        if (!stream.started) {
            stream.startAt(1, Long.MIN_VALUE);
        }
        log.append(stream, record.detached(), context.now, 0);
        publisher.onPublished(publish, stream);
        stream.highestKnown = stream.log.contiguous();
        onAdvanced(stream);
    }

    /** A probe became, or a link came up as, a neighbour whose digest is known: streams begin to flow. */
    void openStreams(Link link) {
        context.lastReadyAt = context.now;
        pushing.open(link);
        for (Stream stream : streams.all()) {
            repair.review(stream);
        }
    }

    void onAlarms() {
        if (context.alarms.take(Alarm.HAVES, context.now)) {
            announcer.onHavesAlarm();
        }
        if (context.alarms.take(Alarm.REPAIR, context.now)) {
            repair.onAlarm();
        }
        if (context.alarms.take(Alarm.DIGEST, context.now)) {
            announcer.onDigestAlarm();
        }
        if (context.alarms.take(Alarm.RETENTION, context.now)) {
            onRetentionAlarm();
        }
        if (context.alarms.take(Alarm.ACKNOWLEDGEMENTS, context.now)) {
            publisher.onAcknowledgementsAlarm();
        }
        if (context.alarms.take(Alarm.PUBLISH_WINDOW, context.now)) {
            publisher.onWindowAlarm();
        }
        if (context.alarms.take(Alarm.EPOCHS, context.now)) {
            delivery.reviewHeld();
        }
    }

    /** What depends on many small changes of one call is looked at once, after them. */
    void settle() {
        delivery.reviewHeld();
        publisher.reviewWindow();
    }

    /** Others know a future of ours: what we publish from now on is another stream. */
    void takeEpoch(boolean ownStreamIsAmbiguous) {
        Stream own = streams.find(context.ownStream);
        if (own != null && ownStreamIsAmbiguous) {
            delivery.forget(own);
            announcer.forget(own);
            log.forget(own);
            streams.remove(own);
        }
        context.acknowledgeUpTo = 0;
        // A jump rather than a step: an earlier run may have taken, and forgotten, the very next one.
        long beyond = 1L + context.random.nextInt(EPOCH_JUMP);
        context.ownStream =
                new StreamId(context.settings.self(), Math.max(context.ownFuture, context.ownStream.epoch()) + beyond);
        context.ownFuture = 0;
    }

    long lastPublished() {
        Stream own = streams.find(context.ownStream);
        return own == null ? 0 : own.log.contiguous();
    }

    private void onBatch(Link link, Batch batch) {
        if (!link.isNeighbour() || context.leaving || batch.records().isEmpty()) {
            context.count(Counter.IGNORED_MESSAGES);
            return;
        }
        Stream stream = learn(batch.stream());
        if (stream == null || context.isOwn(batch.stream())) {
            return;
        }
        StreamLink from = streams.on(link, stream);
        boolean chosenForUs = from.asking == Asking.UNSAID && stream.isUntouched();
        noteArrival(from, batch);
        if (!stream.started || chosenForUs) {
            stream.startAt(batch.first(), listeningFrom());
        }
        long before = stream.log.contiguous();
        boolean news = take(from, batch);
        countDuplicates(from, batch, news);
        if (stream.log.contiguous() > before) {
            stream.parent = from;
            onAdvanced(stream);
        } else {
            repair.review(stream);
        }
        if (batch.acknowledge()) {
            announcer.acknowledgeAtOnce(from);
        }
    }

    private void noteArrival(StreamLink from, Batch batch) {
        Stream stream = from.stream;
        stream.arrivedAt = context.now;
        stream.highestKnown = Math.max(stream.highestKnown, batch.last());
        from.heard = true;
        from.theirs = Math.max(from.theirs, batch.last());
        if (from.asking == Asking.UNSAID) {
            from.asking = Asking.ASKED;
        }
        if (from.wish != Wish.GRAFT) {
            from.arriving = batch.last() + 1;
        }
    }

    /** Keeps what is new; whether anything was. */
    private boolean take(StreamLink from, Batch batch) {
        Stream stream = from.stream;
        long born = context.now - batch.ageMillis() * 1_000_000;
        long generation = from.link.id.generation();
        boolean news = false;
        for (int i = 0; i < batch.records().size(); i++) {
            long sequence = batch.first() + i;
            EncodedRecord record = batch.records().get(i);
            if (sequence < stream.next()) {
                context.count(Counter.RECORDS_DUPLICATE);
            } else if (sequence == stream.next()) {
                log.append(stream, record.detached(), born, generation);
                takeWaiting(stream);
                news = true;
            } else {
                news |= window.offer(stream, sequence, new Stream.Waiting(record.detached(), born, generation));
            }
        }
        return news;
    }

    private void takeWaiting(Stream stream) {
        window.dropBelow(stream, stream.next());
        while (window.holds(stream, stream.next())) {
            Stream.Waiting waiting = window.take(stream, stream.next());
            log.append(stream, waiting.record(), waiting.bornNanos(), waiting.fromGeneration());
        }
    }

    private void countDuplicates(StreamLink from, Batch batch, boolean news) {
        StreamLog held = from.stream.log;
        if (news) {
            from.duplicateBatches = 0;
        } else if (held.holds(batch.last()) && held.source(batch.last()) != from.link.id.generation()) {
            from.duplicateBatches++;
        }
        boolean isParent = from.equals(from.stream.parent);
        if (from.duplicateBatches >= DUPLICATES_BEFORE_PRUNE && !isParent && from.asking == Asking.ASKED) {
            from.duplicateBatches = 0;
            from.asking = Asking.PRUNED;
            from.wish = Wish.PRUNE;
            links.flag(from);
        }
    }

    private void onAdvanced(Stream stream) {
        if (!stream.opened) {
            pushing.open(stream);
        }
        for (StreamLink each : stream.links) {
            links.owe(each);
        }
        announcer.onChange(stream);
        delivery.advance(stream);
        log.settle(stream);
        repair.onAdvance(stream);
        context.alarms.setNoLaterThan(Alarm.RETENTION, context.in(retentionStep()));
    }

    private void onHave(Link link, Have have) {
        if (isOwnFuture(have.stream(), have.contiguous())) {
            context.ownFuture = Math.max(context.ownFuture, have.stream().epoch());
            return;
        }
        boolean empty = have.contiguous() < have.base();
        Stream stream = empty ? streams.find(have.stream()) : learn(have.stream());
        if (stream == null) {
            return;
        }
        StreamLink from = streams.on(link, stream);
        from.heard = true;
        from.theirsBase = have.base();
        from.theirs = Math.max(from.theirs, have.contiguous());
        from.cursor = Math.max(from.cursor, from.theirs + 1);
        if (have.base() <= stream.next() && have.contiguous() >= stream.next()) {
            from.missedBelow = 0;
        }
        stream.highestKnown = Math.max(stream.highestKnown, have.contiguous());
        if (stream.id.origin().equals(context.settings.self())) {
            publisher.onHave(link, have);
            return;
        }
        if (stream.closed) {
            delivery.tooLate(stream);
        }
        if (link.isReady()) {
            repair.review(stream);
        }
    }

    private boolean isOwnFuture(StreamId stream, long contiguous) {
        if (!stream.origin().equals(context.settings.self())) {
            return false;
        }
        Stream own = streams.find(stream);
        boolean published = own != null && contiguous <= own.log.contiguous();
        return stream.epoch() > context.ownStream.epoch() || (context.isOwn(stream) && !published && contiguous > 0);
    }

    private void onDigestComplete(Link link, Message.DigestComplete complete) {
        if (link.digestReceived) {
            return;
        }
        link.digestReceived = true;
        long listened = Math.max(0, complete.listeningMillis()) * 1_000_000;
        link.listeningSince = link.upAt
                - listened
                - context.settings.broadcasting().startSlack().toNanos();
        if (context.listeningSince == Alarms.NEVER && link.isNeighbour()) {
            context.listeningSince = context.now;
            startAtHeads(link);
        }
        if (link.isReady()) {
            openStreams(link);
        }
    }

    /** A joiner begins where its first neighbour stands. With replay, that neighbour decides where. */
    private void startAtHeads(Link link) {
        if (!context.settings.broadcasting().replayOnJoin().isZero()) {
            return;
        }
        for (StreamLink each : link.streams.values()) {
            if (!each.stream.started && each.theirs > 0) {
                each.stream.startAt(each.theirs + 1, listeningFrom());
            }
        }
    }

    private long listeningFrom() {
        long since = context.listeningSince == Alarms.NEVER ? context.now : context.listeningSince;
        return since - context.settings.broadcasting().startSlack().toNanos();
    }

    private void onMiss(Link link, Miss miss) {
        if (!link.isNeighbour()) {
            context.count(Counter.IGNORED_MESSAGES);
            return;
        }
        Stream stream = miss.base() > 1 && !miss.pending() ? learn(miss.stream()) : streams.find(miss.stream());
        if (stream == null || context.isOwn(stream.id)) {
            context.count(Counter.IGNORED_MESSAGES);
            return;
        }
        if (!stream.started && miss.base() > 1 && !miss.pending()) {
            stream.startAt(1, Long.MIN_VALUE);
        }
        StreamLink from = streams.on(link, stream);
        boolean reliedOn = from.asking == Asking.ASKED;
        noteMiss(from, miss);
        if (hasAlternative(from)) {
            context.count(Counter.MISSES_WITH_ALTERNATIVE);
        }
        if (reliedOn && !miss.pending()) {
            stream.parent = from.equals(stream.parent) ? null : stream.parent;
            repair.askAnother(stream);
        }
        repair.review(stream);
    }

    private void noteMiss(StreamLink from, Miss miss) {
        Stream stream = from.stream;
        from.heard = true;
        if (miss.pending()) {
            from.pendingFor = stream.next();
            return;
        }
        from.asking = from.wish == Wish.GRAFT ? Asking.ASKED : Asking.UNSAID;
        if (miss.base() == Miss.NONE) {
            from.missedBelow = stream.next() + 1;
            return;
        }
        from.missedBelow = Math.max(from.missedBelow, miss.base());
        from.theirsBase = Math.max(from.theirsBase, miss.base());
        from.theirs = Math.max(from.theirs, miss.base() - 1);
        stream.highestKnown = Math.max(stream.highestKnown, miss.base() - 1);
    }

    private static boolean hasAlternative(StreamLink missing) {
        for (StreamLink each : missing.stream.links) {
            if (!each.equals(missing) && each.link.canBeAsked() && each.isAhead() && !each.hasMissed()) {
                return true;
            }
        }
        return false;
    }

    private void onLeave(Link link, Message.Leave leave) {
        link.leaving = true;
        StreamId theirs = new StreamId(link.peer(), link.peerEpoch);
        Stream own = streams.find(theirs);
        if (own != null) {
            own.highestKnown = Math.max(own.highestKnown, leave.last());
        }
        for (StreamLink each : List.copyOf(link.streams.values())) {
            onSourceLost(each);
        }
    }

    private void onSourceLost(StreamLink lost) {
        if (lost.equals(lost.stream.parent)) {
            lost.stream.parent = null;
            repair.askAnother(lost.stream);
        }
        repair.review(lost.stream);
    }

    private void giveUp(Stream stream, long to) {
        delivery.giveUpTo(stream, to);
        log.skipTo(stream, to + 1);
        takeWaiting(stream);
        onAdvanced(stream);
    }

    private @Nullable Stream learn(StreamId id) {
        return streams.findOrLearn(id);
    }

    private void onRetentionAlarm() {
        Broadcasting settings = context.settings.broadcasting();
        long oldest = context.now - settings.retention().toNanos();
        long forgottenBefore = context.now - 2 * settings.retention().toNanos();
        for (Stream stream : List.copyOf(streams.all())) {
            log.evictOlderThan(stream, oldest);
            boolean idle = Math.max(stream.advancedAt, stream.arrivedAt) < forgottenBefore;
            if (idle && stream.log.size() == 0 && !context.isOwn(stream.id) && !stream.isIncomplete()) {
                forget(stream);
            }
        }
        if (!streams.all().isEmpty()) {
            context.alarms.set(Alarm.RETENTION, context.in(retentionStep()));
        }
    }

    private Duration retentionStep() {
        return context.settings.broadcasting().retention().dividedBy(16);
    }

    private void forget(Stream stream) {
        repair.forget(stream);
        delivery.forget(stream);
        announcer.forget(stream);
        window.forget(stream);
        log.forget(stream);
        streams.forget(stream);
    }
}
