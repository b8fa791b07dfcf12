package dev.wsmesh.node;

import dev.wsmesh.protocol.EncodedRecord;
import dev.wsmesh.protocol.Protocol;
import dev.wsmesh.protocol.Retained;
import dev.wsmesh.protocol.StreamId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How far one subscription has come in the retained past, until it has caught up with the present. Read in portions, so that
 * neither the core is kept for long nor anything held that the core no longer retains: what was evicted before its turn is a
 * gap. Guarded by the monitor of its subscription; the core stands still while it is read.
 */
final class Replay {

    /** Of one portion: the records given, and their bytes; one record is always given. */
    private static final int MOST_RECORDS = 512;

    private static final long MOST_BYTES = 256 << 10;

    /** Of one portion: the records looked at for their topics. */
    private static final int MOST_SEEN = 4_096;

    private static final long UNKNOWN = Long.MIN_VALUE;

    /**
     * So much may the ways to two nodes differ in time, which ages do not tell; what a subscription that goes on is not known to
     * have had is given from so much earlier on. A guess.
     */
    static final long SLACK_NANOS = 1_000_000_000;

    private final Asked asked;
    private final Map<StreamId, Cursor> cursors = new HashMap<>();
    /** Streams of which the subscription has had more than this node, and how much. */
    private final Map<StreamTag, Long> ahead = new HashMap<>();

    private long beganAt = UNKNOWN;

    /** Of one stream: more gaps of the mesh than these are told as one with what lies between. */
    private static final int MOST_GAPS = 64;

    /** Of one stream: the next number to be given, and the last that was delivered or fell into a gap. */
    private static final class Cursor {
        private long next;
        private long seen;
        /** What no node retained, in order: nobody could have read that, however fast. */
        private final ArrayDeque<Gap> unretained = new ArrayDeque<>();

        private Cursor(long next, long seen) {
            this.next = next;
            this.seen = seen;
        }
    }

    /** A record in its place. */
    record Item(StreamId stream, long sequence, EncodedRecord record) {}

    /**
     * What is to be delivered next: the gaps, then the records.
     *
     * @param caughtUp nothing is behind it
     */
    record Portion(List<Gap> gaps, List<Item> items, boolean caughtUp) {
        static final Portion END = new Portion(List.of(), List.of(), true);
    }

    /** A stream in the merge. */
    private record Source(Retained retained, Cursor cursor) {
        long born() {
            return retained.born(cursor.next);
        }
    }

    private Replay(Asked asked) {
        this.asked = asked;
    }

    /**
     * Begins with what was born since then, by the core's clock.
     *
     * @param asked which records the subscription asked for
     */
    static Replay since(Protocol core, long bornSinceNanos, Asked asked) {
        Replay replay = new Replay(asked);
        replay.beganAt = bornSinceNanos;
        for (Retained retained : core.retained()) {
            replay.begin(retained, retained.firstBornSince(bornSinceNanos));
        }
        return replay;
    }

    /** Begins behind what the subscription has had, wherever it had it. */
    static Replay after(Protocol core, Resume resume, Asked asked) {
        Replay replay = new Replay(asked);
        replay.ahead.putAll(resume.positions());
        List<Retained> all = core.retained();
        long brokeOffAt = moment(all, resume.landmark());
        replay.beganAt = earlier(brokeOffAt, resume.age().toNanos());
        for (Retained retained : all) {
            StreamTag tag = StreamTag.of(retained.id());
            Long last = replay.ahead.get(tag);
            if (last != null && last <= retained.settled()) {
                replay.ahead.remove(tag);
            }
            replay.begin(retained, last != null ? last + 1 : replay.firstUnlisted(retained, resume, brokeOffAt));
        }
        return replay;
    }

    private void begin(Retained retained, long next) {
        Cursor cursor = new Cursor(next, retained.settled());
        long gone = Math.min(retained.first() - 1, retained.settled());
        if (next <= gone) {
            cursor.unretained.add(new Gap(retained.id(), next, gone, Gap.Cause.NOT_RETAINED));
        }
        cursors.put(retained.id(), cursor);
    }

    /** Of a stream that had brought nothing: what is younger than the subscription, and a gap where some of that is gone. */
    private long firstUnlisted(Retained retained, Resume resume, long brokeOffAt) {
        if (!resume.complete()) {
            return retained.settled() + 1;
        }
        long began = earlier(beganAt, SLACK_NANOS);
        long first = retained.firstBornSince(began);
        boolean mayHaveLost =
                first == retained.first() && retained.bornBelow() > Math.max(began, earlier(brokeOffAt, SLACK_NANOS));
        return mayHaveLost ? 1 : first;
    }

