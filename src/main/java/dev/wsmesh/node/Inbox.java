package dev.wsmesh.node;

import dev.wsmesh.protocol.EncodedRecord;
import dev.wsmesh.protocol.RecordEncoder;
import dev.wsmesh.protocol.StreamId;
import dev.wsmesh.protocol.Topic;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * The one place that everything delivered passes through, on its way to the subscriptions. Subscribing and closing are for any
 * thread; the rest is the driver's.
 */
public final class Inbox implements AutoCloseable {

    private final MeshCounters counters;
    private final SubscriptionLimits usualLimits;
    private final RecordEncoder encoder;
    private final List<SubscriptionQueue> subscriptions = new CopyOnWriteArrayList<>();
    private volatile boolean closed;

    /** Creates an inbox without subscriptions. */
    public Inbox(MeshCounters counters, SubscriptionLimits usualLimits, RecordEncoder encoder) {
        this.counters = counters;
        this.usualLimits = usualLimits;
        this.encoder = encoder;
    }

    /** A record in the place where it is kept. */
    record Retained(StreamId stream, long sequence, long bornNanos, EncodedRecord record) {}

    void deliver(StreamId stream, long sequence, EncodedRecord record) {
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
        Gap gap = new Gap(stream, from, to, Gap.Cause.NOT_RETAINED);
        for (SubscriptionQueue subscription : subscriptions) {
            subscription.offer(gap);
        }
    }

    /** A subscription that gets these records first, in the order of their birth, as far as it asked for their topics. */
    Subscription subscribe(SubscribeOptions options, MessageListener listener, List<Retained> past) {
        if (closed) {
            throw new IllegalStateException("the node is gone: nothing will be received any more");
        }
        SubscriptionLimits own = options.limits();
        SubscriptionQueue subscription = new SubscriptionQueue(
                options, own == null ? usualLimits : own, listener, counters, subscriptions::remove);
        subscriptions.add(subscription);
        subscription.start(() -> past.stream()
                .sorted(Comparator.comparingLong(Retained::bornNanos))
                .map(each -> message(each.stream(), each.sequence(), each.record()))
                .iterator());
        if (closed) {
            subscription.close();
        }
        return subscription;
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
