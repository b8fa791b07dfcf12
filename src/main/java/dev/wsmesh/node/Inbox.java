package dev.wsmesh.node;

import dev.wsmesh.protocol.EncodedRecord;
import dev.wsmesh.protocol.NodeId;
import dev.wsmesh.protocol.Output;
import dev.wsmesh.protocol.Protocol;
import dev.wsmesh.protocol.RecordEncoder;
import dev.wsmesh.protocol.RecordHead;
import dev.wsmesh.protocol.Records;
import dev.wsmesh.protocol.StreamId;
import dev.wsmesh.protocol.Topic;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The one place that everything delivered passes through, on its way to the subscriptions. Subscribing and closing are for any
 * thread; the rest is the driver's.
 */
public final class Inbox implements AutoCloseable {

    /** Four times what one core keeps. */
    private static final int MOST_EARLIER = 65_536;

    private final NodeId self;
    private final MeshCounters counters;
    private final SubscriptionLimits usualLimits;
    private final RecordEncoder encoder;
    private final List<SubscriptionQueue> subscriptions = new CopyOnWriteArrayList<>();
    /** How far each stream was delivered in earlier runs, until it is heard again. Used by the run's core only, one at a time. */
    private final Map<StreamId, Long> earlier = new HashMap<>();

    private final TopicBoard topics = new TopicBoard(System::nanoTime);
    private final RecentArrivals arrivals = new RecentArrivals();
    /** Whether what was published before a run reaches only those that ask for it. */
    private final boolean replayOnJoin;

    /** Whether something came since it was handed over. The driver's, guarded by its lock. */
    private boolean arrived;

    /** When the present input came. The driver's. */
    private long heardAt;

    /** How often a subscription has come or gone. */
    private final AtomicInteger changes = new AtomicInteger();

    /** What the last messages were about, how many of the present input they were, and who asks for it. The driver's. */
    private @Nullable Topic topic;

    /** The changes that this is true for. */
    private int seenChanges;

    private int aboutTopic;
    private final List<SubscriptionQueue> asking = new ArrayList<>();
    private boolean someAhead;

    /** Who was given something with the present input, also if it has been closed meanwhile. The driver's. */
    private final List<SubscriptionQueue> given = new ArrayList<>();

    private final AtomicInteger run = new AtomicInteger();
    private volatile boolean closed;

    /** Creates an inbox without subscriptions, of a node that begins with its first link. */
    public Inbox(NodeId self, MeshCounters counters, SubscriptionLimits usualLimits, RecordEncoder encoder) {
        this(self, counters, usualLimits, encoder, false);
    }

