package dev.wsmesh.node;

import dev.wsmesh.protocol.EncodedRecord;
import dev.wsmesh.protocol.Protocol;
import dev.wsmesh.protocol.RecordEncoder;
import dev.wsmesh.protocol.StreamId;
import dev.wsmesh.protocol.Topic;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * The one place that everything delivered passes through, on its way to the subscriptions. Subscribing and closing are for any
 * thread; the rest is the driver's.
 */
public final class Inbox implements AutoCloseable {

    /** Four times what one core keeps. */
    private static final int MOST_EARLIER = 65_536;

    private final MeshCounters counters;
    private final SubscriptionLimits usualLimits;
    private final RecordEncoder encoder;
    private final List<SubscriptionQueue> subscriptions = new CopyOnWriteArrayList<>();
    /** How far each stream was delivered in earlier runs, until it is heard again. Used by the run's core only, one at a time. */
    private final Map<StreamId, Long> earlier = new HashMap<>();

    private final AtomicInteger run = new AtomicInteger();
    private volatile boolean closed;

    /** Creates an inbox without subscriptions. */
    public Inbox(MeshCounters counters, SubscriptionLimits usualLimits, RecordEncoder encoder) {
        this.counters = counters;
        this.usualLimits = usualLimits;
        this.encoder = encoder;
    }

    /** Lets a replay read the core. */
    @FunctionalInterface
    interface CoreReader {
        Replay.Portion read(Function<Protocol, Replay.Portion> task);
    }

    /**
     * A new run of the node begins, with a core that knows nothing. Subscriptions go on: what they missed meanwhile is a gap, once
     * the stream is heard again, and what they had already they do not get again.
     *
     * @param settled how far each stream was delivered in the last run
     */
    void goOnFrom(Map<StreamId, Long> settled) {
        if (earlier.size() + settled.size() > MOST_EARLIER) {
            earlier.clear();
        }
        earlier.putAll(settled);
        run.incrementAndGet();
        subscriptions.forEach(SubscriptionQueue::endReplay);
    }

    void deliver(StreamId stream, long sequence, EncodedRecord record) {
        if (!earlier.isEmpty() && firstNew(stream, sequence, sequence) > sequence) {
            return;
        }
        Topic topic = encoder.topic(record);
        Message message = null;
        for (SubscriptionQueue subscription : subscriptions) {
            if (subscription.asksFor(topic)) {
                message = message == null ? message(stream, sequence, record) : message;
                subscription.offer(message);
            }
        }
    }

    void gap(StreamId stream, long from, long to) {
        long first = earlier.isEmpty() ? from : firstNew(stream, from, to);
        if (first <= to) {
            tell(new Gap(stream, first, to, Gap.Cause.NOT_RETAINED));
        }
    }

    private void tell(Gap gap) {
        for (SubscriptionQueue subscription : subscriptions) {
            subscription.offer(gap);
        }
    }

    /** Of these numbers the first beyond what an earlier run delivered; what lies between is a gap. */
    private long firstNew(StreamId stream, long from, long to) {
        long settled = earlier.getOrDefault(stream, from - 1);
        if (to > settled) {
            earlier.remove(stream);
        }
        if (from > settled + 1) {
            Gap missed = new Gap(stream, settled + 1, from - 1, Gap.Cause.NOT_RETAINED);
            for (SubscriptionQueue subscription : subscriptions) {
                if (subscription.isOlderThan(run.get())) {
                    subscription.offer(missed);
                }
            }
        }
        return Math.max(from, settled + 1);
    }

    /** Which records a subscription with these options asks for. */
    Predicate<EncodedRecord> askedBy(SubscribeOptions options) {
        return record -> options.pattern().matches(encoder.topic(record));
    }

    /** A subscription from now on. */
    Subscription subscribe(SubscribeOptions options, MessageListener listener) {
        SubscriptionQueue subscription = add(options, listener);
        subscription.start();
        return closeIfClosed(subscription);
    }

    /** A subscription that gets the past first. */
    Subscription subscribe(SubscribeOptions options, MessageListener listener, Replay replay, CoreReader core) {
        SubscriptionQueue subscription = add(options, listener);
        subscription.start(
                replay,
                () -> core.read(subscription::readOn),
                item -> message(item.stream(), item.sequence(), item.record()));
        return closeIfClosed(subscription);
    }

    private SubscriptionQueue add(SubscribeOptions options, MessageListener listener) {
        if (closed) {
            throw new IllegalStateException("the node is gone: nothing will be received any more");
        }
        SubscriptionLimits own = options.limits();
        SubscriptionQueue subscription = new SubscriptionQueue(
                options, own == null ? usualLimits : own, listener, counters, subscriptions::remove, run.get());
        subscriptions.add(subscription);
        return subscription;
    }

    private Subscription closeIfClosed(SubscriptionQueue subscription) {
        if (closed) {
            subscription.close();
        }
        return subscription;
    }

    /** What waits for listeners. */
    public Backlog backlog() {
        int count = 0;
        long messages = 0;
        int longest = 0;
        for (SubscriptionQueue subscription : subscriptions) {
            int depth = subscription.depth();
            count++;
            messages += depth;
            longest = Math.max(longest, depth);
        }
        return new Backlog(count, messages, longest);
    }

    MeshCounters counters() {
        return counters;
    }

    /** Ends every subscription; none can be made afterwards. */
    @Override
    public void close() {
        closed = true;
        subscriptions.forEach(SubscriptionQueue::close);
    }

    private Message message(StreamId stream, long sequence, EncodedRecord record) {
        return Message.of(new Position(stream, sequence), encoder.decode(record));
    }
}
