package dev.wsmesh.node;

import dev.wsmesh.node.PublishException.Reason;
import dev.wsmesh.node.PublishOptions.Backpressure;
import dev.wsmesh.protocol.Address;
import dev.wsmesh.protocol.EncodedRecord;
import dev.wsmesh.protocol.Input;
import dev.wsmesh.protocol.LinkId;
import dev.wsmesh.protocol.NodeId;
import dev.wsmesh.protocol.Output;
import dev.wsmesh.protocol.Protocol;
import dev.wsmesh.protocol.View;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiFunction;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the core of one run of the node: lets one thread at a time into it, carries out what it says, and keeps its timer.
 *
 * <p>Whoever has an input takes the lock and works for the core until its outputs are carried out; so there is no inbox, and
 * each reader of a link holds at most the one frame that it brings. Nothing that is carried out under the lock waits: frames
 * and dials are handed to threads of their own, messages to the bounded queues of the subscriptions. (But a new epoch is written
 * to the disk there; that happens once after a lost disk or with a copied key.) Whom frames and messages are for is woken when the
 * lock is free: it would run into it, for nearly all that it does ends here again.
 *
 * <p>States: {@code running -> stopped}; stopped, it takes no input. Safe for any number of threads.
 */
final class Driver implements Core {

    private static final Logger log = LoggerFactory.getLogger(Driver.class);
    /** No wait is meant to last longer, and much longer ones do not fit into nanoseconds. */
    private static final Duration LONGEST_WAIT = Duration.ofDays(1);
    /** The core answers at the deadline; this much later it is not waited for any more. */
    private static final Duration GRACE = Duration.ofSeconds(1);

    /** A core that has failed is called again after this, unless it was to be called earlier. A guess. */
    private static final Duration AFTER_FAILURE = Duration.ofSeconds(1);

    private static final long NEVER = Long.MAX_VALUE;
    private final ReentrantLock lock = new ReentrantLock();
    /** Whatever a waiting thread may be waiting for: neighbours, an open window, acknowledgements, the end. */
    private final Condition changed = lock.newCondition();
    /** Publishers that were refused because the window is shut; each that tries again would wake the others otherwise. */
    private final Condition windowOpened = lock.newCondition();

    private final Condition timerMoved = lock.newCondition();
    private final Protocol protocol;
    private final LinkTransport links;
    private final Inbox inbox;
    private final Epochs epochs;
    private final Runnable onNeighbours;
    private final Tickets tickets = new Tickets();
    private final Sleepers sleepers = new Sleepers();
    private final Set<LinkId> neighbours = new HashSet<>();
    private final long startedAt = System.nanoTime();
    private long lastTold;
    private long timerAt = NEVER;
    private long timerWakesAt = NEVER;
    private volatile int neighbourCount;
    private boolean leaving;
    private boolean left;
    private boolean stopped;

    Driver(Protocol protocol, LinkTransport links, Inbox inbox, Epochs epochs, Runnable onNeighbours) {
        this.protocol = protocol;
        this.links = links;
        this.inbox = inbox;
        this.epochs = epochs;
        this.onNeighbours = onNeighbours;
    }

    void start() {
        lock.lock();
        try {
            carryOutAll(protocol.start(told(now())));
        } finally {
            sleepers.wakeAfter(lock);
        }
        Thread _ = Background.start("mesh-timer", this::keepTime);
    }

    @Override
    public void give(Input input) {
        lock.lock();
        try {
            handle(input, now());
        } finally {
            sleepers.wakeAfter(lock);
        }
    }

    @Override
    public List<View.BootstrapView> bootstrap() {
        return exclusively(Protocol::bootstrap);
    }

    @Override
    public Optional<Address> addressOf(LinkId link) {
        return exclusively(Protocol::outline).addressOf(link);
    }

    @Override
    public Optional<Duration> silence(NodeId origin) {
        return exclusively(core -> core.silence(origin));
    }

    /** Lets nothing else happen meanwhile. */
    <T> T exclusively(Function<Protocol, T> task) {
        lock.lock();
        try {
            return task.apply(protocol);
        } finally {
            lock.unlock();
        }
    }

    /** Lets nothing else happen meanwhile, and tells the core's time. */
    <T> T exclusively(BiFunction<Protocol, Long, T> task) {
        return exclusively(core -> task.apply(core, now()));
    }

