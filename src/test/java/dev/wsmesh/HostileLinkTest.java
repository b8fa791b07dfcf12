package dev.wsmesh;

import static dev.wsmesh.TestNode.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.sun.management.HotSpotDiagnosticMXBean;
import dev.wsmesh.identity.NodeKey;
import dev.wsmesh.node.LinkView;
import dev.wsmesh.node.PublishReceipt;
import dev.wsmesh.protocol.CloseCode;
import dev.wsmesh.protocol.Frame;
import dev.wsmesh.protocol.LinkId;
import dev.wsmesh.protocol.Message;
import dev.wsmesh.protocol.StreamId;
import dev.wsmesh.seed.RawWebSocket;
import dev.wsmesh.wire.FrameEncoder;
import dev.wsmesh.wire.RandomFrames;
import dev.wsmesh.wire.Samples;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Peers that speak {@code wsmesh.v1} and mean no good, beside an honest neighbour under load. Afterwards the honest link is the
 * one that it was, its stream is complete, and nothing of the others is left.
 */
class HostileLinkTest {

    /** Of valid frames at random; a million of them takes an hour. */
    private static final int RANDOM_FRAMES = Integer.getInteger("wsmesh.hostile.frames", 1_000);

    /** Generous: both nodes retain up to 64 MiB, and remember the streams that strangers spoke of. */
    private static final long MOST_GROWTH_BYTES = 160L << 20;

    private static final Pattern LINK_THREAD = Pattern.compile("\"(mesh-link-|mesh-closer-)[^\"]*\"");

    private static final int MALFORMED = CloseCode.MALFORMED.number();
    private static final int TOO_LARGE = CloseCode.TOO_LARGE.number();

    private TestNode node;
    private TestNode honest;
    private DeliveryBook book;
    private LoadingNode load;
    private LinkId honestLink;
    private int threads;
    private long linkThreads;
    private long heapBytes;

    @BeforeEach
    void startBesideAnHonestNeighbour() throws Exception {
        node = TestNode.start(
                "--mesh.links.handshake-timeout=2s",
                "--mesh.links.max-handshakes=8",
                "--mesh.limits.max-sessions=8192");
        honest = TestNode.start("--mesh.peers=" + node.url(), "--mesh.outbound-only=true")
                .awaitNeighbours(1);
        node.awaitNeighbours(1);
        honestLink = node.mesh().view().links().getFirst().id();
        book = DeliveryBook.of(node.mesh(), "honest");
        threads = Thread.activeCount();
        linkThreads = linkThreads();
        heapBytes = usedHeapBytes();
        load = LoadingNode.on(honest, "honest", Duration.ofMillis(2));
    }

