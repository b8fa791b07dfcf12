package dev.wsmesh.protocol;

import dev.wsmesh.protocol.Alarms.Alarm;
import dev.wsmesh.protocol.Message.Batch;
import dev.wsmesh.protocol.Message.Graft;
import dev.wsmesh.protocol.Message.Have;
import dev.wsmesh.protocol.Message.Miss;
import java.time.Duration;
import java.util.List;

/**
 * Per stream a tree over the links, found and repaired as in Plumtree (Leitao, Pereira, Rodrigues, SRDS 2007), with consecutive
 * numbers in place of message ids: "everything up to here" makes de-duplication, acknowledgement, digest and repair one thing.
 *
 * <p>Here the parts are joined: {@link Arrivals} and {@link Claims} take in what neighbours send and say, {@link Repair} gets what
 * did not come, {@link Delivery} hands over, {@link Pushing} and {@link Announcer} decide what neighbours get, {@link Publisher}
 * holds publishers back, {@link Backfill} fetches a newcomer's past.
 */
final class Broadcast {
    /** In milliseconds, as epochs are: about a minute. */
    private static final int EPOCH_JUMP = 1 << 16;

    private final Context context;
    private final Links links;
    final Streams streams;
    final Log log;
    final ReorderWindow window;
    final Pushing pushing;
    final Publisher publisher;
    private final Delivery delivery;
    private final Announcer announcer;
    private final Repair repair;
    private final Backfill backfill;
    private final Arrivals arrivals;
    private final Claims claims;

    Broadcast(Context context, Links links) {
        this.context = context;
        this.links = links;
        this.streams = new Streams(context);
        this.delivery = new Delivery(context);
        this.log = new Log(context, streams, delivery::releaseNow);
        this.window = new ReorderWindow(context);
        this.announcer = new Announcer(context, links, streams);
        this.pushing = new Pushing(context, links, streams, announcer);
        this.repair = new Repair(context, links, streams, new Repair.Gaps() {
            @Override
            public void giveUp(Stream stream, long to) {
                delivery.giveUpTo(stream, to);
                skip(stream, to);
            }

            @Override
            public void skip(Stream stream, long to) {
                log.skipTo(stream, to + 1);
                arrivals.takeWaiting(stream);
                onAdvanced(stream);
            }
        });
        this.backfill = new Backfill(context, links, log, this::onBackfilled);
        this.publisher = new Publisher(context, links, streams);
        this.arrivals = new Arrivals(context, links, log, window);
        this.claims = new Claims(context, streams, repair, delivery, publisher);
        context.alarms.set(
                Alarm.DIGEST,
                context.inAbout(context.settings.broadcasting().sending().digestInterval()));
    }

    void onLinkUp(Link link) {
        announcer.sendDigest(link);
    }

    void onLinkGone(Link link) {
        streams.detach(link);
        for (StreamLink each : link.streams.values()) {
            repair.onSourceLost(each);
        }
        link.streams.clear();
        link.flagged.clear();
        link.owed.clear();
        link.denials.clear();
        backfill.onLinkGone(link);
        publisher.reviewWindow();
    }

    void onMessage(Link link, Message.Broadcast message) {
        switch (message) {
            case Batch batch -> onBatch(link, batch);
            case Have have -> claims.onHave(link, have);
            case Message.DigestComplete complete -> onDigestComplete(link, complete);
            case Graft graft -> pushing.onGraft(link, graft);
            case Message.Prune prune -> pushing.onPrune(link, prune);
            case Miss miss -> claims.onMiss(link, miss);
            case Message.Leave leave -> onLeave(link, leave);
            case Message.Backfill wanted -> backfill.onWanted(link, wanted);
            case Message.History history -> backfill.onHistory(link, history);
        }
    }

    void publish(Input.Publish publish) {
        Stream stream = append(publish.record());
        publisher.onPublished(publish, stream);
        onAdvanced(stream);
    }

    /** By the node itself. */
    void publish(EncodedRecord beacon) {
        Stream stream = append(beacon);
        publisher.onBeacon(stream);
        onAdvanced(stream);
    }

    boolean hasPublishedSince(long nanos) {
        Stream own = streams.find(context.ownStream);
        return own != null && own.log.size() > 0 && own.log.born(own.log.contiguous()) >= nanos;
    }

    long lastPublished() {
        Stream own = streams.find(context.ownStream);
        return own == null ? 0 : own.log.contiguous();
    }

    /** The link is a neighbour's and its digest is known: streams begin to flow, and whatever is published now is owed to it. */
    void openStreams(Link link) {
        if (link.canBeAsked()) {
            context.emit(new Output.NeighbourUp(link.id));
        }
        context.lastReadyAt = context.now;
        pushing.open(link);
        streams.forgottenSince(link.listeningSince).forEach(miss -> links.deny(link, miss));
        links.touch(link);
        for (Stream stream : streams.all()) {
            repair.onSourceFound(stream);
        }
    }

    /** From now on nothing is asked for, and nothing taken. */
    void prepareToLeave() {
        backfill.stop();
        pushing.pushWhatIsLeft();
    }