    /** How long this run has lasted. */
    Duration age() {
        return Duration.ofNanos(now());
    }

    /** How many nodes this one is linked with; never waits. */
    int neighbours() {
        return neighbourCount;
    }

    /**
     * Publishes, and waits as the options say.
     *
     * @param nanoTime {@link System#nanoTime} a moment ago: one look at the clock serves all that is done for a publication
     * @throws PublishException if it could not be done as asked
     */
    PublishReceipt publish(EncodedRecord record, PublishOptions options, long nanoTime) {
        Ticket ticket = new Ticket(options);
        lock.lock();
        try {
            if (stopped) {
                throw MeshNode.notRunning();
            }
            publish(ticket, record, options, nanoTime);
            return ticket.receipt();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PublishException(Reason.INTERRUPTED, "interrupted while publishing", ticket.receiptSoFar());
        } finally {
            sleepers.wakeAfter(lock);
        }
    }

    /** Says goodbye and hands over what is owed; returns whether that was done in time. */
    boolean leave(Duration timeout) throws InterruptedException {
        lock.lock();
        try {
            leaving = true;
            handle(new Input.Leave(), now());
            wakeAll();
            return await(() -> left, now() + nanos(timeout));
        } finally {
            sleepers.wakeAfter(lock);
        }
    }

    /** Takes no input any more. */
    void stop() {
        lock.lock();
        try {
            stopped = true;
            wakeAll();
            timerMoved.signal();
        } finally {
            lock.unlock();
        }
    }

    private void publish(Ticket ticket, EncodedRecord record, PublishOptions options, long nanoTime)
            throws InterruptedException {
        long number = tickets.next();
        long now = nanoTime - startedAt;
        long deadline = now + nanos(options.timeout());
        if (!isEnough(options)) {
            awaitPeers(options, deadline);
            now = now();
        }
        Input.Publish input = ticket.input(number, record, deadline);
        handle(input, ticket, now);
        while (ticket.isCongested()
                && options.backpressure() == Backpressure.WAIT
                && awaitSignal(windowOpened, deadline)) {
            // The window may have opened because the neighbour that held it shut has gone.
            awaitPeers(options, deadline);
            handle(input, ticket, now());
        }
        if (!ticket.isAnswered()) {
            awaitAnswer(number, ticket, deadline + GRACE.toNanos());
        }
    }

    private void handle(Input.Publish input, Ticket ticket, long now) {
        tickets.turnTo(input.ticket(), ticket);
        try {
            handle(input, now);
        } finally {
            tickets.turnAway();
        }
    }

    private void awaitAnswer(long number, Ticket ticket, long deadline) throws InterruptedException {
        tickets.keep(number, ticket);
        try {
            boolean _ = await(ticket::isAnswered, deadline);
        } finally {
            tickets.drop(number);
        }
    }

    private void awaitPeers(PublishOptions options, long deadline) throws InterruptedException {
        if (!await(() -> isEnough(options), deadline)) {
            throw PublishException.tooFewPeers(neighbourCount, options.minPeers());
        }
    }

    /** A leaver refuses, however many neighbours there are. */
    private boolean isEnough(PublishOptions options) {
        return leaving || neighbourCount >= options.minPeers();
    }

    private void handle(Input input, long now) {
        if (stopped) {
            return;
        }
        if (lock.getHoldCount() > 1) {
            throw new IllegalStateException("the core is told of " + input + " while its outputs are carried out");
        }
        try {
            carryOutAll(protocol.handle(input, told(now)));
        } catch (Throwable e) {
            // A mistake of ours, or no memory: neither must take the timer's thread, or a reader's, with it.
            log.error("the core failed at {}", input.getClass().getSimpleName(), e);
            inbox.counters().coreFailed();
            // It has said nothing of when it wants to be called next.
            setTimer(Math.min(timerAt, now() + nanos(AFTER_FAILURE)));
        }
    }

    /** Who has looked at the clock before it had the lock may come behind one who looked later. */
    private long told(long now) {
        lastTold = Math.max(now, lastTold);
        inbox.hearAt(startedAt + lastTold);
        return lastTold;
    }

    private void carryOutAll(List<Output> outputs) {
        try {
            for (Output output : outputs) {
                carryOutSafely(output);
            }
        } finally {
            inbox.handOver(sleepers);
        }
    }