    @AfterEach
    void theHonestOneHasSeenNothingOfIt() throws Exception {
        try {
            load.awaitMore(20);
            Map<PublishReceipt, String> published = load.stop();
            await().atMost(PATIENCE).until(() -> published.keySet().stream().allMatch(book::has));
            book.assertHolds(published);
            await().atMost(PATIENCE).until(() -> links(node).equals(List.of(honestLink)));
            assertThat(node.sessions()).isEmpty();
            assertThat(node.counters().coreFailures()).isZero();
            assertThat(node.core().logBytes()).isLessThanOrEqualTo(64L << 20);
            assertThat(node.core().windowRecords()).isLessThanOrEqualTo(1_024);
            assertThat(Thread.activeCount())
                    .as("platform threads; the container's pool grows by a few")
                    .isLessThan(threads + 50);
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(linkThreads())
                            .as("virtual threads of links and of those that close them")
                            .isLessThanOrEqualTo(linkThreads));
            assertThat(usedHeapBytes() - heapBytes)
                    .as("growth of the heap; some of it is what the nodes retain")
                    .isLessThan(MOST_GROWTH_BYTES);
        } finally {
            honest.close();
            node.close();
        }
    }

    @Test
    void every_frame_cut_off_at_every_byte_is_refused_or_harmless() throws Exception {
        NodeKey key = NodeKey.generate();
        long epoch = System.currentTimeMillis();
        int refused = 0;
        for (Frame frame : Samples.frames().values()) {
            byte[] whole = new FrameEncoder(1 << 20).encode(frame);
            HostilePeer peer = HostilePeer.link(node.port(), key, ++epoch);
            for (int length = 0; length < whole.length; length++) {
                peer.sendBytes(Arrays.copyOf(whole, length));
                Integer code = peer.closedOrNull();
                if (code != null) {
                    assertThat(code).isEqualTo(MALFORMED);
                    refused++;
                    peer.close();
                    peer = HostilePeer.link(node.port(), key, ++epoch);
                }
            }
            peer.close();
        }
        assertThat(refused).isGreaterThan(500);
    }

    @Test
    void every_greeting_cut_off_at_every_byte_is_refused() throws Exception {
        byte[] hello = HostilePeer.greeting(NodeKey.generate());
        for (int length = 0; length < hello.length; length++) {
            try (HostilePeer peer = HostilePeer.dial(node.port())) {
                peer.sendBytes(Arrays.copyOf(hello, length));
                assertThat(peer.closeCode()).isEqualTo(MALFORMED);
            }
        }
        assertThat(node.counters().handshakeFailures(CloseCode.MALFORMED)).isEqualTo(hello.length);
    }

    @Test
    void random_frames_change_nothing_for_others() throws Exception {
        Random random = new Random(4711);
        RandomFrames frames = new RandomFrames(random);
        HostilePeer peer = HostilePeer.link(node.port());
        for (int i = 0; i < RANDOM_FRAMES; i++) {
            try {
                peer.send(frames.frame());
                if (i % 50 == 49 && peer.closedOrNull() != null) {
                    throw new IOException("closed");
                }
            } catch (IOException e) {
                peer.close();
                peer = HostilePeer.link(node.port());
            }
        }
        peer.close();
        for (int i = 0; i < 100; i++) {
            byte[] bytes = new byte[random.nextInt(1, 200)];
            random.nextBytes(bytes);
            try (HostilePeer other = HostilePeer.link(node.port())) {
                other.sendBytes(bytes);
                assertThat(other.closedOrNull()).isIn(null, MALFORMED, TOO_LARGE, CloseCode.FULL.number());
            }
        }
        assertThat(node.core().streams()).hasSizeLessThanOrEqualTo(16_384);
    }

    @Test
    void what_comes_at_the_wrong_time_or_in_the_wrong_form_ends_the_link() throws Exception {
        byte[] ping = new FrameEncoder(1 << 20).encode(Frame.of(new Message.Ping(1)));
        try (HostilePeer early = HostilePeer.dial(node.port())) {
            early.sendBytes(ping);
            assertThat(early.closeCode()).as("a frame before the handshake").isEqualTo(MALFORMED);
        }
        try (HostilePeer late = HostilePeer.link(node.port())) {
            late.sendBytes(late.said().getFirst());
            assertThat(late.closeCode()).as("a greeting after the handshake").isEqualTo(MALFORMED);
        }
        try (HostilePeer twice = HostilePeer.dial(node.port())) {
            byte[] hello = HostilePeer.greeting(NodeKey.generate());
            twice.sendBytes(hello);
            byte[] _ = twice.hear();
            twice.sendBytes(hello);
            assertThat(twice.closeCode()).as("a second greeting").isEqualTo(MALFORMED);
        }
        try (HostilePeer text = HostilePeer.link(node.port())) {
            text.socket().sendText("hello");
            assertThat(text.closeCode()).isEqualTo(CloseCode.UNSUPPORTED_DATA.number());
        }
        try (HostilePeer text = HostilePeer.dial(node.port())) {
            text.socket().sendText("hello");
            assertThat(text.closeCode()).isEqualTo(CloseCode.UNSUPPORTED_DATA.number());
        }
    }

    @Test
    void what_is_larger_than_advertised_is_refused_before_it_is_held() throws Exception {
        try (HostilePeer peer = HostilePeer.dial(node.port())) {
            peer.sendBytes(new byte[4_097]);
            assertThat(peer.closeCode()).isEqualTo(TOO_LARGE);
        }
        try (HostilePeer peer = HostilePeer.link(node.port())) {
            byte[] part = new byte[64 << 10];
            peer.socket().send(RawWebSocket.BINARY, false, part);
            for (int i = 0; i < 40; i++) {
                peer.socket().send(RawWebSocket.CONTINUATION, false, part);
            }
            assertThat(peer.closeCode()).isEqualTo(TOO_LARGE);
        }
    }

    @Test
    void floods_of_control_are_answered_within_bounds() throws Exception {
        List<StreamId> streams = new ArrayList<>();
        streams.add(honest.core().own());
        streams.add(node.core().own());
        for (int i = 0; i < 50; i++) {
            streams.add(new StreamId(NodeKey.generate().id(), 1_000 + i));
        }
        try (HostilePeer peer = HostilePeer.link(node.port())) {
            for (int i = 0; i < 20_000; i++) {
                StreamId stream = streams.get(i % streams.size());
                // A stream of the honest node is not announced beyond what it has published: that would be a lie of a
                // member.
                peer.send(
                        new Message.Have(streams.get(2 + i % 50), 1, i),
                        new Message.Graft(stream, i + 1),
                        new Message.Shuffle(i, NodeKey.idOf(HostileLinkTest.anyKey()), 6, List.of()));
                if (i % 100 == 99) {
                    assertThat(peer.closedOrNull()).isNull();
                }
            }
        }
        assertThat(node.core().links())
                .allSatisfy(link -> assertThat(link.queuedMessages()).isLessThanOrEqualTo(64));
    }

    @Test
    void who_claims_to_be_another_or_repeats_what_was_said_once_is_refused() throws Exception {
        NodeKey key = NodeKey.generate();
        long epoch = System.currentTimeMillis();
        try (HostilePeer first = HostilePeer.link(node.port(), key, epoch)) {
            assertThat(first.closedOrNull()).as("a first frame").isNull();
            try (HostilePeer replay = HostilePeer.dial(node.port())) {
                replay.sendBytes(first.said().get(0));
                byte[] _ = replay.hear();
                replay.sendBytes(first.said().get(1));
                assertThat(replay.closeCode()).as("a replayed handshake").isEqualTo(4003);
            }
            try (HostilePeer reflected = HostilePeer.dial(node.port())) {
                reflected.sendBytes(HostilePeer.greeting(key));
                byte[] _ = reflected.hear();
                reflected.sendBytes(first.heard().get(1));
                assertThat(reflected.closeCode()).as("the node's own proof").isEqualTo(4003);
            }
            try (HostilePeer mirror = HostilePeer.dial(node.port())) {
                mirror.sendBytes(first.heard().get(0));
                assertThat(mirror.closeCode()).as("the node's own greeting").isEqualTo(4002);
            }
            assertThatThrownBy(() -> HostilePeer.link(node.port(), key, epoch - 1))
                    .as("an older run of a linked node")
                    .hasMessageContaining("4009");
            assertThat(first.closedOrNull()).as("the link of the newer run").isNull();
        }
    }

    @Test
    void handshakes_that_trickle_or_never_end_are_bounded_and_cut_off() throws Exception {
        byte[] hello = HostilePeer.greeting(NodeKey.generate());
        List<HostilePeer> peers = new ArrayList<>();
        try {
            for (int i = 0; i < 8; i++) {
                peers.add(HostilePeer.dial(node.port()));
                peers.getLast().socket().send(RawWebSocket.BINARY, false, Arrays.copyOf(hello, i));
            }
            HostilePeer.link(node.port()).close();
            List<Integer> codes = new ArrayList<>();
            for (HostilePeer peer : peers) {
                codes.add(peer.closeCode());
            }
            assertThat(codes)
                    .as("one that did not speak made room for one that did")
                    .containsOnlyOnce(CloseCode.RATE_LIMITED.number());
            assertThat(codes).containsOnly(CloseCode.RATE_LIMITED.number(), CloseCode.HANDSHAKE_TIMEOUT.number());
            assertThat(node.counters().handshakeFailures(CloseCode.HANDSHAKE_TIMEOUT))
                    .isEqualTo(7);
        } finally {
            for (HostilePeer peer : peers) {
                peer.close();
            }
        }
        HostilePeer.link(node.port()).close();
    }

    private static dev.wsmesh.protocol.Bytes anyKey() {
        return dev.wsmesh.protocol.Bytes.wrap(new byte[32]);
    }

    /** Virtual threads are in no group, and so in no count of threads. */
    private static long linkThreads() throws IOException {
        Path file = Files.createTempDirectory("threads").resolve("dump");
        try {
            ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class)
                    .dumpThreads(file.toString(), HotSpotDiagnosticMXBean.ThreadDumpFormat.TEXT_PLAIN);
            return LINK_THREAD.matcher(Files.readString(file)).results().count();
        } finally {
            Files.deleteIfExists(file);
            Files.delete(file.getParent());
        }
    }

    private static long usedHeapBytes() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    private static List<LinkId> links(TestNode node) {
        return node.mesh().view().links().stream().map(LinkView::id).toList();
    }
}
