package dev.wsmesh.protocol;

import dev.wsmesh.protocol.Alarms.Alarm;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * All streams that the node knows, and for a bounded number of those that it has forgotten, how far it had come: a stream that
 * comes back goes on from there.
 */
final class Streams {
    private final Context context;
    private final Map<StreamId, Stream> known = new LinkedHashMap<>();
    /** The last one that was asked for: nearly always the next one, too. */
    private @Nullable Stream found;

    private final Map<NodeId, Origin> origins = new LinkedHashMap<>();
    private final Map<StreamId, Position> forgotten = new LinkedHashMap<>();
    /** The same by origin, so that a new stream need not look through all of them. */
    private final Map<NodeId, List<StreamId>> forgottenOf = new HashMap<>();

    /**
     * Where a forgotten stream stood.
     *
     * @param bornBelow what is not beyond that was born before this time
     * @param released it had passed the gate, which closes older epochs, or was itself closed by a newer one
     */
    private record Position(long last, long bornBelow, boolean released) {}

    Streams(Context context) {
        this.context = context;
    }

    Collection<Stream> all() {
        return known.values();
    }

    int forgottenCount() {
        return forgotten.size();
    }

    @Nullable
    @SuppressWarnings("ReferenceEquality") // a quick guess, no more
    Stream find(StreamId id) {
        Stream last = found;
        if (last != null && last.id == id) {
            return last;
        }
        Stream stream = known.get(id);
        found = stream;
        return stream;
    }

    /**
     * The stream, created if need be; null if there is no room for another. Our own is only created by publishing. What we
     * published in earlier runs is learned like any other, for those behind us; but nothing of it is delivered here.
     */
    @Nullable
    Stream findOrLearn(StreamId id) {
        Stream stream = known.get(id);
        boolean own = context.isOurs(id);
        if (stream != null || (own && id.epoch() >= context.ownStream.epoch())) {
            return stream;
        }
        if (known.size() >= context.settings.broadcasting().memory().streams()) {
            context.count(Counter.STREAMS_REFUSED);
            return null;
        }
        stream = create(id);
        if (own || hasReleasedNewer(id)) {
            stream.origin.close(stream);
        }
        Position position = removeForgotten(id);
        if (position != null) {
            context.count(Counter.STREAMS_RELEARNED);
            stream.startAt(position.last() + 1, position.bornBelow());
            if (!stream.closed && position.released()) {
                stream.origin.release(stream);
            }
        }
        return stream;
    }

    /** Whether a stream that we have forgotten went on beyond where we stood: that is a loss, whoever still holds it. */
    boolean hasForgottenBefore(StreamId id, long sequence) {
        Position position = forgotten.get(id);
        return position != null && position.last() < sequence;
    }

    /** Whether we had come at least so far with a stream that we have forgotten. */
    boolean hasForgottenBeyond(StreamId id, long sequence) {
        Position position = forgotten.get(id);
        return position != null && position.last() >= sequence;
    }

    /** Who has listened since before this may have missed what we have forgotten: all that is left of it is that it was there. */
    List<Message.Miss> forgottenSince(long nanos) {
        List<Message.Miss> misses = new ArrayList<>(0);
        forgotten.forEach((id, position) -> {
            if (position.bornBelow() > nanos) {
                misses.add(new Message.Miss(id, position.last() + 1, false));
            }
        });
        return misses;
    }

    /** The answer to who asks for a stream that is not known: how far it went, if we had come further, or only that we lack it. */
    Message.Miss denial(Message.Graft graft) {
        long base = hasForgottenBeyond(graft.stream(), graft.from())
                ? Objects.requireNonNull(forgotten.get(graft.stream())).last() + 1
                : Message.Miss.NONE;
        return new Message.Miss(graft.stream(), base, false);
    }

    /** Of those that are forgotten; the origin knows of the others. */
    private boolean hasReleasedNewer(StreamId id) {
        for (StreamId each : forgottenOf.getOrDefault(id.origin(), List.of())) {
            if (each.epoch() > id.epoch()
                    && Objects.requireNonNull(forgotten.get(each)).released()) {
                return true;
            }
        }
        return false;
    }

    Stream create(StreamId id) {
        Origin origin = origins.computeIfAbsent(id.origin(), Origin::new);
        Stream stream = new Stream(id, origin, context.now, context.spareMemory);
        origin.add(stream);
        known.put(id, stream);
        watchAge();
        return stream;
    }

    /** As long as there are streams, someone has to look whether their records, and they themselves, are too old. */
    void watchAge() {
        if (!known.isEmpty()) {
            Duration step = context.settings.broadcasting().memory().retention().dividedBy(16);
            context.alarms.setNoLaterThan(Alarm.RETENTION, context.in(step));
        }
    }

    void forget(Stream stream) {
        remove(stream);
        if (!stream.started) {
            return;
        }
        context.count(Counter.STREAMS_FORGOTTEN);
        long last = Math.max(stream.delivered, stream.log.contiguous());
        forgotten.put(stream.id, new Position(last, stream.bornBelow, stream.released || stream.closed));
        forgottenOf.computeIfAbsent(stream.id.origin(), _ -> new ArrayList<>(1)).add(stream.id);
        if (forgotten.size() > context.settings.broadcasting().memory().forgottenPositions()) {
            removeForgotten(forgotten.keySet().iterator().next());
        }
    }

    private @Nullable Position removeForgotten(StreamId id) {
        List<StreamId> siblings = forgottenOf.get(id.origin());
        if (siblings != null && siblings.remove(id) && siblings.isEmpty()) {
            forgottenOf.remove(id.origin());
        }
        return forgotten.remove(id);
    }

    /** Removes the stream without a trace. */
    void remove(Stream stream) {
        known.remove(stream.id);
        found = null;
        stream.origin.remove(stream);
        if (stream.origin.isEmpty()) {
            origins.remove(stream.origin.id);
        }
        for (StreamLink each : stream.links) {
            each.link.streams.remove(stream.id);
            each.link.flagged.remove(each);
            each.link.owed.remove(each);
        }
    }

    StreamLink on(Link link, Stream stream) {
        StreamLink found = link.streams.get(stream.id);
        if (found == null) {
            found = new StreamLink(link, stream);
            link.streams.put(stream.id, found);
            stream.links.add(found);
        }
        return found;
    }

    /** The link is gone; whose stream's parent it was is for the caller to see. */
    void detach(Link link) {
        for (StreamLink each : link.streams.values()) {
            each.stream.links.remove(each);
        }
    }

    /** Whether the peer's digest holds a record that is so young that it can only have come through a common mesh. */
    boolean sharesFreshRecord(Link link) {
        long since = context.now - context.settings.membership().evidenceAge().toNanos();
        for (StreamLink each : link.streams.values()) {
            StreamLog held = each.stream.log;
            long fresh = held.firstBornSince(since);
            if (held.holds(fresh) && each.theirs >= fresh) {
                return true;
            }
        }
        return false;
    }

    boolean advancedSince(NodeId origin, long nanos) {
        for (Stream stream : known.values()) {
            if (stream.id.origin().equals(origin) && stream.log.size() > 0 && stream.advancedAt >= nanos) {
                return true;
            }
        }
        return false;
    }
}
