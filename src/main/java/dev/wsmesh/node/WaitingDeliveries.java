package dev.wsmesh.node;

import dev.wsmesh.protocol.StreamId;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What waits in a subscription, within bounds, and what was dropped at them. Guarded by the monitor of its subscription. */
final class WaitingDeliveries {

    private final SubscriptionLimits limits;
    private final Overflow overflow;
    private final MeshCounters counters;
    private final ArrayDeque<Delivery> queue = new ArrayDeque<>();
    private long queuedBytes;

    /** What was dropped and is not told yet: of each stream, one run of numbers. */
    private final Map<StreamId, Gap> missing = new LinkedHashMap<>();

    WaitingDeliveries(SubscriptionLimits limits, Overflow overflow, MeshCounters counters) {
        this.limits = limits;
        this.overflow = overflow;
        this.counters = counters;
    }

    /** Takes it, or drops it or others as {@link Overflow} says; returns whether it was taken. */
    boolean add(Delivery delivery) {
        if (isFull(delivery)) {
            makeRoom(delivery);
        }
        if (isFull(delivery)) {
            drop(delivery);
            return false;
        }
        if (overflow != Overflow.DROP_OLDEST) {
            queue.addAll(missing.values());
            missing.clear();
        }
        queue.add(delivery);
        queuedBytes += bytes(delivery);
        return true;
    }

    /** Takes it, if nothing is known to be missing before it, and there is room. */
    void add(Mark mark) {
        if (missing.isEmpty() && !isFull(mark)) {
            queue.add(mark);
        }
    }

    boolean isEmpty() {
        return queue.isEmpty() && missing.isEmpty();
    }

    int depth() {
        return queue.size();
    }

    /** The next one; null if there is none. */
    @Nullable
    Delivery poll() {
        // What was dropped stood before what waits if the oldest were dropped, and behind it otherwise.
        boolean gapFirst = overflow == Overflow.DROP_OLDEST || queue.isEmpty();
        if (gapFirst && !missing.isEmpty()) {
            Iterator<Gap> gaps = missing.values().iterator();
            Gap gap = gaps.next();
            gaps.remove();
            return gap;
        }
        Delivery next = queue.poll();
        if (next != null) {
            queuedBytes -= bytes(next);
        }
        return next;
    }

    void clear() {
        queue.clear();
        missing.clear();
    }

    private boolean isFull(Delivery next) {
        return queue.size() >= limits.messages() || (queuedBytes + bytes(next) > limits.bytes() && !queue.isEmpty());
    }

    private void makeRoom(Delivery next) {
        while (overflow == Overflow.DROP_OLDEST && isFull(next)) {
            Delivery oldest = queue.remove();
            queuedBytes -= bytes(oldest);
            drop(oldest);
        }
    }

    private void drop(Delivery dropped) {
        switch (dropped) {
            case Message message -> {
                counters.dropped(MeshCounters.Drop.SLOW_SUBSCRIBER, 1);
                long sequence = message.position().sequence();
                miss(message.position().stream(), sequence, sequence);
            }
            case Gap gap -> miss(gap.stream(), gap.from(), gap.to());
            case Mark _ -> {}
        }
    }

    private void miss(StreamId stream, long from, long to) {
        missing.merge(
                stream,
                new Gap(stream, from, to, Gap.Cause.SLOW_SUBSCRIBER),
                (known, more) -> new Gap(stream, known.from(), more.to(), Gap.Cause.SLOW_SUBSCRIBER));
    }

    private static int bytes(Delivery delivery) {
        return delivery instanceof Message message ? message.payload().length() : 0;
    }
}
