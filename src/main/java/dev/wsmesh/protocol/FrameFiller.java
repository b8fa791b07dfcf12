package dev.wsmesh.protocol;

import dev.wsmesh.protocol.Message.Batch;
import dev.wsmesh.protocol.StreamLink.Answer;
import dev.wsmesh.protocol.StreamLink.Wish;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes the next frame of a link from its flags and cursors: control before payload, streams in turns. What is said is what
 * is true now, not when it was flagged.
 */
final class FrameFiller {
    /** The most that a Have with the full name of its stream takes; by alias, as nearly always, it is about 10. */
    static final int CONTROL_BYTES = 64;

    /**
     * So many frames may go before what only fits into a frame of its own. A record that is as large as records may be takes no more of
     * the link than they do; without an end it would wait for ever where there is always something better.
     */
    static final int MOST_PUT_OFF = Limits.DEFAULT.frameBytes() / Limits.FRAME_TARGET_BYTES;

    /** Of a contact without its address. */
    private static final int CONTACT_BYTES = 32;

    /** With this alone, a frame is full before it holds more records than its reader accepts. */
    static final int RECORD_FRAMING_BYTES = 6;

    /** Whatever is older is said to be as old as this. */
    private static final long MOST_AGE = Duration.ofDays(30).toNanos();

    private final Context context;
    private final HistoryFiller history;

    FrameFiller(Context context) {
        this.context = context;
        this.history = new HistoryFiller(context);
    }

    @Nullable
    Frame fill(Link link) {
        List<Message> control = new ArrayList<>();
        List<Message> payload = new ArrayList<>();
        int room = Math.min(Limits.FRAME_TARGET_BYTES, link.frameBytes) - Limits.FRAME_OVERHEAD_BYTES;
        if (link.pong != null) {
            control.add(link.pong);
            room -= sizeOf(link.pong);
            link.pong = null;
        }
        while (!link.control.isEmpty() && (control.isEmpty() || sizeOf(link.control.getFirst()) <= room)) {
            Message message = link.control.removeFirst();
            control.add(message);
            room -= sizeOf(message);
        }
        if (link.phase == Link.Phase.OPEN) {
            fillStreams(link, control, payload, room);
        }
        if (control.isEmpty()) {
            // Nearly always there is nothing but payload.
            return payload.isEmpty() ? null : new Frame(payload);
        }
        control.addAll(payload);
        return new Frame(control);
    }

    private void fillStreams(Link link, List<Message> control, List<Message> payload, int room) {
        if (control.isEmpty() && history.isOverdue(link)) {
            history.fill(link, payload, room, true);
            return;
        }
        if (control.isEmpty() && link.recordPutOff >= MOST_PUT_OFF) {
            int _ = fillOwed(link, control, payload, room);
            return;
        }
        int left = fillFlagged(link, control, payload, room);
        left = fillOwed(link, control, payload, left);
        history.fill(link, payload, left, control.isEmpty());
    }

    private int fillFlagged(Link link, List<Message> messages, List<Message> payload, int room) {
        int left = room;
        List<StreamLink> early = new ArrayList<>(0);
        while (!link.flagged.isEmpty() && left > 0) {
            StreamLink stream = link.flagged.removeFirst();
            stream.inFlagged = false;
            left -= renderFlags(stream, messages);
            left -= CONTROL_BYTES * renderStart(stream, payload);
            if (stream.wish == Wish.GRAFT) {
                early.add(stream);
            }
        }
        while (!link.denials.isEmpty() && left > 0) {
            messages.add(link.denials.removeFirst());
            left -= CONTROL_BYTES;
        }
        if (link.digestDue && link.flagged.isEmpty()) {
            link.digestDue = false;
            link.digestSaid = true;
            messages.add(new Message.DigestComplete(listeningMillis()));
            left -= CONTROL_BYTES;
        }
        for (StreamLink stream : early) {
            stream.inFlagged = true;
            link.flagged.addLast(stream);
        }
        return left;
    }

