package dev.wsmesh.protocol;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One stream as this node knows it. It is unstarted while others have announced it and nobody has brought any of it: where it
 * starts is decided by the neighbour that brings the first record, from what this node said about how long it has listened.
 */
final class Stream {
    /** So many ranges of too large records are remembered; the highest are asked for again. A guess. */
    private static final int MOST_TOO_LARGE = 64;

    /** A record that waits for an earlier one. */
    record Waiting(EncodedRecord record, long bornNanos, long fromGeneration) {}

    /** The eviction order does not hold it. */
    static final int UNRANKED = -1;

    final StreamId id;
    final Origin origin;
    final StreamLog log;
    final List<StreamLink> links = new ArrayList<>();

    boolean started;
    /** Its first record has come, and every link was opened for it. */
    boolean opened;
    /** Everything up to here is delivered or covered by a gap. */
    long delivered;

    /** Its past is still being fetched. */
    boolean backfilling;

    /** What the present input has appended, as it came; null once it was looked at. */
    private @Nullable Records fresh;

    private long freshFirst;

    final TreeMap<Long, Waiting> window = new TreeMap<>();
    long windowBytes;
    /** What neighbours said to be too large for us, and what is still to come: each from its key to before its value. */
    private final TreeMap<Long, Long> tooLarge = new TreeMap<>();
    /** Since when we would skip some of that, and wait for others to get what would go with it. */
    long skippingSince = Alarms.NEVER;

    /** The highest record that anybody ever announced, and when: it was published before. */
    long highestKnown;

    long knownAt = Long.MIN_VALUE;
    /** All records that are no longer, or never were, in the log were born before this. */
    long bornBelow = Long.MIN_VALUE;

    /** Passed the gate: no older epoch of its origin is delivered any more. */
    boolean released;
    /** A newer epoch was released: nothing of this one is delivered any more. */
    boolean closed;

    long closeBy = Alarms.NEVER;

    @Nullable
    StreamLink parent;

    /** What it has come to is still to be announced. */
    boolean changed;

    long arrivedAt;
    long advancedAt;

    /** When the repair that is going on began, or the last one did. */
    long brokenAt;
    /** When repair looks at the stream again; NEVER while it needs none. */
    long repairAt = Alarms.NEVER;

    long graftBackoff;
    long missedSince = Alarms.NEVER;
    long aloneSince = Alarms.NEVER;
    /** What we needed when the last gap had been declared, and when that was. */
    long resumedAt;

    long gaveUpAt;

    /** From this record on none can be spared, as it was when room was last needed; MAX_VALUE if any can. */
    long staysFrom = Long.MAX_VALUE;

    /** The log has changed since the eviction order looked at it. */
    boolean rankIsOld;

    /** What the eviction order knows of the log. */
    long rankCost;

    boolean rankMany;
    int rankPlace = UNRANKED;

    Stream(StreamId id, Origin origin, long now, SpareMemory spare) {
        this.log = new StreamLog(spare);
        this.id = id;
        this.origin = origin;
        this.arrivedAt = now;
        this.advancedAt = now;
    }

    long next() {
        return log.contiguous() + 1;
    }

    /** Someone has, or had, what we need next. */
    boolean isIncomplete() {
        return started && (highestKnown >= next() || !window.isEmpty());
    }

    /** The grace, or the time alone, is running. */
    boolean isGivingUp() {
        return missedSince != Alarms.NEVER || aloneSince != Alarms.NEVER;
    }

    /** Something that is retained is still to be delivered. */
    boolean holdsUndelivered() {
        return log.size() > 0 && log.contiguous() > delivered;
    }

    /** Somebody holds, or held, this record. */
    void noteKnown(long sequence, long now) {
        if (sequence > highestKnown) {
            highestKnown = sequence;
            knownAt = now;
        }
    }

    /** The first record that stays, however old, because a neighbour may still ask for it; MAX_VALUE if there is none. */
    long keptFrom(long now) {
        long first = Long.MAX_VALUE;
        for (StreamLink each : links) {
            first = Math.min(first, each.keptFrom(now));
        }
        return first;
    }

    /** The first record that a neighbour has yet to be sent that publishing waits for, also if it has gone; MAX_VALUE if there is none. */
    long owedFrom() {
        long first = Long.MAX_VALUE;
        for (StreamLink each : links) {
            if (each.isOwed() && !each.link.laggard) {
                first = Math.min(first, each.cursor);
            }
        }
        return first;
    }

    /** Another record would be left, and the oldest need not stay. */
    boolean canSpare() {
        return log.size() > 1 && log.base() < staysFrom;
    }

    /** What those cost that need not stay. */
    long spareCost() {
        return log.cost() - log.costFrom(staysFrom);
    }

    /** Nobody can bring us the records from this one to before that one. */
    void noteTooLarge(long first, long end) {
        tooLarge.merge(first, end, Math::max);
        if (tooLarge.size() > MOST_TOO_LARGE) {
            tooLarge.pollLastEntry();
        }
    }

    /** The first record from the next on that is not too large for us, as far as we have been told. */
    long nextThatFits() {
        long next = next();
        while (!tooLarge.isEmpty() && tooLarge.firstEntry().getValue() <= next) {
            tooLarge.pollFirstEntry();
        }
        return tooLarge.isEmpty() || tooLarge.firstKey() > next
                ? next
                : tooLarge.firstEntry().getValue();
    }

    /** These were appended, from this number on. */
    void noteFresh(long first, Records records) {
        fresh = records;
        freshFirst = first;
    }

    /** The records from this one to the newest, if they are what was appended last; null if not, or if that was asked before. */
    @Nullable
    Records takeFresh(long first) {
        Records last = fresh;
        fresh = null;
        return last != null && freshFirst == first && first + last.size() == next() ? last : null;
    }

    /** What was not delivered at once is read from the log when its time comes: as it came, it would keep a frame alive. */
    void forgetFresh() {
        fresh = null;
    }

    /** A neighbour is to get, or may still ask for, some of what we hold. */
    boolean isNeeded(long now) {
        boolean needed = keptFrom(now) <= log.contiguous();
        for (StreamLink each : links) {
            needed |= each.isOwed() && log.holds(each.cursor);
        }
        return needed;
    }

    /** Nothing that comes before this record was born later. */
    long latestBirthBefore(long sequence) {
        return log.holds(sequence - 1) ? log.born(sequence - 1) : bornBelow - 1;
    }

    /** What is skipped was published before it was announced. */
    void noteSkipped() {
        bornBelow = Math.max(bornBelow, knownAt + 1);
    }

    /** A link has not yet taken what we owe it: records, what became of them, or the answer to who asked for them. */
    boolean owesSomebody() {
        for (StreamLink each : links) {
            if (each.answer != StreamLink.Answer.NONE || each.isOwed() || each.inFlagged) {
                return true;
            }
        }
        return false;
    }

    /** Only a Miss started it, at its very beginning: a neighbour that knows since when we listen may still choose. */
    boolean isUntouched() {
        return started && delivered == 0 && next() == 1 && window.isEmpty();
    }

    /** It stands at this number, and was never listened to before it. What comes before was born before this time, for sure. */
    void startAt(long sequence, long bornBefore) {
        started = true;
        log.skipTo(sequence);
        delivered = sequence - 1;
        bornBelow = bornBefore;
    }
}
