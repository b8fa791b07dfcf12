package dev.wsmesh.node;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One subscription: a bounded queue and the virtual thread that empties it into the listener.
 *
 * <p>States: {@code open -> closed}, by {@link #close}. All fields are guarded by the queue's monitor, which is never
 * held while the listener runs.
 */
final class SubscriptionQueue implements Subscription {

    private static final Logger log = LoggerFactory.getLogger(SubscriptionQueue.class);

    private final Queue<Delivery> queue = new ArrayDeque<>();
    private final MessageListener listener;
    private final SubscriptionLimits limits;
    private final MeshCounters counters;
    private final Consumer<SubscriptionQueue> onClose;
    private long queuedBytes;
    private long missed;
    private boolean closed;

    SubscriptionQueue(
            MessageListener listener,
            SubscriptionLimits limits,
            MeshCounters counters,
            Consumer<SubscriptionQueue> onClose) {
        this.listener = listener;
        this.limits = limits;
        this.counters = counters;
        this.onClose = onClose;
    }

    void start() {
        Thread.ofVirtual().name("mesh-subscription").start(this::deliverUntilClosed);
    }

    void offer(Message message) {
        int bytes = Utf8.length(message.text());
        synchronized (queue) {
            if (closed) {
                return;
            }
            if (queue.size() >= limits.messages() || (queuedBytes + bytes > limits.bytes() && !queue.isEmpty())) {
                missed++;
                counters.dropped(MeshCounters.Drop.SLOW_SUBSCRIBER, 1);
                return;
            }
            if (missed > 0) {
                queue.add(takeGap());
            }
            queue.add(message);
            queuedBytes += bytes;
            queue.notifyAll();
        }
    }

    @Override
    public void close() {
        synchronized (queue) {
            if (closed) {
                return;
            }
            closed = true;
            queue.clear();
            queue.notifyAll();
        }
        onClose.accept(this);
    }

    private void deliverUntilClosed() {
        try {
            for (Delivery next = take(); next != null; next = take()) {
                deliver(next);
            }
        } catch (InterruptedException e) {
            close();
        }
    }

    private void deliver(Delivery delivery) {
        try {
            switch (delivery) {
                case Message message -> listener.onMessage(message);
                case Gap gap -> listener.onGap(gap);
            }
        } catch (VirtualMachineError e) {
            throw e;
        } catch (Throwable e) {
            // An Error as well, and a checked exception that another language let through.
            log.warn("a message listener failed; it goes on with the next message", e);
        }
    }

    /** The next thing to deliver, or null once closed. */
    private @Nullable Delivery take() throws InterruptedException {
        synchronized (queue) {
            while (queue.isEmpty() && missed == 0 && !closed) {
                queue.wait();
            }
            if (closed) {
                return null;
            }
            Delivery next = queue.poll();
            if (next == null) {
                return takeGap();
            }
            if (next instanceof Message message) {
                queuedBytes -= Utf8.length(message.text());
            }
            return next;
        }
    }

    private Gap takeGap() {
        Gap gap = new Gap(missed);
        missed = 0;
        return gap;
    }
}
