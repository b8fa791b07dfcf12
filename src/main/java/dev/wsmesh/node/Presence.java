package dev.wsmesh.node;

import dev.wsmesh.protocol.Bytes;
import dev.wsmesh.protocol.NodeId;
import dev.wsmesh.protocol.Topic;
import java.time.Duration;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the mesh of this node again and again, and notes on the {@link PresenceBoard} what the other nodes tell: so every node
 * can show the whole mesh.
 *
 * <p>States: {@code stopped -> telling -> stopped}, by {@link #start} and {@link #stop}; it listens from {@link #follow} on.
 */
public final class Presence implements MessageListener {

    private static final Logger log = LoggerFactory.getLogger(Presence.class);

    private static final Topic TOPIC = new Topic("$mesh.presence");

    /** So all nodes together publish 20 of them a second on average at most; prescribed by the protocol. */
    private static final Duration FOR_EACH_NODE = Duration.ofMillis(50);

    /** Of the interval, either way: it is not always the same node that speaks first. */
    private static final double JITTER = 0.1;

    /** This part of the interval after the start most links are up, and newcomers and new links are seen soon. A guess. */
    private static final int SOON = 10;

    /** Nobody waits for a presence, and the next one makes up for it. */
    private static final PublishOptions AS_IT_COMES =
            PublishOptions.DEFAULT.on(PublishOptions.Backpressure.IGNORE).within(Duration.ZERO);

    private final NodeId self;
    private final MeshNode node;
    private final PresenceBoard board;
    private final AnnouncementCodec codec;
    private final Settings settings;
    private final RandomGenerator random;
    private final MeshCounters counters;
    private final Chorus chorus = new Chorus(System::nanoTime);
    private @Nullable Thread thread;

    /**
     * How a node tells of itself.
     *
     * @param enabled whether it does; it listens to others in any case
     * @param interval the shortest pause, without the jitter
     */
    public record Settings(boolean enabled, Duration interval) {

        /** How soon to tell of links that came or went, where so many nodes are known. */
        Duration shortestPause(int nodes) {
            Duration soon = interval.dividedBy(SOON);
            Duration forAll = FOR_EACH_NODE.multipliedBy(nodes);
            return soon.compareTo(forAll) < 0 ? forAll : soon;
        }

        /** How long to wait where so many nodes are known. */
        Duration pause(int nodes) {
            Duration forAll = FOR_EACH_NODE.multipliedBy(nodes);
            return interval.compareTo(forAll) < 0 ? forAll : interval;
        }

        /** Whether to tell anything where so many nodes are known. */
        boolean tells(int nodes) {
            return enabled && nodes <= PresenceBoard.MAX_NODES;
        }
    }

    /** Creates a presence that has not started. */
    public Presence(
            NodeId self,
            MeshNode node,
            PresenceBoard board,
            AnnouncementCodec codec,
            Settings settings,
            RandomGenerator random,
            MeshCounters counters) {
        this.self = self;
        this.node = node;
        this.board = board;
        this.codec = codec;
        this.settings = settings;
        this.random = random;
        this.counters = counters;
    }

    /** Listens to the others from now on. */
    public void follow() {
        Subscription _ = node.subscribe(TOPIC.name(), this);
    }

    /** Begins to tell, shortly after the node has begun. */
    public synchronized void start() {
        if (settings.enabled()) {
            thread = Background.start("mesh-presence", this::tellForEver);
        }
    }

    /** Says goodbye; to be called while the node still publishes. */
    public synchronized void stop() {
        if (thread != null) {
            thread.interrupt();
            thread = null;
            tell(settings.interval(), true);
        }
    }

    @Override
    public void onMessage(Message message) {
        NodeId origin = message.position().stream().origin();
        if (origin.equals(self)) {
            return;
        }
        try {
            Announcement announcement = codec.decode(message.payload());
            if (!announcement.node().id().equals(origin)) {
                throw new IllegalArgumentException(
                        "it speaks for " + announcement.node().id());
            }
            board.take(announcement);
            if (chorus.heard()) {
                node.peerSignal().lookAgain();
            }
        } catch (IllegalArgumentException e) {
            counters.dropped(MeshCounters.Drop.PRESENCE, 1);
            log.debug("the presence of {} cannot be read", origin, e);
        }
    }

    private void tellForEver() {
        PeerSignal peers = node.peerSignal();
        try {
            Thread.sleep(jittered(settings.shortestPause(node.knownNodes())));
            while (true) {
                long seen = peers.changes();
                int nodes = node.knownNodes();
                Duration pause = settings.pause(nodes);
                chorus.told(pause);
                if (settings.tells(nodes)) {
                    tellUnlessGone(pause);
                }
                boolean _ = peers.await(() -> peers.changes() != seen || chorus.isInvited(), jittered(pause));
                Thread.sleep(
                        peers.changes() == seen
                                ? Duration.ofNanos((long) (Chorus.spread(nodes).toNanos() * random.nextDouble()))
                                : jittered(settings.shortestPause(nodes)));
            }
        } catch (InterruptedException e) {
            log.debug("the node tells nothing of itself any more");
        }
    }

    /** After the goodbye nothing is told: the others would believe it. */
    private synchronized void tellUnlessGone(Duration interval) {
        if (Thread.currentThread().equals(thread)) {
            tell(interval, false);
        }
    }

    private void tell(Duration interval, boolean leaving) {
        try {
            byte[] words = codec.encode(new Announcement(node.self(), interval, leaving));
            PublishReceipt _ = node.publishOwn(
                    new Publication(TOPIC, Bytes.wrap(words), codec.contentType(), List.of(), AS_IT_COMES));
        } catch (PublishException | IllegalStateException e) {
            log.debug("no presence this time: {}", e.getMessage());
        } catch (RuntimeException e) {
            // A mistake of ours must not end the telling for ever.
            log.error("the presence could not be published", e);
        }
    }

    private Duration jittered(Duration about) {
        return Duration.ofNanos((long) (about.toNanos() * random.nextDouble(1 - JITTER, 1 + JITTER)));
    }
}