    void onAlarms() {
        context.alarms.ifDue(Alarm.HAVES, context.now, announcer::onHavesAlarm);
        context.alarms.ifDue(Alarm.REPAIR, context.now, repair::onAlarm);
        context.alarms.ifDue(Alarm.DIGEST, context.now, announcer::onDigestAlarm);
        context.alarms.ifDue(Alarm.RETENTION, context.now, this::onRetentionAlarm);
        context.alarms.ifDue(Alarm.BACKFILL, context.now, backfill::onAlarm);
        context.alarms.ifDue(Alarm.ACKNOWLEDGEMENTS, context.now, publisher::onAcknowledgementsAlarm);
        context.alarms.ifDue(Alarm.PUBLISH_WINDOW, context.now, publisher::onWindowAlarm);
        context.alarms.ifDue(Alarm.EPOCHS, context.now, delivery::reviewHeld);
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
            announcer.forget(own);
            log.forget(own);
            streams.remove(own);
        } else if (own != null) {
            log.spare(own);
        }
        context.acknowledgeUpTo = 0;
        // A jump rather than a step: an earlier run may have taken, and forgotten, the very next one.
        long beyond = 1L + context.random.nextInt(EPOCH_JUMP);
        context.ownStream =
                new StreamId(context.settings.self(), Math.max(context.ownFuture, context.ownStream.epoch()) + beyond);
        context.ownFuture = 0;
    }

    private Stream append(EncodedRecord record) {
        Stream found = streams.find(context.ownStream);
        Stream stream = found != null ? found : streams.create(context.ownStream);
        if (!stream.started) {
            stream.startAt(1, Long.MIN_VALUE);
        }
        log.append(stream, Records.of(record), context.now, 0);
        stream.noteKnown(stream.log.contiguous(), context.now);
        return stream;
    }

    private void onBatch(Link link, Batch batch) {
        if (!link.isNeighbour() || context.leaving) {
            context.count(Counter.IGNORED_MESSAGES);
            return;
        }
        Stream stream = streams.findOrLearn(batch.stream());
        if (stream == null || context.isOwn(batch.stream())) {
            return;
        }
        StreamLink from = streams.on(link, stream);
        if (!stream.started || arrivals.isChosenForUs(from)) {
            start(stream, batch);
        }
        if (batch.records().isEmpty()) {
            claims.onBeginning(from, batch.first());
            return;
        }
        if (arrivals.take(from, batch)) {
            onAdvanced(stream);
        } else {
            repair.review(stream);
        }
        if (batch.acknowledge()) {
            announcer.acknowledgeAtOnce(from);
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
        stream.forgetFresh();
        log.settle(stream);
        repair.onAdvance(stream);
    }

    /** The leaver waits until it knows what we hold. */
    private void onLeave(Link link, Message.Leave leave) {
        claims.onLeave(link, leave);
        if (link.isNeighbour() && !context.leaving) {
            announcer.sendDigest(link);
        }
    }

    private void onDigestComplete(Link link, Message.DigestComplete complete) {
        if (link.digestReceived) {
            return;
        }
        link.digestReceived = true;
        long listened = Math.max(0, complete.listeningMillis()) * 1_000_000;
        link.listeningSince = link.upAtPeerAfter
                - listened
                - context.settings.broadcasting().listening().startSlack().toNanos();
        if (link.isReady()) {
            openStreams(link);
        }
    }

    /** Here delivery begins; the log will begin earlier, if others have more. What comes before is older than the Batch. */
    private void start(Stream stream, Batch chosen) {
        stream.startAt(chosen.first(), context.now - chosen.ageMillis() * 1_000_000 + 1);
        backfill.want(stream);
    }

    /** Others may have listened for longer than we have: they get the past too. */
    private void onBackfilled(Stream stream) {
        if (streams.find(stream.id) != null) {
            pushing.open(stream);
            announcer.announce(stream);
        }
    }

    private void onRetentionAlarm() {
        long retention = context.settings.broadcasting().memory().retention().toNanos();
        long oldest = context.now - retention;
        long oldestKept = oldest - longestWait();
        long forgottenBefore = context.now - 2 * retention;
        for (Stream stream : List.copyOf(streams.all())) {
            context.alarms.attempt(() -> {
                log.evictOlderThan(stream, oldest, oldestKept);
                forgetIfSpent(stream, forgottenBefore);
            });
        }
        streams.watchAge();
    }

    /**
     * How much longer than usual a neighbour may need what we hold: it waits for what seems to be on its way, for another that says
     * nothing, and then for its grace.
     */
    private long longestWait() {
        Duration retention = context.settings.broadcasting().memory().retention();
        Duration silence = context.settings.liveness().unresponsiveAfter();
        Duration waited = retention.compareTo(silence) > 0 ? retention : silence;
        return waited.plus(silence)
                .plus(context.settings.broadcasting().repairing().longestGrace())
                .toNanos();
    }

    private void forgetIfSpent(Stream stream, long forgottenBefore) {
        boolean idle = Math.max(stream.advancedAt, stream.arrivedAt) < forgottenBefore;
        boolean spent = stream.log.size() == 0 && !stream.isIncomplete() && !stream.owesSomebody();
        if (idle && spent && !context.isOwn(stream.id)) {
            forget(stream);
        }
    }

    private void forget(Stream stream) {
        repair.forget(stream);
        announcer.forget(stream);
        backfill.forget(stream);
        window.forget(stream);
        log.forget(stream);
        streams.forget(stream);
    }
}
