package dev.wsmesh.node;

import dev.wsmesh.node.PublishOptions.Backpressure;
import dev.wsmesh.protocol.Bytes;
import dev.wsmesh.protocol.Counter;
import dev.wsmesh.protocol.EncodedRecord;
import dev.wsmesh.protocol.Header;
import dev.wsmesh.protocol.MeshRecord;
import dev.wsmesh.protocol.Protocol;
import dev.wsmesh.protocol.RecordEncoder;
import dev.wsmesh.protocol.Retained;
import dev.wsmesh.protocol.StreamId;
import dev.wsmesh.protocol.Topic;
import dev.wsmesh.protocol.View;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The node behind {@link Mesh}.
 *
 * <p>States: {@code stopped -> running -> leaving -> stopped}, by {@link #start}, {@link #leave} and {@link #stop}, as often
 * as its application is started and stopped: each run has a core of its own. Subscriptions last until the {@link Inbox} is
 * closed. Thread-safe.
 */
public final class MeshNode implements Mesh, DeliverySource, Inbound {

    private static final String TEXT = "text/plain;charset=UTF-8";

    /** What a plain peer sent is accepted already: nobody could be told that it is not. */
    private static final PublishOptions AS_IT_COMES = PublishOptions.DEFAULT.on(Backpressure.IGNORE);

    private final Parts parts;
    private final Inbox inbox;
    private final int maxMessageBytes;
    private final Supplier<String> bind;
    private final SteadyClock stamps;
    /** The present run's, or the last one's. */
    private volatile @Nullable Driver driver;

    private volatile boolean running;
    private final PeerSignal peerSignal = new PeerSignal();
    private final EarlierRuns earlierRuns = new EarlierRuns();
    private final CatchingUp catchingUp = new CatchingUp();
    private volatile Instant startedAt = Instant.EPOCH;

    /**
     * What a node is made of.
     *
     * @param cores makes the core of a run
     * @param epochs where the numbers of runs come from
     * @param encoder makes bytes of records
     * @param plainPeers reaches the plain peers
     * @param links reaches the nodes
     * @param peers knows both
     * @param presences what other nodes tell of themselves
     * @param about what this one tells
     * @param clock stamps what is published
     */
    public record Parts(
            CoreFactory cores,
            Epochs epochs,
            RecordEncoder encoder,
            Transport plainPeers,
            LinkTransport links,
            PeerStatus peers,
            PresenceBoard presences,
            About about,
            InstantSource clock) {}

    /** Makes the core of a run that begins now, in this epoch. */
    @FunctionalInterface
    public interface CoreFactory {

        /** A core that has not begun, at the time 0. */
        Protocol create(long epoch);
    }

    /**
     * Creates a node that has not started.
     *
     * @param maxMessageBytes larger payloads and texts are refused
     * @param bind tells the address the node shows to others
     */
    public MeshNode(Parts parts, Inbox inbox, int maxMessageBytes, Supplier<String> bind) {
        this.parts = parts;
        this.inbox = inbox;
        this.maxMessageBytes = maxMessageBytes;
        this.bind = bind;
        this.stamps = new SteadyClock(parts.clock(), System::nanoTime);
    }

    @Override
    public PublishReceipt publish(Publication publication) {
        int bytes = publication.payload().length();
        if (bytes > maxMessageBytes) {
            throw tooLarge("the payload", bytes);
        }
        if (publication.topic().isReserved()) {
            throw new IllegalArgumentException("the topic " + publication.topic()
                    + " begins with '$', and such topics are the mesh's own; choose another one");
        }
        return publishOwn(publication);
    }

    /** Publishes on any topic, those of the mesh itself included: for what belongs to the node. */
    public PublishReceipt publishOwn(Publication publication) {
        return publishOn(running(), publication);
    }

    @Override
    public Subscription subscribe(SubscribeOptions options, MessageListener listener) {
        Driver present = driver;
        if (present == null) {
            return inbox.subscribe(options, listener);
        }
        // In one step: what is not in the past is in the future.
        return present.exclusively(
                (core, now) -> inbox.subscribe(options, listener, inbox.past(options, core, now), this::read));
    }

    @Override
    public PulledSubscription pull(SubscribeOptions options) {
        Driver present = driver;
        if (present == null) {
            throw notRunning();
        }
        return present.exclusively((core, now) -> inbox.pull(options, inbox.past(options, core, now), this::read));
    }

    @Override
    public PulledSubscription pullPast(SubscribeOptions options, BooleanSupplier givenUp) throws InterruptedException {
        if (options.resume() == null && options.replay().isZero()) {
            return pull(options);
        }
        Duration waited = CatchingUp.await(() -> catchingUp.isOn(driver), givenUp);
        boolean byAge = options.resume() == null && !waited.isZero();
        return pull(byAge ? options.replaying(options.replay().plus(waited)) : options);
    }

    @Override
    public void mark() {
        Driver present = driver;
        if (present != null && inbox.isPulled()) {
            // Under the lock: nothing comes between what the mark says and where it is set.
            present.exclusively((core, now) -> {
                inbox.mark(Past.mark(core, now));
                return true;
            });
            inbox.wakePulled();
        }
    }

    @Override
    public List<TopicView> topics() {
        return inbox.topics();
    }

    /** The present run's core, for a replay that may have begun in an earlier one. */
    private Replay.Portion read(Function<Protocol, Replay.Portion> reader) {
        return Objects.requireNonNull(driver).exclusively(reader);
    }

    @Override
    public int sendToPlainPeers(String text) {
        if (!Utf8.canEncode(text)) {
            throw new IllegalArgumentException(Utf8.COMPLAINT);
        }
        int bytes = Utf8.length(text);
        if (bytes > maxMessageBytes) {
            throw tooLarge("the text", bytes);
        }
        Driver _ = running();
        return sendToEachPlainPeer(_ -> text);
    }

    /** Queues for each plain peer the text that belongs to its index; see {@link Transport#sendToEach}. */
    int sendToEachPlainPeer(IntFunction<String> textOfIndex) {
        return parts.plainPeers().sendToEach(textOfIndex);
    }

    @Override
    public void received(String text, String peerAddress) {
        Driver present = driver;
        if (present != null) {
            Publication publication = new Publication(
                    new Topic(PLAIN_TOPIC),
                    Bytes.wrap(text.getBytes(StandardCharsets.UTF_8)),
                    TEXT,
                    List.of(new Header(Message.PEER_HEADER, peerAddress)),
                    AS_IT_COMES);
            try {
                PublishReceipt _ = publishOn(present, publication);
            } catch (PublishException | IllegalStateException | IllegalArgumentException e) {
                // The node leaves, or the text and its header are larger than a frame.
                inbox.counters().dropped(MeshCounters.Drop.NOT_PUBLISHED, 1);
            }
        }
    }

    @Override
    public boolean awaitPeers(int count, Duration timeout) throws InterruptedException {
        return peerSignal.await(() -> connectedPeers() >= count, timeout);
    }

    /** To be called when the number of peers may have changed. */
    public void peersChanged() {
        peerSignal.changed();
    }

    /** Tells of peers that come or go. */
    PeerSignal peerSignal() {
        return peerSignal;
    }

    @Override
    public List<NodePresence> nodes() {
        List<NodePresence> others = parts.presences().nodes();
        if (driver == null) {
            return others;
        }
        List<NodePresence> all = new ArrayList<>(others.size() + 1);
        all.add(self());
        all.addAll(others);
        return List.copyOf(all);
    }

    /** This node as it tells of itself. */
    NodePresence self() {
        return look().presence(parts.about(), startedAt, parts.clock().instant());
    }

    /** How many nodes, itself included, it has heard of lately. */
    int knownNodes() {
        return look().knownNodes(parts.presences().ids());
    }

    @Override
    public NodeView view() {
        return new NodeView(
                bind.get(),
                running,
                connectedPeers(),
                outline(),
                parts.peers().links(),
                parts.peers().refusals(),
                parts.peers().sessions(),
                parts.peers().configuredPeers());
    }

    /** What the mesh looks like from here, without the links of each stream; null before the first start. */
    public @Nullable View outline() {
        Driver present = driver;
        return present == null ? null : present.exclusively(Protocol::outline);
    }

    /** How often since the node was made, over all its runs. */
    public long counted(Counter counter) {
        Driver present = driver;
        return present == null ? 0 : earlierRuns.counted(counter) + present.exclusively(core -> core.counted(counter));
    }

    /** Begins a run; returns where its transport tells what happens. */
    public Core start() {
        Driver last = driver;
        if (last != null) {
            inbox.goOnFrom(last.exclusively(MeshNode::settled));
            earlierRuns.add(last);
        }
        Driver fresh = new Driver(
                parts.cores().create(parts.epochs().begin()), parts.links(), inbox, parts.epochs(), this::peersChanged);
        startedAt = parts.clock().instant();
        driver = fresh;
        fresh.start();
        return fresh;
    }

    private static Map<StreamId, Long> settled(Protocol core) {
        return core.retained().stream().collect(Collectors.toMap(Retained::id, Retained::settled));
    }

    /** The transport is ready: publishing is allowed. */
    public void begin() {
        running = true;
    }

    /** Nothing more can be published; the links are handed what is owed to them. Returns whether that was done in time. */
    public boolean leave(Duration timeout) throws InterruptedException {
        running = false;
        Driver present = driver;
        return present == null || present.leave(timeout);
    }

    /** Ends the run. */
    public void stop() {
        Driver present = driver;
        if (present != null) {
            present.stop();
        }
    }

    static IllegalStateException notRunning() {
        return new IllegalStateException("the node is not running: publish after it has started and before it stops");
    }

    private Driver running() {
        Driver present = driver;
        if (present == null || !running) {
            throw notRunning();
        }
        return present;
    }

    private SelfPortrait look() {
        Driver present = driver;
        if (present == null) {
            throw notRunning();
        }
        return present.exclusively(SelfPortrait::of);
    }

    private PublishReceipt publishOn(Driver present, Publication publication) {
        long nanoTime = System.nanoTime();
        EncodedRecord record = parts.encoder()
                .encode(new MeshRecord(
                        publication.topic(),
                        publication.payload(),
                        publication.contentType(),
                        publication.headers(),
                        stamps.at(nanoTime)));
        return present.publish(record, publication.options(), nanoTime);
    }

    private IllegalArgumentException tooLarge(String what, int bytes) {
        return new IllegalArgumentException(what + " has " + bytes + " bytes; mesh.limits.max-message-bytes allows "
                + maxMessageBytes + ": send it in parts or raise the limit on every node");
    }

    private int connectedPeers() {
        Driver present = driver;
        long dialled = parts.peers().sessions().stream()
                .filter(session -> session.direction() == Direction.DIALLED)
                .count();
        return (present == null ? 0 : present.neighbours()) + (int) dialled;
    }
}
