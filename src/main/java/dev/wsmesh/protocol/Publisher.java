package dev.wsmesh.protocol;

import dev.wsmesh.protocol.Alarms.Alarm;
import dev.wsmesh.protocol.Input.Acknowledgements;
import dev.wsmesh.protocol.Input.Backpressure;
import dev.wsmesh.protocol.Output.Refusal;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The publishing end of the own stream: admission by the window, and the count of acknowledgements. */
final class Publisher {
    private static final class Pending {
        final long ticket;
        final StreamId stream;
        final long sequence;
        final Acknowledgements wanted;
        final Set<NodeId> holders = new HashSet<>();

        Pending(long ticket, StreamId stream, long sequence, Acknowledgements wanted) {
            this.ticket = ticket;
            this.stream = stream;
            this.sequence = sequence;
            this.wanted = wanted;
        }
    }

    private final Context context;
    private final Settings.Publishing settings;
    private final int mostRecordBytes;
    private final Links links;
    private final Streams streams;
    private final List<Pending> pending = new ArrayList<>();
    private final PublicationRun run = new PublicationRun();
    private long shutSince = Alarms.NEVER;
    /** Some neighbour is a laggard. */
    private boolean hasLaggards;

    Publisher(Context context, Links links, Streams streams) {
        this.context = context;
        this.settings = context.settings.broadcasting().publishing();
        this.mostRecordBytes = context.settings.limits().recordBytes();
        this.links = links;
        this.streams = streams;
    }

    /** To be called before each input, whatever it is. */
    void onInput(boolean isPublication) {
        run.onInput(isPublication);
    }

    /** Why the publication may not happen now; null if it may. */
    @Nullable
    Refusal refusal(Input.Publish publish) {
        if (publish.record().length() > mostRecordBytes) {
            return Refusal.RECORD_TOO_LARGE;
        }
        Acknowledgements wanted = publish.acknowledgements();
        if (wanted != null && !wanted.waitForLinks() && wanted.count() > neighbours()) {
            return Refusal.TOO_FEW_NEIGHBOURS;
        }
        if (wanted != null && pending.size() >= settings.pendingAcknowledgements()) {
            return Refusal.TOO_MANY_PENDING;
        }
        if (publish.backpressure() == Backpressure.FAIL && isShut()) {
            noteShut();
            return Refusal.WINDOW_SHUT;
        }
        return null;
    }

    void onBeacon(Stream stream) {
        onPublished(Output.Published.BEACON, stream);
    }

    void onPublished(Input.Publish publish, Stream stream) {
        long sequence = stream.log.contiguous();
        run.used(stream.log.cost(sequence));
        onPublished(publish.ticket(), stream);
        Acknowledgements wanted = publish.acknowledgements();
        if (wanted == null) {
            return;
        }
        if (wanted.count() <= 0) {
            context.emit(new Output.Acknowledged(publish.ticket()));
            return;
        }
        pending.add(new Pending(publish.ticket(), stream.id, sequence, wanted));
        context.acknowledgeUpTo = sequence;
        context.alarms.setNoLaterThan(Alarm.ACKNOWLEDGEMENTS, wanted.deadlineNanos());
    }

    private void onPublished(long ticket, Stream stream) {
        context.count(Counter.RECORDS_PUBLISHED);
        context.emit(new Output.Published(ticket, stream.id, stream.log.contiguous(), neighbours()));
    }

    /** A neighbour said what it holds of one of our streams. */
    void onHave(Link link, Message.Have have) {
        if (!link.isNeighbour()) {
            return;
        }
        for (Iterator<Pending> each = pending.iterator(); each.hasNext(); ) {
            Pending one = each.next();
            boolean held = have.base() <= one.sequence && one.sequence <= have.contiguous();
            if (!held || !one.stream.equals(have.stream()) || !one.holders.add(link.peer())) {
                continue;
            }
            if (one.holders.size() >= one.wanted.count()) {
                each.remove();
                context.emit(new Output.Acknowledged(one.ticket));
            }
        }
    }

