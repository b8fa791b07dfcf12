package dev.wsmesh.protocol;

import dev.wsmesh.protocol.Message.Batch;
import dev.wsmesh.protocol.StreamLink.Wish;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes the next frame of a link from its flags and cursors: control before payload, streams in turns. What is said is what
 * is true now, not when it was flagged.
 */
final class FrameFiller {
    /** Generous: a stream is written in full once per link and by alias afterwards. */
    private static final int CONTROL_BYTES = 40;

    private static final int CONTACT_BYTES = 100;
    private static final int RECORD_FRAMING_BYTES = 6;

    private final Context context;

    FrameFiller(Context context) {
        this.context = context;
    }

    @Nullable
    Frame fill(Link link) {
        List<Message> messages = new ArrayList<>();
        int room = Limits.FRAME_TARGET_BYTES;
        while (!link.control.isEmpty() && room > 0) {
            Message message = link.control.removeFirst();
            messages.add(message);
            room -= sizeOf(message);
        }
        if (link.phase == Link.Phase.OPEN) {
            room = fillFlagged(link, messages, room);
            fillOwed(link, messages, room);
        }
        return messages.isEmpty() ? null : new Frame(messages);
    }

    private int fillFlagged(Link link, List<Message> messages, int room) {
        int left = room;
        while (!link.flagged.isEmpty() && left > 0) {
            StreamLink stream = link.flagged.removeFirst();
            stream.inFlagged = false;
            int before = messages.size();
            renderFlags(stream, messages);
            left -= CONTROL_BYTES * (messages.size() - before);
        }
        if (link.digestDue && link.flagged.isEmpty()) {
            link.digestDue = false;
            messages.add(new Message.DigestComplete(listeningMillis()));
            left -= CONTROL_BYTES;
        }
        return left;
    }

    private void renderFlags(StreamLink stream, List<Message> messages) {
        renderWish(stream, messages);
        if (stream.missDue) {
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
    }

    private void renderWish(StreamLink stream, List<Message> messages) {
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
        StreamLog log = stream.stream.log;
        long base = stream.stream.started ? log.base() : Message.Miss.NONE;
        messages.add(new Message.Miss(stream.stream.id, base, stream.missPending));
        context.count(stream.missPending ? Counter.MISSES_PENDING_SENT : Counter.MISSES_SENT);
        stream.missDue = false;
        stream.missPending = false;
    }

    private long listeningMillis() {
        long replayMillis = context.settings.broadcasting().replayOnJoin().toMillis();
        if (context.listeningSince == Alarms.NEVER) {
            return replayMillis > 0 ? replayMillis : Message.DigestComplete.NEVER;
        }
        return (context.now - context.listeningSince) / 1_000_000 + replayMillis;
    }

    private void fillOwed(Link link, List<Message> messages, int room) {
        int left = room;
        while (!link.owed.isEmpty() && left > 0) {
            StreamLink stream = link.owed.removeFirst();
            stream.inOwed = false;
            stream.cursor = Math.max(stream.cursor, stream.theirs + 1);
            if (!stream.isOwed()) {
                continue;
            }
            if (stream.cursor < stream.stream.log.base()) {
                park(stream, messages);
                continue;
            }
            int size = nextSize(stream);
            if (size > left && !messages.isEmpty()) {
                requeueFirst(stream);
                return;
            }
            left -= renderBatch(stream, messages, left);
            requeueLast(stream);
        }
    }

    /** What the link is owed is evicted: only the neighbour can say where to go on. */
    private void park(StreamLink stream, List<Message> messages) {
        context.count(Counter.EVICTED_BEFORE_SENT);
        stream.push = false;
        renderMiss(stream, messages);
    }

    private int renderBatch(StreamLink stream, List<Message> messages, int room) {
        StreamLog log = stream.stream.log;
        long first = stream.cursor;
        long bornFirst = log.born(first);
        long spread = context.settings.broadcasting().batchSpread().toNanos();
        int most = Math.min(room, context.settings.broadcasting().quantumBytes());
        int bytes = nextSize(stream);
        List<EncodedRecord> records = new ArrayList<>();
        records.add(log.get(first));
        for (long at = first + 1; at <= log.contiguous() && log.born(at) - bornFirst <= spread; at++) {
            EncodedRecord record = log.get(at);
            bytes += record.length() + RECORD_FRAMING_BYTES;
            if (bytes > most || records.size() == context.settings.limits().recordsPerFrame()) {
                break;
            }
            records.add(record);
        }
        stream.cursor = first + records.size();
        stream.said = Math.max(stream.said, stream.cursor - 1);
        long ageMillis = Math.max(0, context.now - bornFirst) / 1_000_000;
        boolean acknowledge = first <= context.acknowledgeUpTo && context.isOwn(stream.stream.id);
        messages.add(new Batch(stream.stream.id, first, ageMillis, acknowledge, records));
        context.count(Counter.RECORDS_SENT, records.size());
        return bytes;
    }

    private static int nextSize(StreamLink stream) {
        return CONTROL_BYTES + stream.stream.log.get(stream.cursor).length() + RECORD_FRAMING_BYTES;
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
        return switch (message) {
            case Message.Disconnect(var contacts) -> CONTROL_BYTES + CONTACT_BYTES * contacts.size();
            case Message.Shuffle shuffle ->
                CONTROL_BYTES + CONTACT_BYTES * shuffle.contacts().size();
            case Message.ShuffleReply reply ->
                CONTROL_BYTES + CONTACT_BYTES * reply.contacts().size();
            case Message.Join _, Message.ForwardJoin _, Message.Neighbor _, Message.NeighborReply _ ->
                CONTROL_BYTES + CONTACT_BYTES;
            case Message.Broadcast _, Message.Liveness _ -> CONTROL_BYTES;
            case Message.Handshake _ -> throw new IllegalStateException("a handshake is over before a link is up");
        };
    }
}