    private int renderFlags(StreamLink stream, List<Message> messages) {
        int before = messages.size();
        renderWish(stream, messages);
        if (stream.answer != Answer.NONE) {
            renderMiss(stream, messages);
        }
        boolean news = stream.said < stream.stream.log.contiguous() && !stream.isOwed();
        if (stream.haveForced || (stream.haveDue && news)) {
            StreamLog log = stream.stream.log;
            messages.add(new Message.Have(stream.stream.id, log.base(), log.contiguous()));
            context.count(Counter.HAVES_SENT);
            stream.said = log.contiguous();
        }
        stream.haveDue = false;
        stream.haveForced = false;
        return CONTROL_BYTES * (messages.size() - before);
    }

    /**
     * Also where records follow: if they are gone by then, the neighbour knows where what it lacks begins. As it was decided, wherever the
     * cursor is by now: of what has gone since nobody may think that it is older than the neighbour's listening.
     */
    private int renderStart(StreamLink stream, List<Message> payload) {
        if (!stream.startDue) {
            return 0;
        }
        stream.startDue = false;
        long ageMillis = ageMillis(stream.stream.latestBirthBefore(stream.begins()));
        payload.add(new Batch(stream.stream.id, stream.begins(), ageMillis, false, Records.NONE));
        return 1;
    }

    private void renderWish(StreamLink stream, List<Message> messages) {
        if (stream.wish == Wish.GRAFT && context.leaving) {
            // It would not be taken any more.
            stream.wish = Wish.NONE;
            return;
        }
        if (stream.wish == Wish.GRAFT && !stream.link.digestSaid) {
            // Before our digest the neighbour does not hear us.
            return;
        }
        switch (stream.wish) {
            case NONE -> {}
            case GRAFT -> {
                stream.arriving = stream.stream.next();
                messages.add(new Message.Graft(stream.stream.id, stream.arriving));
                context.count(Counter.GRAFTS_SENT);
            }
            case PRUNE -> {
                messages.add(new Message.Prune(stream.stream.id));
                context.count(Counter.PRUNES_SENT);
            }
        }
        stream.wish = Wish.NONE;
    }

    private void renderMiss(StreamLink stream, List<Message> messages) {
        long held = stream.stream.started ? stream.stream.log.base() : Message.Miss.NONE;
        boolean pending = stream.answer == Answer.PENDING;
        boolean isTooLarge = stream.answer == Answer.TOO_LARGE && held < stream.offeredFrom;
        long base = isTooLarge ? stream.offeredFrom : held;
        long tooLarge = isTooLarge ? stream.tooLarge : 0;
        messages.add(new Message.Miss(stream.stream.id, base, pending, tooLarge));
        context.count(pending ? Counter.MISSES_PENDING_SENT : Counter.MISSES_SENT);
        context.count(Counter.RECORDS_TOO_LARGE, tooLarge);
        stream.answer = Answer.NONE;
        if (!pending) {
            stream.offeredAt = base;
            stream.keep(context);
        }
        if (stream.restDue) {
            stream.cursor = Math.max(stream.cursor, base);
            stream.restDue = stream.stream.log.holds(stream.cursor);
        }
        // Who is told what is gone is told what there is, or it would wait for the next change to hear of it.
        stream.haveDue = true;
    }

    private long listeningMillis() {
        long replayMillis =
                context.settings.broadcasting().listening().replayOnJoin().toMillis();
        if (context.listeningSince == Alarms.NEVER) {
            return replayMillis > 0 ? replayMillis : Message.DigestComplete.NEVER;
        }
        return (context.now - context.listeningSince) / 1_000_000 + replayMillis;
    }

    private int fillOwed(Link link, List<Message> control, List<Message> payload, int room) {
        int left = room;
        if (left <= 0 && !link.owed.isEmpty()) {
            link.recordPutOff++;
        }
        while (!link.owed.isEmpty() && left > 0) {
            StreamLink stream = link.owed.removeFirst();
            stream.inOwed = false;
            stream.cursor = Math.max(stream.cursor, stream.theirs + 1);
            if (!stream.isOwed()) {
                continue;
            }
            left -= CONTROL_BYTES * renderStart(stream, payload);
            if (stream.cursor < stream.stream.log.base()) {
                context.count(Counter.EVICTED_BEFORE_SENT);
                left -= renderGone(stream, control, Answer.MISS);
                continue;
            }
            if (stream.skipTooLarge(stream.cursor)) {
                left -= renderGone(stream, control, Answer.TOO_LARGE);
                continue;
            }
            if (stream.answer != Answer.NONE) {
                // What is gone has to be said before what is left: it may decide where the stream begins for the
                // neighbour.
                left -= renderFlags(stream, control);
                requeueFirst(stream);
                continue;
            }
            int size = batchBytes(stream, stream.cursor);
            if (size > left && !(control.isEmpty() && payload.isEmpty())) {
                link.recordPutOff++;
                requeueFirst(stream);
                return 0;
            }
            link.recordPutOff = 0;
            left -= renderBatch(stream, payload, left);
            requeueLast(stream);
        }
        return left;
    }

