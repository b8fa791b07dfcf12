package dev.wsmesh.node;

import dev.wsmesh.protocol.Protocol;
import dev.wsmesh.protocol.StreamId;
import dev.wsmesh.protocol.Topic;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One subscription: a bounded queue and the virtual thread that empties it into the listener.
 *
 * <p>States: {@code OPEN -> CLOSED} by {@link #close}, which drops what waits; {@code OPEN -> OVERFLOWED -> CLOSED} where a
 * full queue is to end it: what waits is still delivered. All fields are guarded by the queue's monitor, which is never held
 * while the listener runs.
 */
final class SubscriptionQueue implements Subscription {

    private static final Logger log = LoggerFactory.getLogger(SubscriptionQueue.class);

    private enum State {
        OPEN,
        OVERFLOWED,
        CLOSED
    }

    private final ArrayDeque<Delivery> queue = new ArrayDeque<>();
    private final SubscribeOptions options;
    private final SubscriptionLimits limits;
    private final MessageListener listener;
    private final MeshCounters counters;
    private final Consumer<SubscriptionQueue> onClose;
    /** The run of the node in which it was made. */
    private final int run;

    /** What was dropped and is not told yet: of each stream, one run of numbers. */
    private final Map<StreamId, Gap> missing = new LinkedHashMap<>();

    private long queuedBytes;
    private State state = State.OPEN;
    /** The past, as long as it is being read. */
    private @Nullable Replay replay;

    SubscriptionQueue(
            SubscribeOptions options,
            SubscriptionLimits limits,
            MessageListener listener,
            MeshCounters counters,
            Consumer<SubscriptionQueue> onClose,
            int run) {
        this.options = options;
        this.limits = limits;
        this.listener = listener;
        this.counters = counters;
        this.onClose = onClose;
        this.run = run;
    }

    /** Delivers what is offered from now on. */
    void start() {
        Thread _ = Background.start("mesh-subscription", () -> deliverUntilClosed(() -> {}));
    }

    /** Delivers the past, and then what is offered. To be called before anything is. */
    void start(Replay past, Supplier<Replay.Portion> reader, Function<Replay.Item, Message> decoder) {
        synchronized (queue) {
            replay = past;
        }
        Thread _ = Background.start("mesh-subscription", () -> deliverUntilClosed(() -> deliverPast(reader, decoder)));
    }

    boolean isOlderThan(int laterRun) {
        return run < laterRun;
    }

    boolean asksFor(Topic topic) {
        return options.pattern().matches(topic);
    }

    /** The core that retains the past ends with its run: what was not read of it is a gap. */
    void endReplay() {
        synchronized (queue) {
            if (replay != null) {
                List<Gap> unread = replay.giveUp();
                replay = null;
                unread.forEach(this::offer);
            }
        }
    }

    /** Reads the past on, while the core stands still; once it has caught up, the next delivery is offered. */
    Replay.Portion readOn(Protocol core) {
        synchronized (queue) {
            if (replay == null) {
                return Replay.Portion.END;
            }
            Replay.Portion portion = replay.next(core);
            if (portion.caughtUp()) {
                replay = null;
            }
            return portion;
        }
    }

    /** How much waits for the listener. */
    int depth() {
        synchronized (queue) {
            return queue.size();
        }
    }

    /** Takes what the subscription has asked for. */
    void offer(Delivery delivery) {
        synchronized (queue) {
            if (state != State.OPEN) {
                return;
            }
            if (replay != null) {
                note(replay, delivery);
                return;
            }
            if (isFull(delivery)) {
                makeRoom(delivery);
            }
            if (isFull(delivery)) {
                drop(delivery);
                return;
            }
            if (options.overflow() != Overflow.DROP_OLDEST) {
                queue.addAll(missing.values());
                missing.clear();
            }
            queue.add(delivery);
            queuedBytes += bytes(delivery);
            queue.notifyAll();
        }
    }

    @Override
    public void close() {
        synchronized (queue) {
            if (state == State.CLOSED) {
                return;
            }
            state = State.CLOSED;
            queue.clear();
            missing.clear();
            queue.notifyAll();
        }
        onClose.accept(this);
    }

    /** It is found in the past, which is still being read. */
    private static void note(Replay replay, Delivery delivery) {
        switch (delivery) {
            case Message message -> replay.note(message.position());
            case Gap gap -> replay.note(gap);
        }
    }

    private boolean isFull(Delivery next) {
        return queue.size() >= limits.messages() || (queuedBytes + bytes(next) > limits.bytes() && !queue.isEmpty());
    }

    private void makeRoom(Delivery next) {
        while (options.overflow() == Overflow.DROP_OLDEST && isFull(next)) {
            Delivery oldest = queue.remove();
            queuedBytes -= bytes(oldest);
            drop(oldest);
        }
    }

    private void drop(Delivery dropped) {
        switch (dropped) {
            case Message message -> {
                counters.dropped(MeshCounters.Drop.SLOW_SUBSCRIBER, 1);
                miss(
                        message.position().stream(),
                        message.position().sequence(),
                        message.position().sequence());
            }
            case Gap gap -> miss(gap.stream(), gap.from(), gap.to());
        }
        if (options.overflow() == Overflow.CLOSE) {
            state = State.OVERFLOWED;
        }
    }

    private void miss(StreamId stream, long from, long to) {
        missing.merge(
                stream,
                new Gap(stream, from, to, Gap.Cause.SLOW_SUBSCRIBER),
                (known, more) -> new Gap(stream, known.from(), more.to(), Gap.Cause.SLOW_SUBSCRIBER));
        queue.notifyAll();
    }

    private static int bytes(Delivery delivery) {
        return delivery instanceof Message message ? message.payload().length() : 0;
    }

    private void deliverPast(Supplier<Replay.Portion> reader, Function<Replay.Item, Message> decoder) {
        boolean caughtUp = false;
        while (!caughtUp && isOpen()) {
            Replay.Portion portion = reader.get();
            for (Gap gap : portion.gaps()) {
                deliverIfOpen(() -> gap);
            }
            for (Replay.Item item : portion.items()) {
                deliverIfOpen(() -> decoder.apply(item));
            }
            caughtUp = portion.caughtUp();
        }
    }

    private void deliverIfOpen(Supplier<Delivery> delivery) {
        if (isOpen()) {
            deliver(delivery.get());
        }
    }

    private void deliverUntilClosed(Runnable past) {
        try {
            try {
                past.run();
            } catch (Throwable e) {
                // No memory, for one: a subscription whose past is never over would be silent for ever.
                log.error("the past could not be read on; what is left of it is told as a gap", e);
                endReplay();
            }
            for (Delivery next = take(); next != null; next = take()) {
                deliver(next);
            }
            if (overflowed()) {
                tell(listener::onOverflow);
                close();
            }
        } catch (InterruptedException e) {
            close();
        }
    }

    private void deliver(Delivery delivery) {
        switch (delivery) {
            case Message message -> {
                counters.deliveredToListener();
                tell(() -> listener.onMessage(message));
            }
            case Gap gap -> {
                counters.gapTold();
                tell(() -> listener.onGap(gap));
            }
        }
    }

    private static void tell(Runnable call) {
        try {
            call.run();
        } catch (Throwable e) {
            // An Error as well, and a checked exception that another language let through.
            log.warn("a message listener failed; it goes on with the next message", e);
        }
    }

    private boolean isOpen() {
        synchronized (queue) {
            return state != State.CLOSED;
        }
    }

    private boolean overflowed() {
        synchronized (queue) {
            return state == State.OVERFLOWED;
        }
    }

    /** The next thing to deliver; null once there is nothing more to come. */
    private @Nullable Delivery take() throws InterruptedException {
        synchronized (queue) {
            while (queue.isEmpty() && missing.isEmpty() && state == State.OPEN) {
                queue.wait();
            }
            if (state == State.CLOSED) {
                return null;
            }
            // What was dropped stood before what waits if the oldest were dropped, and behind it otherwise.
            boolean gapFirst = options.overflow() == Overflow.DROP_OLDEST || queue.isEmpty();
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
    }
}
