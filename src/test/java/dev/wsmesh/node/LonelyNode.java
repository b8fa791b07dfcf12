package dev.wsmesh.node;

import dev.wsmesh.protocol.Address;
import dev.wsmesh.protocol.Bytes;
import dev.wsmesh.protocol.CloseCode;
import dev.wsmesh.protocol.EncodedRecord;
import dev.wsmesh.protocol.Frame;
import dev.wsmesh.protocol.Input;
import dev.wsmesh.protocol.Intent;
import dev.wsmesh.protocol.Limits;
import dev.wsmesh.protocol.LinkId;
import dev.wsmesh.protocol.MeshRecord;
import dev.wsmesh.protocol.Message.Batch;
import dev.wsmesh.protocol.Message.DigestComplete;
import dev.wsmesh.protocol.NodeId;
import dev.wsmesh.protocol.Protocol;
import dev.wsmesh.protocol.Settings;
import dev.wsmesh.protocol.Settings.Broadcasting;
import dev.wsmesh.protocol.StreamId;
import dev.wsmesh.protocol.Topic;
import dev.wsmesh.wire.RecordCodec;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntFunction;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A node without a network: the real core behind its driver, and links that only a test makes. */
final class LonelyNode implements AutoCloseable {

    static final NodeId SELF = new NodeId(0, 1);

    final MeshCounters counters = new MeshCounters();
    final RecordCodec codec = new RecordCodec(Limits.DEFAULT);
    final Links links = new Links();
    final Inbox inbox = new Inbox(SELF, counters, new SubscriptionLimits(1_024, 1 << 20), codec);
    final MeshNode node;
    private final AtomicLong lastGeneration = new AtomicLong();
    private Core core;

    /** Does nothing of what it is told, and knows which links were closed. */
    static final class Links implements LinkTransport {
        /** Who is to be woken for each frame. */
        volatile @Nullable Sleeper writer;

        private final Set<LinkId> closed = ConcurrentHashMap.newKeySet();

        boolean hasClosed(LinkId link) {
            return closed.contains(link);
        }

        @Override
        public void dial(Address address, Intent intent) {}

        @Override
        public @Nullable Sleeper send(LinkId link, Frame frame) {
            return writer;
        }

        @Override
        public void becomeNeighbour(LinkId link) {}

        @Override
        public void close(LinkId link, CloseCode code) {
            closed.add(link);
        }
    }

    static final class Runs implements Epochs {
        private final AtomicLong last = new AtomicLong();

        @Override
        public long begin() {
            return last.incrementAndGet();
        }

        @Override
        public void take(long epoch) {
            last.set(epoch);
        }
    }

    private static final class NoPeers implements PeerStatus, Transport {
        @Override
        public List<LinkView> links() {
            return List.of();
        }

        @Override
        public List<RefusalView> refusals() {
            return List.of();
        }

        @Override
        public List<SessionView> sessions() {
            return List.of();
        }

        @Override
        public List<ConfiguredPeerView> configuredPeers() {
            return List.of();
        }

        @Override
        public int sendToEach(IntFunction<String> textOfIndex) {
            return 0;
        }
    }

    /** A node that runs, and retains so many bytes. */
    LonelyNode(long logBytes) {
        Broadcasting usual = Broadcasting.DEFAULT;
        Settings settings = Settings.of(SELF, null, List.of())
                .with(usual.with(usual.memory().retaining(logBytes, Duration.ofHours(1))));
        NoPeers nobody = new NoPeers();
        node = new MeshNode(
                new MeshNode.Parts(
                        epoch -> new Protocol(settings, epoch, record("$mesh.beacon", ""), _ -> true, new Random(1), 0),
                        new Runs(),
                        codec,
                        nobody,
                        links,
                        nobody,
                        new PresenceBoard(counters, InstantSource.system(), System::nanoTime),
                        new About(() -> "lonely", "1", () -> ""),
                        InstantSource.system()),
                inbox,
                1 << 20,
                () -> "lonely:1");
        core = start();
    }

    /** Begins a run; what comes by links is given to the core that is returned. */
    Core start() {
        core = node.start();
        node.begin();
        return core;
    }

    /** Ends a run. */
    void stop() throws InterruptedException {
        boolean _ = node.leave(Duration.ofSeconds(1));
        node.stop();
    }

    /** A neighbour comes up in this run. */
    LinkId neighbour(long number) {
        LinkId link = new LinkId(new NodeId(7, number), lastGeneration.incrementAndGet());
        core.give(new Input.LinkUp(link, null, null, Intent.JOIN, 1, 1 << 20, false, 0));
        return link;
    }

    /** The same, and it has said what it holds: nothing. */
    LinkId readyNeighbour(long number) {
        LinkId link = neighbour(number);
        core.give(new Input.Received(link, Frame.of(new DigestComplete(0))));
        return link;
    }

    Core core() {
        return core;
    }

    /** Records of a stream arrive, one for each text. */
    void receive(LinkId link, StreamId stream, long first, String... texts) {
        List<EncodedRecord> records =
                Stream.of(texts).map(text -> record("a.topic", text)).toList();
        core.give(new Input.Received(link, Frame.of(new Batch(stream, first, 0, false, records))));
    }

    /** Something happens to the core of this run. */
    void give(Input input) {
        core.give(input);
    }

    EncodedRecord record(String topic, String text) {
        return codec.encode(new MeshRecord(
                new Topic(topic), Bytes.wrap(text.getBytes(StandardCharsets.UTF_8)), "", List.of(), Instant.EPOCH));
    }

    @Override
    public void close() {
        inbox.close();
        node.stop();
    }
}