    /** One output that fails must not take those behind it with it: the core relies on each of them. */
    private void carryOutSafely(Output output) {
        try {
            carryOut(output);
        } catch (Throwable e) {
            log.error("{} could not be carried out", output.getClass().getSimpleName(), e);
            inbox.counters().coreFailed();
        }
    }

    private void carryOut(Output output) {
        switch (output) {
            case Output.Send send -> sleepers.add(links.send(send.link(), send.frame()));
            case Output.Deliver deliver -> inbox.deliver(deliver);
            case Output.Gap gap -> inbox.gap(gap.stream(), gap.from(), gap.to());
            case Output.Dial dial -> links.dial(dial.address(), dial.intent());
            case Output.Close close -> links.close(close.link(), close.code());
            case Output.SetTimer timer -> setTimer(timer.atNanos());
            case Output.EpochTaken taken -> epochs.take(taken.epoch());
            case Output.Published published -> answer(published.ticket(), ticket -> ticket.published(published));
            case Output.PublishRefused refused -> answer(refused.ticket(), ticket -> ticket.refused(refused.reason()));
            case Output.Acknowledged all -> answer(all.ticket(), ticket -> ticket.acknowledged(ticket.wanted()));
            case Output.AcknowledgementFailed few -> answer(few.ticket(), ticket -> ticket.acknowledged(few.count()));
            case Output.WindowOpened _ -> windowOpened.signalAll();
            case Output.NeighbourUp up -> {
                neighbours.add(up.link());
                countNeighbours();
                links.becomeNeighbour(up.link());
            }
            case Output.NeighbourDown down -> {
                neighbours.remove(down.link());
                countNeighbours();
            }
            case Output.Left _ -> {
                left = true;
                changed.signalAll();
            }
        }
    }

    private void answer(long number, Consumer<Ticket> answer) {
        if (tickets.answer(number, answer)) {
            changed.signalAll();
        }
    }

    private void setTimer(long at) {
        timerAt = at;
        // Most timers are put off again and again: only one that comes earlier needs the thread to be woken.
        if (at < timerWakesAt) {
            timerMoved.signal();
        }
    }

    private void keepTime() {
        try {
            while (awaitTimer()) {
                give(new Input.Timer());
            }
        } catch (InterruptedException e) {
            log.debug("the mesh's timer ends");
        }
    }

    /** Waits until the core wants to be called; returns false once it will not be called any more. */
    private boolean awaitTimer() throws InterruptedException {
        lock.lock();
        try {
            for (long left = timerAt - now(); left > 0 && !stopped; left = timerAt - now()) {
                timerWakesAt = timerAt;
                long _ = timerMoved.awaitNanos(Math.min(left, nanos(LONGEST_WAIT)));
                timerWakesAt = NEVER;
            }
            timerAt = NEVER;
            return !stopped;
        } finally {
            lock.unlock();
        }
    }

    /** Waits until it is so; returns whether it was before the deadline, and before the end. */
    private boolean await(BooleanSupplier condition, long deadline) throws InterruptedException {
        while (!condition.getAsBoolean()) {
            if (!awaitSignal(changed, deadline)) {
                return false;
            }
        }
        return true;
    }

    /** Waits for a signal, or returns early; false at the deadline, and once there will be none any more. */
    @SuppressWarnings("WaitNotInLoop") // all callers loop
    private boolean awaitSignal(Condition signal, long deadline) throws InterruptedException {
        long timeLeft = deadline - now();
        if (stopped || timeLeft <= 0) {
            return false;
        }
        if (sleepers.isEmpty()) {
            return signal.awaitNanos(timeLeft) > 0;
        }
        sleepers.wakeAfter(lock);
        lock.lock();
        return true;
    }

    private void wakeAll() {
        changed.signalAll();
        windowOpened.signalAll();
    }

    private void countNeighbours() {
        neighbourCount = (int) neighbours.stream().map(LinkId::peer).distinct().count();
        changed.signalAll();
        onNeighbours.run();
    }

    static long nanos(Duration duration) {
        return (duration.compareTo(LONGEST_WAIT) < 0 ? duration : LONGEST_WAIT).toNanos();
    }

    private long now() {
        return System.nanoTime() - startedAt;
    }
}