    void onAcknowledgementsAlarm() {
        for (Iterator<Pending> each = pending.iterator(); each.hasNext(); ) {
            Pending one = each.next();
            if (one.wanted.deadlineNanos() <= context.now) {
                each.remove();
                context.emit(new Output.AcknowledgementFailed(one.ticket, one.holders.size()));
            } else {
                context.alarms.setNoLaterThan(Alarm.ACKNOWLEDGEMENTS, one.wanted.deadlineNanos());
            }
        }
    }

    /** The node leaves: nobody will answer any more. */
    void onLeft() {
        for (Pending one : pending) {
            context.emit(new Output.AcknowledgementFailed(one.ticket, one.holders.size()));
        }
        pending.clear();
    }

    /** To be called when cursors of the own stream may have moved, or links gone. */
    void reviewWindow() {
        if (hasLaggards) {
            forgive();
        }
        if (shutSince == Alarms.NEVER || isShut()) {
            return;
        }
        shutSince = Alarms.NEVER;
        context.emit(new Output.WindowOpened());
    }

    /** The window has been shut long enough: who holds it is no longer waited for. */
    void onWindowAlarm() {
        Stream own = streams.find(context.ownStream);
        if (shutSince == Alarms.NEVER || own == null) {
            return;
        }
        for (StreamLink each : own.links) {
            if (!each.link.laggard && isBehindAWindow(each)) {
                each.link.laggard = true;
                hasLaggards = true;
                context.count(Counter.LAGGARDS);
            }
        }
        reviewWindow();
    }

    /** Who has caught up is waited for again. */
    private void forgive() {
        Stream own = streams.find(context.ownStream);
        if (own == null) {
            return;
        }
        hasLaggards = false;
        for (StreamLink each : own.links) {
            each.link.laggard &= each.isOwed();
            hasLaggards |= each.link.laggard;
        }
    }

    private void noteShut() {
        if (shutSince == Alarms.NEVER) {
            shutSince = context.now;
            context.alarms.set(Alarm.PUBLISH_WINDOW, context.in(settings.laggardAfter()));
        }
    }

    private boolean isShut() {
        if (run.hasRoom()) {
            return false;
        }
        Stream own = streams.find(context.ownStream);
        return own != null && isShut(own);
    }

    private boolean isShut(Stream own) {
        long mostBehind = 0;
        for (StreamLink each : own.links) {
            if (!each.link.laggard) {
                mostBehind = Math.max(mostBehind, bytesBehind(each));
            }
        }
        // While there is a laggard, this is looked at each time: once it has caught up it is waited for again.
        run.noteRoom(hasLaggards ? 0 : settings.windowBytes() - mostBehind);
        return mostBehind >= settings.windowBytes();
    }

    private boolean isBehindAWindow(StreamLink each) {
        return bytesBehind(each) >= settings.windowBytes();
    }

    private static long bytesBehind(StreamLink each) {
        return each.isOwed() ? each.stream.log.costFrom(each.cursor) : 0;
    }

    /** Who is linked twice, for a moment, counts once. */
    private int neighbours() {
        int known = run.neighbours();
        if (known != PublicationRun.UNKNOWN) {
            return known;
        }
        int count = countNeighbours();
        run.noteNeighbours(count);
        return count;
    }

    private int countNeighbours() {
        int count = 0;
        for (Link link : links.all()) {
            if (link.canBeAsked() && !(links.hasTwins() && isSecondWithItsPeer(link))) {
                count++;
            }
        }
        return count;
    }

    private boolean isSecondWithItsPeer(Link link) {
        for (Link other : links.all()) {
            if (other.equals(link)) {
                return false;
            }
            if (other.canBeAsked() && other.peer().equals(link.peer())) {
                return true;
            }
        }
        return false;
    }
}
