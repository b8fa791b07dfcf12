package dev.wsmesh.node;

import dev.wsmesh.protocol.StreamId;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What waits in a subscription, within bounds, and what was dropped at them. Messages are taken several at once; each of them waits, and
 * counts, until it has begun. Guarded by the monitor of its subscription.
 */
final class WaitingDeliveries {

    /** So many messages are taken at once: little is left of what one entry into the monitor costs each. A guess. */
    static final int MOST_TOGETHER = 64;

    private final SubscriptionLimits limits;
    private final Overflow overflow;
    private final MeshCounters counters;
    private final ArrayDeque<Waiting> queue = new ArrayDeque<>();
    /** The next message of the first, if that is several. */
    private int head;

    /** Of what waits, and of what has begun and is not {@link #settle settled} yet. */
    private int count;

    private long queuedBytes;

    /** What was taken last, and the first of its messages that is still counted. */
    private @Nullable Taken taken;

    private int counted;

    /** What was dropped and is not told yet: of each stream, one run of numbers. */
    private final Map<StreamId, Gap> missing = new LinkedHashMap<>();

    WaitingDeliveries(SubscriptionLimits limits, Overflow overflow, MeshCounters counters) {
        this.limits = limits;
        this.overflow = overflow;
        this.counters = counters;
    }

    /** Takes it, or drops it or others as {@link Overflow} says; returns whether all of it was taken. */
    boolean add(Waiting next) {
        settle();
        return switch (next) {
            case Run run -> hasRoomFor(run) ? addAll(run) : addEach(run);
            case Gap gap -> addGap(gap);
            case Mark mark -> addMark(mark);
        };
    }

    private boolean addGap(Gap gap) {
        makeRoom(0);
        if (isFull(0)) {
            drop(gap);
            return false;
        }
        tellMissing();
        put(gap);
        return true;
    }

    /** Takes it, if nothing is known to be missing before it, and there is room. */
    private boolean addMark(Mark mark) {
        boolean stands = missing.isEmpty() && !isFull(0);
        if (stands) {
            put(mark);
        }
        return stands;
    }

    private boolean addAll(Run run) {
        tellMissing();
        put(run);
        return true;
    }

    private boolean addEach(Run run) {
        boolean all = true;
        for (int i = 0; i < run.size(); i++) {
            makeRoom(run.bytes(i));
            if (isFull(run.bytes(i))) {
                drop(run, i);
                all = false;
                if (overflow == Overflow.CLOSE) {
                    return false;
                }
            } else {
                tellMissing();
                put(run.only(i));
            }
        }
        return all;
    }

    private void put(Waiting next) {
        queue.add(next);
        if (next instanceof Run run) {
            count += run.size();
            queuedBytes += run.bytes();
        } else {
            count++;
        }
    }

    /** Nothing stands before what was dropped any more, unless the oldest are dropped. */
    private void tellMissing() {
        if (overflow != Overflow.DROP_OLDEST && !missing.isEmpty()) {
            missing.values().forEach(this::put);
            missing.clear();
        }
    }

    boolean isEmpty() {
        settle();
        return queue.isEmpty() && missing.isEmpty();
    }

    /** Messages, gaps and marks. */
    int depth() {
        settle();
        return count;
    }

    /** The next ones; null if there is nothing. To be called once all that were taken before have begun. */
    @Nullable
    Taken poll() {
        settle();
        taken = null;
        // What was dropped stood before what waits if the oldest were dropped, and behind it otherwise.
        boolean gapFirst = overflow == Overflow.DROP_OLDEST || queue.isEmpty();
        if (gapFirst && !missing.isEmpty()) {
            Iterator<Gap> gaps = missing.values().iterator();
            Gap gap = gaps.next();
            gaps.remove();
            return new Taken(gap, 0, 1);
        }
        Waiting first = queue.peek();
        return first == null ? null : take(first);
    }

    /** The first message has as good as begun. Of the oldest, which may be dropped until they begin, no other is taken with it. */
    private Taken take(Waiting first) {
        int end = overflow == Overflow.DROP_OLDEST ? head + 1 : Math.min(head + MOST_TOGETHER, size(first));
        Taken next = new Taken(first, head, end);
        taken = next;
        counted = head + 1;
        uncount(first, head);
        removeUpTo(end, first);
        return next;
    }

    /** Does not count any more what has begun, and keeps nothing that has: the next message may be long in coming. */
    private void settle() {
        if (taken == null) {
            return;
        }
        for (int reached = taken.reached(); counted < reached; counted++) {
            uncount(taken.what(), counted);
        }
        if (counted == taken.end()) {
            taken = null;
        }
    }

    private void removeFirst(Waiting first) {
        uncount(first, head);
        removeUpTo(head + 1, first);
    }

    private void uncount(Waiting waiting, int message) {
        count--;
        if (waiting instanceof Run run) {
            queuedBytes -= run.bytes(message);
        }
    }

    private void removeUpTo(int message, Waiting first) {
        head = message;
        if (head == size(first)) {
            head = 0;
            queue.remove();
        }
    }

    private static int size(Waiting waiting) {
        return waiting instanceof Run run ? run.size() : 1;
    }

    void clear() {
        queue.clear();
        missing.clear();
        taken = null;
        head = 0;
        count = 0;
        queuedBytes = 0;
    }

    /** Also with what is told before it. */
    private boolean hasRoomFor(Run run) {
        int told = overflow == Overflow.DROP_OLDEST ? 0 : missing.size();
        return count + told + run.size() <= limits.messages() && queuedBytes + run.bytes() <= limits.bytes();
    }

    private boolean isFull(int bytes) {
        return count >= limits.messages() || (queuedBytes + bytes > limits.bytes() && count > 0);
    }

    private void makeRoom(int bytes) {
        while (overflow == Overflow.DROP_OLDEST && isFull(bytes)) {
            Waiting oldest = queue.element();
            int message = head;
            removeFirst(oldest);
            switch (oldest) {
                case Run run -> drop(run, message);
                case Gap gap -> drop(gap);
                case Mark _ -> {}
            }
        }
    }

    private void drop(Run run, int message) {
        counters.dropped(MeshCounters.Drop.SLOW_SUBSCRIBER, 1);
        miss(run.stream(), run.first() + message, run.first() + message);
    }

    private void drop(Gap gap) {
        miss(gap.stream(), gap.from(), gap.to());
    }

    private void miss(StreamId stream, long from, long to) {
        missing.merge(
                stream,
                new Gap(stream, from, to, Gap.Cause.SLOW_SUBSCRIBER),
                (known, more) -> new Gap(stream, known.from(), more.to(), Gap.Cause.SLOW_SUBSCRIBER));
    }
}