    /** By this core's clock; UNKNOWN if it does not hold the record. */
    private static long moment(List<Retained> all, @Nullable Landmark landmark) {
        if (landmark == null) {
            return UNKNOWN;
        }
        for (Retained retained : all) {
            if (StreamTag.of(retained.id()).equals(landmark.stream())) {
                boolean held = landmark.sequence() >= retained.first() && landmark.sequence() <= retained.last();
                return held
                        ? retained.born(landmark.sequence()) + landmark.after().toNanos()
                        : UNKNOWN;
            }
        }
        return UNKNOWN;
    }

    private static long earlier(long moment, long nanos) {
        return moment == UNKNOWN ? UNKNOWN : moment - nanos;
    }

    /** Streams of which this node has less than the subscription has had, and how much that is. */
    Map<StreamTag, Long> ahead() {
        return ahead;
    }

    /** When the subscription began, by the core's clock; {@link Long#MIN_VALUE} if that is not known. */
    long beganAt() {
        return beganAt;
    }

    /** These were delivered while the past was being read. */
    void note(StreamId stream, long first, long last) {
        Cursor _ = see(stream, first, last);
    }

    /** The mesh has lost these while the past was being read. */
    void note(Gap gap) {
        Cursor cursor = see(gap.stream(), gap.from(), gap.to());
        Gap last = cursor.unretained.peekLast();
        if (last != null && (cursor.unretained.size() >= MOST_GAPS || last.to() + 1 == gap.from())) {
            cursor.unretained.removeLast();
            cursor.unretained.add(new Gap(gap.stream(), last.from(), gap.to(), last.cause()));
        } else {
            cursor.unretained.add(gap);
        }
    }

    private Cursor see(StreamId stream, long from, long to) {
        Cursor cursor = cursors.computeIfAbsent(stream, _ -> new Cursor(from, to));
        cursor.seen = Math.max(cursor.seen, to);
        return cursor;
    }

    /** The next portion, across all streams by the time of birth, as far as each stream's own order allows it. */
    Portion next(Protocol core) {
        List<Gap> gaps = new ArrayList<>();
        PriorityQueue<Source> sources = new PriorityQueue<>(
                Comparator.comparingLong(Source::born).thenComparing(source -> source.retained.id()));
        Set<StreamId> known = new HashSet<>();
        for (Retained retained : core.retained()) {
            known.add(retained.id());
            Cursor cursor = cursors.get(retained.id());
            if (cursor != null) {
                tell(retained.id(), cursor, Math.min(retained.first() - 1, retained.settled()), gaps);
                if (cursor.next <= retained.last()) {
                    sources.add(new Source(retained, cursor));
                }
            }
        }
        cursors.forEach((stream, cursor) -> {
            if (!known.contains(stream)) {
                tell(stream, cursor, cursor.seen, gaps);
            }
        });
        return new Portion(gaps, take(sources), sources.isEmpty());
    }

    /** What was not read yet, where nobody will read it any more: the core that retained it has ended. */
    List<Gap> giveUp() {
        List<Gap> gaps = new ArrayList<>();
        cursors.forEach((stream, cursor) -> skip(stream, cursor, cursor.seen, Gap.Cause.NOT_RETAINED, gaps));
        return gaps;
    }

    /** What is not there any more up to this number: lost to all, or here to a reader that was too slow for it. */
    private static void tell(StreamId stream, Cursor cursor, long to, List<Gap> gaps) {
        for (Gap lost = cursor.unretained.peek(); lost != null && lost.from() <= to; lost = cursor.unretained.peek()) {
            skip(stream, cursor, lost.from() - 1, Gap.Cause.SLOW_SUBSCRIBER, gaps);
            skip(stream, cursor, Math.min(lost.to(), to), Gap.Cause.NOT_RETAINED, gaps);
            if (lost.to() > to) {
                return;
            }
            cursor.unretained.remove();
        }
        skip(stream, cursor, to, Gap.Cause.SLOW_SUBSCRIBER, gaps);
    }

    private static void skip(StreamId stream, Cursor cursor, long to, Gap.Cause cause, List<Gap> gaps) {
        if (cursor.next <= to) {
            gaps.add(new Gap(stream, cursor.next, to, cause));
            cursor.next = to + 1;
        }
    }

    private List<Item> take(PriorityQueue<Source> sources) {
        List<Item> items = new ArrayList<>();
        long bytes = 0;
        for (int seen = 0;
                seen < MOST_SEEN && items.size() < MOST_RECORDS && bytes < MOST_BYTES && !sources.isEmpty();
                seen++) {
            Source source = sources.remove();
            long sequence = source.cursor.next++;
            EncodedRecord record = source.retained.get(sequence);
            if (asked.test(source.retained.id(), record)) {
                items.add(new Item(source.retained.id(), sequence, record));
                bytes += record.length();
            }
            if (source.cursor.next <= source.retained.last()) {
                sources.add(source);
            }
        }
        return items;
    }
}
