package dev.wsmesh.node;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The one place that everything received passes through: logged, counted and handed to the subscriptions. Thread-safe. */
public final class Inbox implements Inbound, AutoCloseable {

    /** Logs every received text at INFO; a logger of its own, so that it can be silenced by itself. */
    private static final Logger messageLog = LoggerFactory.getLogger("dev.wsmesh.messages");

    private final MeshCounters counters;
    private final SubscriptionLimits subscriptionLimits;
    private final Supplier<String> bind;
    private volatile boolean closed;
    private final List<SubscriptionQueue> subscriptions = new CopyOnWriteArrayList<>();

    /** Creates an inbox without subscriptions; {@code bind} tells the address the node shows to others. */
    public Inbox(MeshCounters counters, SubscriptionLimits subscriptionLimits, Supplier<String> bind) {
        this.counters = counters;
        this.subscriptionLimits = subscriptionLimits;
        this.bind = bind;
    }

    @Override
    public void received(Message message) {
        counters.received(Utf8.length(message.text()));
        if (messageLog.isInfoEnabled()) {
            messageLog.info(
                    "{} <- {}: {}",
                    bind.get(),
                    message.headers().get(Message.PEER_HEADER),
                    LogText.printable(message.text()));
        }
        for (SubscriptionQueue subscription : subscriptions) {
            subscription.offer(message);
        }
    }

    Subscription subscribe(MessageListener listener) {
        if (closed) {
            throw new IllegalStateException("the node is gone: nothing will be received any more");
        }
        SubscriptionQueue subscription =
                new SubscriptionQueue(listener, subscriptionLimits, counters, subscriptions::remove);
        subscriptions.add(subscription);
        subscription.start();
        return subscription;
    }

    /** Ends every subscription; none can be made afterwards. */
    @Override
    public void close() {
        closed = true;
        subscriptions.forEach(SubscriptionQueue::close);
    }
}
