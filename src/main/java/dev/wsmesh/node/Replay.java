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
import java.util.function.Predicate;

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

    private final Predicate<EncodedRecord> asked;
    private final Map<StreamId, Cursor> cursors = new HashMap<>();

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

    /**
     * Begins with what was born since then, by the core's clock.
     *
     * @param asked which records the subscription asked for
     */
    Replay(Protocol core, long bornSinceNanos, Predicate<EncodedRecord> asked) {
        this.asked = asked;
        for (Retained retained : core.retained()) {
            cursors.put(retained.id(), new Cursor(retained.firstBornSince(bornSinceNanos), retained.settled()));
        }
    }

    /** This was delivered while the past was being read. */
    void note(Position at) {
        Cursor _ = see(at.stream(), at.sequence(), at.sequence());
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
            if (asked.test(record)) {
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
