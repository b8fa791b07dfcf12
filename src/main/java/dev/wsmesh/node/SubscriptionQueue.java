package dev.wsmesh.node;

import dev.wsmesh.protocol.Protocol;
import dev.wsmesh.protocol.StreamId;
import dev.wsmesh.protocol.Topic;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One subscription: a bounded queue, emptied by a virtual thread of its own into the listener, or by whoever pulls.
 *
 * <p>States: {@code OPEN -> CLOSED} by {@link #close}, which drops what waits; {@code OPEN -> OVERFLOWED -> CLOSED} where a
 * full queue is to end it: what waits is still delivered. All fields are guarded by the monitor, which is never held
 * while the listener runs, but for those of the one thread that takes; the state may be read without it.
 */
final class SubscriptionQueue implements PulledSubscription {

    private static final Logger log = LoggerFactory.getLogger(SubscriptionQueue.class);

    private enum State {
        OPEN,
        OVERFLOWED,
        CLOSED
    }

    private final Object monitor = new Object();
    /** Where the one thread that takes waits. Nobody waits for the monitor's sake: a virtual thread takes two more threads to be woken there. */
    private final Sleeper sleeper = new Sleeper();

    private final SubscribeOptions options;
    private final MeshCounters counters;
    private final Consumer<SubscriptionQueue> onClose;
    /** The run of the node in which it was made. */
    private final int run;

    private final boolean pulled;
    private final Duration age;

    /** What was born before it and before the run is not wanted, by the clock of the run's core. */
    private final long reach;

    private final WaitingDeliveries waiting;
    private final Ahead ahead = new Ahead();
    private volatile State state = State.OPEN;
    /** The past, as long as it is being read. */
    private @Nullable Replay replay;

    /** What one input of the core has brought so far. Guarded by the driver's lock, and empty when that is free. */
    private final List<Waiting> staged = new ArrayList<>();

    /** Of the one thread that takes. */
    private final PastReader past;

    /** What it took and has not begun. Of the one thread that takes, which looks for each whether the subscription is still open. */
    private @Nullable Taken taken;

    /**
     * A subscription that nobody empties yet.
     *
     * @param before null for no past
     * @param core reads the past of a subscription on, while the core stands still
     */
    SubscriptionQueue(
            SubscribeOptions options,
            SubscriptionLimits limits,
            MeshCounters counters,
            Consumer<SubscriptionQueue> onClose,
            int run,
            boolean pulled,
            @Nullable Past before,
            Function<SubscriptionQueue, Replay.Portion> core,
            Function<Replay.Item, Message> decoder) {
        this.options = options;
        this.counters = counters;
        this.onClose = onClose;
        this.run = run;
        this.pulled = pulled;
        this.waiting = new WaitingDeliveries(limits, options.overflow(), counters);
        this.past = new PastReader(decoder);
        this.age = before == null ? Duration.ZERO : before.age();
        // Where there is no core yet, its clock will begin at 0.
        this.reach = before == null ? -Driver.nanos(options.replay()) : before.reach();
        if (before != null) {
            begin(before, core);
        }
    }

    private void begin(Past before, Function<SubscriptionQueue, Replay.Portion> core) {
        replay = before.replay();
        if (replay != null) {
            ahead.add(replay.ahead());
        }
        past.begin(before, pulled, () -> core.apply(this));
    }

    /** Delivers to the listener, on a thread of its own. */
    void deliverTo(MessageListener listener) {
        Thread _ =
                Background.start("mesh-subscription", () -> deliverUntilClosed(new ListenerCalls(listener, counters)));
    }

    @Override
    public @Nullable Delivery poll(Duration timeout) throws InterruptedException {
        Delivery next = next(timeout);
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

    /** Whether what was born before the run, at this time, is wanted; ages are inexact. */
    boolean reachesBackTo(long born) {
        return reach == Long.MIN_VALUE || born >= reach - Replay.SLACK_NANOS;
    }

    boolean asksFor(Topic topic) {
        return options.pattern().matches(topic);
    }

    /** The core that retains the past ends with its run: what was not read of it is a gap. */
    void endReplay() {
        synchronized (monitor) {
            if (replay != null) {
                List<Gap> unread = replay.giveUp();
                replay = null;
                unread.forEach(this::offer);
            }
        }
        wake();
    }

    /** Reads the past on, while the core stands still; once it has caught up, the next delivery is offered. */
    Replay.Portion readOn(Protocol core) {
        synchronized (monitor) {
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

    /** Whether it gets what this node publishes itself. */
    boolean takesOwn() {
        return !options.noLocal();
    }

    /** How much waits for the listener. */
    int depth() {
        synchronized (monitor) {
            return waiting.depth();
        }
    }

    /** Whether some stream has to be watched, whatever its topics: see {@link #heard}. */
    boolean isAhead() {
        return ahead.isAny();
    }

    /** This node has come to this number of the stream, or begins with it. The driver's. */
    void heard(StreamId stream, long sequence) {
        offerStaged();
        synchronized (monitor) {
            Gap between = ahead.heard(stream, sequence);
            if (between != null) {
                offer(between);
            }
        }
    }

    /**
     * Takes what the subscription has asked for, to hand it over once with all that came together. The driver's, under its lock.
     *
     * @return whether it is the first that {@link #deliverStaged} has to be called for
     */
    boolean stage(Waiting delivery) {
        boolean first = staged.isEmpty();
        staged.add(delivery);
        if (ahead.isAny()) {
            // What comes next may change whether this is wanted.
            offerStaged();
        }
        return first;
    }

    private void offerStaged() {
        if (!staged.isEmpty()) {
            synchronized (monitor) {
                staged.forEach(this::offer);
            }
            staged.clear();
        }
    }

    /** Takes it at once; who waits for it is not woken. */
    void offer(Waiting next) {
        synchronized (monitor) {
            if (!ahead.isAny()) {
                take(next);
                return;
            }
            switch (next) {
                case Run run -> takeUnheard(run);
                case Gap gap -> takeUnheard(gap);
                case Mark mark -> take(mark);
            }
        }
    }

    private void takeUnheard(Run run) {
        for (int i = 0; i < run.size(); i++) {
            if (!ahead.hasHad(run.stream(), run.first() + i)) {
                take(run.only(i));
            }
        }
    }

    private void takeUnheard(Gap gap) {
        heard(gap.stream(), gap.from());
        Gap fresh = ahead.unheard(gap);
        if (fresh != null) {
            take(fresh);
        }
    }

    private void take(Waiting fresh) {
        if (state != State.OPEN) {
            return;
        }
        if (replay != null) {
            note(replay, fresh);
            return;
        }
        boolean taken = waiting.add(fresh);
        if (!taken && options.overflow() == Overflow.CLOSE) {
            state = State.OVERFLOWED;
        }
    }

    /** Hands over what was staged; returns who is to be woken for it. The driver's, under its lock. */
    Sleeper deliverStaged() {
        offerStaged();
        return sleeper;
    }

    /** Wakes who waits. Whoever offers calls it afterwards. */
    void wake() {
        sleeper.wake();
    }

    /** Sets a mark, if somebody pulls, and nothing is known to be missing before it. */
    void offerMark(Mark mark) {
        synchronized (monitor) {
            if (pulled && state == State.OPEN && replay == null) {
                boolean _ = waiting.add(mark);
            }
        }
    }

    @Override
    public void close() {
        synchronized (monitor) {
            if (state == State.CLOSED) {
                return;
            }
            state = State.CLOSED;
            waiting.clear();
        }
        wake();
        onClose.accept(this);
    }

    /** It is found in the past, which is still being read. */
    private static void note(Replay replay, Waiting fresh) {
        switch (fresh) {
            case Run run -> replay.note(run.stream(), run.first(), run.last());
            case Gap gap -> replay.note(gap);
            case Mark _ -> {}
        }
    }

    private void deliverUntilClosed(ListenerCalls listener) {
        try {
            for (Delivery next = next(null); next != null; next = next(null)) {
                listener.deliver(next);
            }
            if (isOverflowed()) {
                listener.overflowed();
                close();
            }
        } catch (InterruptedException e) {
            close();
        }
    }

    /** The past, then the present; null once there is nothing more to come, or not within this time. */
    private @Nullable Delivery next(@Nullable Duration timeout) throws InterruptedException {
        Delivery next = past.isOver() ? null : takeFromPast();
        return next == null ? take(timeout) : next;
    }

    /** The next of the past; null once it is over. */
    private @Nullable Delivery takeFromPast() {
        try {
            return past.next(this::isOpen);
        } catch (Throwable e) {
            // No memory, for one: a subscription whose past is never over would be silent for ever.
            log.error("the past could not be read on; what is left of it is told as a gap", e);
            past.giveUp();
            endReplay();
            return null;
        }
    }

    private boolean isOpen() {
        return state != State.CLOSED;
    }

    private boolean isOverflowed() {
        synchronized (monitor) {
            return state == State.OVERFLOWED && waiting.isEmpty();
        }
    }

    /** The next of the present; null once there is nothing more to come, or not within this time. */
    private @Nullable Delivery take(@Nullable Duration timeout) throws InterruptedException {
        Taken present = taken == null ? takeMore(timeout) : taken;
        if (present == null || !isOpen()) {
            taken = null;
            return null;
        }
        Delivery next = present.next();
        taken = present.isOver() ? null : present;
        return next;
    }

    private @Nullable Taken takeMore(@Nullable Duration timeout) throws InterruptedException {
        long deadline = timeout == null ? 0 : System.nanoTime() + timeout.toNanos();
        while (true) {
            synchronized (monitor) {
                if (isWorthTaking()) {
                    return waiting.poll();
                }
            }
            long left = timeout == null ? Sleeper.FOREVER : deadline - System.nanoTime();
            if (left <= 0) {
                return null;
            }
            sleeper.sleepUnless(this::isWorthTaking, left);
        }
    }

    /** Something waits, or nothing more will come. */
    private boolean isWorthTaking() {
        synchronized (monitor) {
            return !waiting.isEmpty() || state != State.OPEN;
        }
    }
}
