package dev.wsmesh.node;

import dev.wsmesh.protocol.Protocol;
import dev.wsmesh.protocol.StreamId;
import dev.wsmesh.protocol.Topic;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
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
 * One subscription: a bounded queue, emptied by a virtual thread of its own into the listener, or by whoever pulls.
 *
 * <p>States: {@code OPEN -> CLOSED} by {@link #close}, which drops what waits; {@code OPEN -> OVERFLOWED -> CLOSED} where a
 * full queue is to end it: what waits is still delivered. All fields are guarded by the queue's monitor, which is never held
 * while the listener runs, but for those of the one thread that takes.
 */
final class SubscriptionQueue implements PulledSubscription {

    private static final Logger log = LoggerFactory.getLogger(SubscriptionQueue.class);

    private enum State {
        OPEN,
        OVERFLOWED,
        CLOSED
    }

    private final ArrayDeque<Delivery> queue = new ArrayDeque<>();
    private final SubscribeOptions options;
    private final SubscriptionLimits limits;
    private final MeshCounters counters;
    private final Consumer<SubscriptionQueue> onClose;
    /** The run of the node in which it was made. */
    private final int run;

    private final boolean pulled;
    private final Duration age;

    /** What was dropped and is not told yet: of each stream, one run of numbers. */
    private final Map<StreamId, Gap> missing = new LinkedHashMap<>();

    /** Streams of which the subscription has had more than this node, elsewhere; up to which number. */
    private final Map<StreamTag, Long> ahead = new HashMap<>();

    /** Whether there are any: nearly always there are none, and nothing is to be looked up. */
    private volatile boolean isAhead;

    private long queuedBytes;
    private State state = State.OPEN;
    /** The past, as long as it is being read. */
    private @Nullable Replay replay;

    /** What was read of the past and is to be delivered next. Of the taking thread, once it takes. */
    private final ArrayDeque<Supplier<Delivery>> read = new ArrayDeque<>();

    /** Null once the past is over. Of the taking thread, once it takes. */
    private @Nullable Supplier<Replay.Portion> reader;

    private final Function<Replay.Item, Message> decoder;

    /**
     * A subscription that nobody empties yet.
     *
     * @param past null for none
     * @param core reads the past of a subscription on, while the core stands still
     */
    SubscriptionQueue(
            SubscribeOptions options,
            SubscriptionLimits limits,
            MeshCounters counters,
            Consumer<SubscriptionQueue> onClose,
            int run,
            boolean pulled,
            @Nullable Past past,
            Function<SubscriptionQueue, Replay.Portion> core,
            Function<Replay.Item, Message> decoder) {
        this.options = options;
        this.limits = limits;
        this.counters = counters;
        this.onClose = onClose;
        this.run = run;
        this.pulled = pulled;
        this.decoder = decoder;
        this.age = past == null ? Duration.ZERO : past.age();
        if (past != null) {
            begin(past, core);
        }
    }

    private void begin(Past past, Function<SubscriptionQueue, Replay.Portion> core) {
        if (pulled) {
            read.add(past::mark);
        }
        past.items().forEach(item -> read.add(() -> decoder.apply(item)));
        replay = past.replay();
        if (replay != null) {
            ahead.putAll(replay.ahead());
            isAhead = !ahead.isEmpty();
            reader = () -> core.apply(this);
        }
    }

    /** Delivers to the listener, on a thread of its own. */
    void deliverTo(MessageListener listener) {
        Thread _ = Background.start("mesh-subscription", () -> deliverUntilClosed(listener));
    }

    @Override
    public @Nullable Delivery poll(Duration timeout) throws InterruptedException {
        Delivery past = takeFromPast();
        if (past != null) {
            return past;
        }
        Delivery next = take(timeout);
        if (next == null && isOverflowed()) {
            close();
        }
        return next;
    }

    @Override
    public boolean isOver() {
        return !isOpen();
    }

    @Override
    public Duration age() {
        return age;
    }

    boolean isPulled() {
        return pulled;
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

    /** Whether some stream has to be watched, whatever its topics: see {@link #heard}. */
    boolean isAhead() {
        return isAhead;
    }

    /**
     * This node has come to this number of the stream, or begins with it. Where the subscription was ahead, it no longer is; what
     * lies between is missing here.
     */
    void heard(StreamId stream, long sequence) {
        synchronized (queue) {
            Long last = ahead.get(StreamTag.of(stream));
            if (last == null || sequence <= last) {
                return;
            }
            ahead.remove(StreamTag.of(stream));
            isAhead = !ahead.isEmpty();
            if (sequence > last + 1) {
                offer(new Gap(stream, last + 1, sequence - 1, Gap.Cause.NOT_RETAINED));
            }
        }
    }

    /** Takes what the subscription has asked for. */
    void offer(Delivery delivery) {
        synchronized (queue) {
            Delivery fresh = isAhead ? unheard(delivery) : delivery;
            if (state != State.OPEN || fresh == null) {
                return;
            }
            if (replay != null) {
                note(replay, fresh);
                return;
            }
            if (isFull(fresh)) {
                makeRoom(fresh);
            }
            if (isFull(fresh)) {
                drop(fresh);
                return;
            }
            if (options.overflow() != Overflow.DROP_OLDEST) {
                queue.addAll(missing.values());
                missing.clear();
            }
            queue.add(fresh);
            queuedBytes += bytes(fresh);
            queue.notifyAll();
        }
    }

    /** Sets a mark, if somebody pulls, and nothing is known to be missing before it. */
    void offerMark(Mark mark) {
        synchronized (queue) {
            if (pulled && state == State.OPEN && replay == null && missing.isEmpty() && !isFull(mark)) {
                queue.add(mark);
                queue.notifyAll();
            }
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

    /** What of it the subscription has not had elsewhere; null if nothing. */
    private @Nullable Delivery unheard(Delivery delivery) {
        return switch (delivery) {
            case Message message -> {
                Long last = ahead.get(StreamTag.of(message.position().stream()));
                yield last != null && message.position().sequence() <= last ? null : message;
            }
            case Gap gap -> {
                Long last = ahead.get(StreamTag.of(gap.stream()));
                heard(gap.stream(), gap.from());
                if (last == null || gap.from() > last) {
                    yield gap;
                }
                heard(gap.stream(), Math.min(gap.to(), last + 1));
                yield gap.to() <= last ? null : new Gap(gap.stream(), last + 1, gap.to(), gap.cause());
            }
            case Mark mark -> mark;
        };
    }

    /** It is found in the past, which is still being read. */
    private static void note(Replay replay, Delivery delivery) {
        switch (delivery) {
            case Message message -> replay.note(message.position());
            case Gap gap -> replay.note(gap);
            case Mark _ -> {}
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
            case Mark _ -> {}
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

    private void deliverUntilClosed(MessageListener listener) {
        try {
            for (Delivery past = takeFromPast(); past != null; past = takeFromPast()) {
                deliver(past, listener);
            }
            for (Delivery next = take(null); next != null; next = take(null)) {
                deliver(next, listener);
            }
            if (isOverflowed()) {
                tell(listener::onOverflow);
                close();
            }
        } catch (InterruptedException e) {
            close();
        }
    }

    private void deliver(Delivery delivery, MessageListener listener) {
        switch (delivery) {
            case Message message -> {
                counters.deliveredToListener();
                tell(() -> listener.onMessage(message));
            }
            case Gap gap -> {
                counters.gapTold();
                tell(() -> listener.onGap(gap));
            }
            case Mark _ -> {}
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

    /** The next of the past; null once it is over. */
    private @Nullable Delivery takeFromPast() {
        try {
            while (isOpen()) {
                Supplier<Delivery> next = read.poll();
                if (next != null) {
                    return next.get();
                }
                if (reader == null) {
                    return null;
                }
                readPortion(reader.get());
            }
        } catch (Throwable e) {
            // No memory, for one: a subscription whose past is never over would be silent for ever.
            log.error("the past could not be read on; what is left of it is told as a gap", e);
            read.clear();
            reader = null;
            endReplay();
        }
        return null;
    }

    private void readPortion(Replay.Portion portion) {
        portion.gaps().forEach(gap -> read.add(() -> gap));
        portion.items().forEach(item -> read.add(() -> decoder.apply(item)));
        if (portion.caughtUp()) {
            reader = null;
        }
    }

    private boolean isOpen() {
        synchronized (queue) {
            return state != State.CLOSED;
        }
    }

    private boolean isOverflowed() {
        synchronized (queue) {
            return state == State.OVERFLOWED && queue.isEmpty() && missing.isEmpty();
        }
    }

    /** The next thing to deliver; null once there is nothing more to come, or not within this time. */
    private @Nullable Delivery take(@Nullable Duration timeout) throws InterruptedException {
        long deadline = timeout == null ? 0 : System.nanoTime() + timeout.toNanos();
        synchronized (queue) {
            while (queue.isEmpty() && missing.isEmpty() && state == State.OPEN) {
                if (timeout == null) {
                    queue.wait();
                } else {
                    long left = deadline - System.nanoTime();
                    if (left <= 0) {
                        return null;
                    }
                    // Rounded up: to wait for 0 ms is to wait for ever.
                    queue.wait(Duration.ofNanos(left).plusNanos(999_999).toMillis());
                }
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