    /**
     * What the link is owed next cannot be sent: only the neighbour can say where to go on. What is left goes out all the same if
     * nobody can bring what is before it, if the neighbour would come too late again, or could not ask any more.
     */
    private int renderGone(StreamLink stream, List<Message> messages, Answer answer) {
        stream.restDue |= context.leaving || answer == Answer.TOO_LARGE;
        stream.push = stream.restDue;
        stream.answer = answer;
        int bytes = renderFlags(stream, messages);
        if (stream.isOwed()) {
            requeueFirst(stream);
        }
        return bytes;
    }

    private int renderBatch(StreamLink stream, List<Message> messages, int room) {
        StreamLog log = stream.stream.log;
        long first = stream.cursor;
        long bornFirst = log.born(first);
        long spread = context.settings.broadcasting().sending().batchSpread().toNanos();
        // Where no other stream waits for its turn, this one goes on.
        boolean alone = stream.link.owed.isEmpty();
        int most = alone
                ? room
                : Math.min(room, context.settings.broadcasting().sending().quantumBytes());
        int count = log.count(first, spread, most - CONTROL_BYTES, RECORD_FRAMING_BYTES);
        Records records = log.get(first, count);
        stream.cursor = first + records.size();
        stream.restDue = false;
        stream.said = Math.max(stream.said, stream.cursor - 1);
        long ageMillis = ageMillis(bornFirst);
        boolean awaited = first <= context.acknowledgeUpTo && context.isOwn(stream.stream.id);
        boolean acknowledge = awaited || context.leaving;
        messages.add(new Batch(stream.stream.id, first, ageMillis, acknowledge, records));
        context.count(Counter.RECORDS_SENT, records.size());
        return CONTROL_BYTES + (int) records.sentBytes() + count * RECORD_FRAMING_BYTES;
    }

    private long ageMillis(long bornNanos) {
        return Math.max(0, context.now - Math.max(bornNanos, context.now - MOST_AGE)) / 1_000_000;
    }

    /** About what a Batch of this one record takes. */
    static int batchBytes(StreamLink stream, long sequence) {
        return CONTROL_BYTES + stream.stream.log.length(sequence) + RECORD_FRAMING_BYTES;
    }

    private static void requeueFirst(StreamLink stream) {
        stream.inOwed = true;
        stream.link.owed.addFirst(stream);
    }

    private static void requeueLast(StreamLink stream) {
        if (stream.isOwed()) {
            stream.inOwed = true;
            stream.link.owed.addLast(stream);
        }
    }

    private static int sizeOf(Message message) {
        return CONTROL_BYTES
                + switch (message) {
                    case Message.Disconnect(var contacts) -> sizeOf(contacts);
                    case Message.Shuffle shuffle -> sizeOf(shuffle.contacts());
                    case Message.ShuffleReply reply -> sizeOf(reply.contacts());
                    case Message.NeighborReply reply -> sizeOf(reply.sender()) + sizeOf(reply.contacts());
                    case Message.Join(var sender) -> sizeOf(sender);
                    case Message.ForwardJoin(var joiner, var _) -> sizeOf(joiner);
                    case Message.Neighbor(var _, var sender) -> sizeOf(sender);
                    case Message.Broadcast _, Message.Liveness _ -> 0;
                    case Message.Handshake _ ->
                        throw new IllegalStateException("a handshake is over before a link is up");
                };
    }

    private static int sizeOf(List<Contact> contacts) {
        int bytes = 0;
        for (Contact contact : contacts) {
            bytes += sizeOf(contact);
        }
        return bytes;
    }

    private static int sizeOf(Contact contact) {
        Address address = contact.address();
        return CONTACT_BYTES + (address == null ? 0 : address.url().length());
    }
}