    /**
     * Creates an inbox without subscriptions.
     *
     * @param replayOnJoin whether the node is delivered what was published before it joined
     */
    public Inbox(
            NodeId self,
            MeshCounters counters,
            SubscriptionLimits usualLimits,
            RecordEncoder encoder,
            boolean replayOnJoin) {
        this.self = self;
        this.counters = counters;
        this.usualLimits = usualLimits;
        this.encoder = encoder;
        this.replayOnJoin = replayOnJoin;
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
     * @param settled how far each stream was delivered in the last run, or before where it began there
     */
    void goOnFrom(Map<StreamId, Long> settled) {
        settled.forEach(this::tellUnheard);
        if (earlier.size() + settled.size() > MOST_EARLIER) {
            earlier.clear();
        }
        settled.forEach((stream, last) -> earlier.merge(stream, last, Math::max));
        run.incrementAndGet();
        subscriptions.forEach(SubscriptionQueue::endReplay);
    }

    /** What is told from now on came at this time, by {@link System#nanoTime}. */
    void hearAt(long nanoTime) {
        heardAt = nanoTime;
    }

    void deliver(Output.Deliver delivered) {
        arrived = true;
        Records records = delivered.records();
        if (records.areAlike() && earlier.isEmpty() && !someAhead) {
            turnTo(topic(records), records.size());
            if (!someAhead) {
                arrivals.note(delivered.stream(), delivered.first(), records.size());
                stage(delivered);
                return;
            }
            aboutTopic -= records.size();
        }
        for (int i = 0; i < records.size(); i++) {
            long sequence = delivered.first() + i;
            if (earlier.isEmpty() || firstNew(delivered.stream(), sequence, sequence) == sequence) {
                deliverOne(delivered.stream(), sequence, records.get(i), delivered.bornNanos());
            }
        }
    }

    private Topic topic(Records alike) {
        RecordHead head = alike.head(0);
        return head == null ? encoder.topic(alike.getFirst()) : head.topic();
    }

    private void deliverOne(StreamId stream, long sequence, EncodedRecord record, long bornNanos) {
        turnTo(encoder.topic(record), 1);
        arrivals.note(stream, sequence, 1);
        if (someAhead) {
            heard(stream, sequence);
        }
        stage(new Output.Deliver(stream, sequence, Records.of(List.of(record)), bornNanos));
    }

    /** Gives the subscriptions that ask for their topic these messages. */
    private void stage(Output.Deliver delivered) {
        boolean own = isOwn(delivered.stream());
        Run run = null;
        for (int i = 0; i < asking.size(); i++) {
            SubscriptionQueue subscription = asking.get(i);
            if ((!own || subscription.takesOwn()) && isWanted(delivered, subscription)) {
                run = run == null ? run(delivered) : run;
                stage(subscription, run);
            }
        }
    }

    private Run run(Output.Deliver delivered) {
        Records records = delivered.records().detached();
        return new Run(delivered.stream(), delivered.first(), records, this::message, asking.size() > 1);
    }

    /** Nearly always what comes together is about the same. */
    private void turnTo(Topic next, int messages) {
        int present = changes.get();
        if (!next.equals(topic) || seenChanges != present || someAhead) {
            turnAway();
            topic = next;
            seenChanges = present;
            for (SubscriptionQueue subscription : subscriptions) {
                someAhead |= subscription.isAhead();
                if (subscription.asksFor(next)) {
                    asking.add(subscription);
                }
            }
        }
        aboutTopic += messages;
    }

    private void turnAway() {
        noteTopic();
        topic = null;
        asking.clear();
        someAhead = false;
    }

    private void noteTopic() {
        if (topic != null && aboutTopic > 0) {
            topics.note(topic, aboutTopic, heardAt);
            aboutTopic = 0;
        }
    }

    private void heard(StreamId stream, long sequence) {
        for (SubscriptionQueue subscription : subscriptions) {
            if (subscription.isAhead()) {
                subscription.heard(stream, sequence);
                given.add(subscription);
            }
        }
    }

    /** What was published before the run goes to those whose own replay reaches back to it; one of an earlier run missed it. */
    private boolean isWanted(Output.Deliver delivered, SubscriptionQueue subscription) {
        return !replayOnJoin
                || delivered.bornNanos() >= 0
                || subscription.isOlderThan(run.get())
                || subscription.reachesBackTo(delivered.bornNanos());
    }

    void gap(StreamId stream, long from, long to) {
        arrived = true;
        long first = earlier.isEmpty() ? from : firstNew(stream, from, to);
        if (first <= to) {
            tell(new Gap(stream, first, to, Gap.Cause.NOT_RETAINED));
        }
    }

    private boolean isOwn(StreamId stream) {
        return stream.origin().equals(self);
    }

    /** Hands over to the subscriptions, whom the caller wakes; to be called once after any number of deliveries and gaps. */
    void handOver(Sleepers sleepers) {
        if (!arrived) {
            return;
        }
        arrived = false;
        noteTopic();
        for (int i = 0; i < given.size(); i++) {
            sleepers.add(given.get(i).deliverStaged());
        }
        given.clear();
    }

    /** Sets a mark in each subscription that is pulled; whoever calls wakes them. */
    void mark(Mark mark) {
        subscriptions.forEach(subscription -> subscription.offerMark(mark));
    }

    /** Wakes all subscriptions that are pulled. */
    void wakePulled() {
        for (SubscriptionQueue subscription : subscriptions) {
            if (subscription.isPulled()) {
                subscription.wake();
            }
        }
    }

    boolean isPulled() {
        return subscriptions.stream().anyMatch(SubscriptionQueue::isPulled);
    }

    List<TopicView> topics() {
        return topics.topics();
    }

    private void stage(SubscriptionQueue subscription, Waiting next) {
        if (subscription.stage(next)) {
            given.add(subscription);
        }
    }

    private void tell(Gap gap) {
        for (SubscriptionQueue subscription : subscriptions) {
            stage(subscription, gap);
        }
    }

    /** Of these numbers the first beyond what an earlier run delivered; what lies between is a gap. */
    private long firstNew(StreamId stream, long from, long to) {
        long settled = earlier.getOrDefault(stream, from - 1);
        if (to > settled) {
            earlier.remove(stream);
        }
        if (from > settled + 1) {
            tellOlder(new Gap(stream, settled + 1, from - 1, Gap.Cause.NOT_RETAINED), this::stage);
        }
        return Math.max(from, settled + 1);
    }

    /** In the run that has ended, nothing was heard of it but that it began beyond what an earlier run delivered. */
    private void tellUnheard(StreamId stream, long last) {
        long settled = earlier.getOrDefault(stream, last);
        if (last > settled && !isOwn(stream)) {
            tellOlder(new Gap(stream, settled + 1, last, Gap.Cause.NOT_RETAINED), SubscriptionQueue::offer);
        }
    }

    /** Who came in this run has no claim on what came before it. */
    private void tellOlder(Gap missed, BiConsumer<SubscriptionQueue, Gap> how) {
        for (SubscriptionQueue subscription : subscriptions) {
            if (subscription.isOlderThan(run.get())) {
                how.accept(subscription, missed);
            }
        }
    }

    /** What a subscription with these options gets before the present. */
    Past past(SubscribeOptions options, Protocol core, long now) {
        return Past.of(
                options,
                core,
                now,
                arrivals,
                limitsOf(options).bytes(),
                (stream, record) -> !(options.noLocal() && isOwn(stream))
                        && options.pattern().matches(encoder.topic(record)));
    }

    /** A subscription from now on. */
    Subscription subscribe(SubscribeOptions options, MessageListener listener) {
        SubscriptionQueue subscription = add(options, false, null, _ -> Replay.Portion.END);
        subscription.deliverTo(listener);
        return subscription;
    }

    /** A subscription that gets the past first. */
    Subscription subscribe(SubscribeOptions options, MessageListener listener, Past past, CoreReader core) {
        SubscriptionQueue subscription = add(options, false, past, core);
        subscription.deliverTo(listener);
        return subscription;
    }

    /** A subscription that gets the past first, and is emptied by whoever asked for it. */
    PulledSubscription pull(SubscribeOptions options, Past past, CoreReader core) {
        return add(options, true, past, core);
    }

    private SubscriptionQueue add(SubscribeOptions options, boolean pulled, @Nullable Past past, CoreReader core) {
        if (closed) {
            throw new IllegalStateException("the node is gone: nothing will be received any more");
        }
        SubscriptionQueue subscription = new SubscriptionQueue(
                options,
                limitsOf(options),
                counters,
                this::remove,
                run.get(),
                pulled,
                past,
                queue -> core.read(queue::readOn),
                item -> message(item.stream(), item.sequence(), item.record()));
        subscriptions.add(subscription);
        changes.incrementAndGet();
        if (closed) {
            subscription.close();
        }
        return subscription;
    }

    private void remove(SubscriptionQueue subscription) {
        subscriptions.remove(subscription);
        changes.incrementAndGet();
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

    private SubscriptionLimits limitsOf(SubscribeOptions options) {
        SubscriptionLimits own = options.limits();
        return own == null ? usualLimits : own;
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
