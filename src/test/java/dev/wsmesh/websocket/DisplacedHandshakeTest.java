package dev.wsmesh.websocket;

import static dev.wsmesh.TestNode.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.wsmesh.identity.ClusterKeys;
import dev.wsmesh.identity.Handshake;
import dev.wsmesh.identity.LocalNode;
import dev.wsmesh.identity.NodeKey;
import dev.wsmesh.node.Core;
import dev.wsmesh.node.MeshCounters;
import dev.wsmesh.protocol.Address;
import dev.wsmesh.protocol.Bytes;
import dev.wsmesh.protocol.CloseCode;
import dev.wsmesh.protocol.Frame;
import dev.wsmesh.protocol.Input;
import dev.wsmesh.protocol.Intent;
import dev.wsmesh.protocol.Limits;
import dev.wsmesh.protocol.Message;
import dev.wsmesh.protocol.NodeId;
import dev.wsmesh.protocol.View;
import dev.wsmesh.wire.FrameEncoder;
import dev.wsmesh.wire.HandshakeCodec;
import dev.wsmesh.wire.WireException;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.springframework.web.socket.CloseStatus;

/**
 * A session is either refused or admitted, even where both happen at the same moment: a link that the core was told of is not
 * closed for want of a place that it does not need any more, and one that this node has decided to close never comes up.
 */
class DisplacedHandshakeTest {

    private static final int PLACES = 2;
    private static final int FRAME_BYTES = 1 << 20;
    private static final int ROUNDS = 50;
    private static final Address DIALLED = new Address("ws://127.0.0.1:1");
    private static final HandshakeCodec CODEC = new HandshakeCodec(Limits.DEFAULT);
    private static final SecureRandom random = new SecureRandom();

    private final RecordingCore core = new RecordingCore();
    private final LocalNode local = newNode();
    /** Runs when the registry asks what time it is. */
    private volatile Runnable onClock = () -> {};

    private final LinkRegistry registry = new LinkRegistry(
            _ -> local,
            new LinkLimits(Limits.DEFAULT, PATIENCE, PLACES, 10_000, 1 << 20, Duration.ofSeconds(1)),
            new MeshCounters(),
            this::now,
            () -> "localhost:1");

    private Instant now() {
        onClock.run();
        return Instant.now();
    }

    @Test
    void a_handshake_that_is_over_when_it_is_displaced_stays_a_link() throws Exception {
        registry.open(core);
        Stranger oldest = new Stranger();
        Stranger other = new Stranger();
        oldest.prove();
        other.prove();
        // All places are taken by one host. Who has to go is asked who they are first: at that moment both are through.
        oldest.session.onceAskedWhoItIs(() -> {
            oldest.say();
            other.say();
        });
        Stranger third = new Stranger();
        third.prove();
        third.say();
        assertThat(core.links()).containsExactlyInAnyOrder(oldest.id(), other.id(), third.id());
        assertThat(registry.views()).hasSize(3);
        assertThat(List.of(oldest, other, third)).allMatch(each -> each.session.isOpen());
    }

    @Test
    void a_handshake_that_is_displaced_is_never_admitted() throws Exception {
        registry.open(core);
        Stranger oldest = new Stranger();
        Stranger other = new Stranger();
        oldest.prove();
        other.prove();
        Stranger third = new Stranger();
        oldest.say();
        await().atMost(PATIENCE).until(() -> !oldest.session.isOpen());
        assertThat(oldest.session.closedWith()).isEqualTo(CloseCode.RATE_LIMITED.number());
        other.say();
        third.prove();
        third.say();
        assertThat(core.links()).containsExactlyInAnyOrder(other.id(), third.id());
    }

    @Test
    void of_refusal_and_admission_at_the_same_moment_one_happens() throws Exception {
        registry.open(core);
        for (int i = 0; i < ROUNDS; i++) {
            Stranger oldest = new Stranger();
            Stranger other = new Stranger();
            oldest.prove();
            other.prove();
            CountDownLatch both = new CountDownLatch(2);
            Thread last = Thread.ofPlatform().start(() -> {
                meet(both);
                oldest.say();
            });
            meet(both);
            Stranger third = new Stranger();
            last.join();
            boolean admitted = core.links().contains(oldest.id());
            if (admitted) {
                assertThat(oldest.link.isClosing()).as("round %s", i).isFalse();
            } else {
                assertThat(oldest.link.isClosing()).as("round %s", i).isTrue();
                await().atMost(PATIENCE).pollInterval(Duration.ofMillis(1)).until(() -> !oldest.session.isOpen());
                assertThat(core.links()).doesNotContain(oldest.id());
            }
            List.of(oldest, other, third).forEach(Stranger::vanish);
        }
        await().atMost(PATIENCE).until(() -> registry.size() == 0);
    }

    @Test
    void a_dial_that_is_given_up_while_its_proof_is_judged_is_not_admitted() throws Exception {
        registry.open(core);
        PretendedSession session = new PretendedSession();
        LinkSession link = Objects.requireNonNull(registry.dialled(session, core, DIALLED, Intent.JOIN));
        registry.begin(link);
        Handshake peer = Handshake.accept(newNode(), random, CODEC::encode);
        link.receiveBinary(answer(peer, session), true);
        ByteBuffer proof = answer(peer, session);
        session.holdClose();
        onClock = link::leave;
        link.receiveBinary(proof, true);
        session.letClose();
        await().atMost(PATIENCE).until(() -> !session.isOpen());
        assertThat(core.links()).isEmpty();
        assertThat(core.told()).containsExactly(new Input.DialFailed(DIALLED, CloseCode.GOING_AWAY));
    }

    /** What the peer says to what the node has just said. */
    private static ByteBuffer answer(Handshake peer, PretendedSession session) throws Exception {
        return ByteBuffer.wrap(
                switch (heard(peer, session)) {
                    case Handshake.Send send -> send.frame().toArray();
                    case Handshake.Admitted admitted ->
                        Objects.requireNonNull(admitted.frame()).toArray();
                    case Handshake.Refused refused -> throw new AssertionError(refused);
                });
    }

    private static Handshake.Step heard(Handshake peer, PretendedSession session)
            throws InterruptedException, WireException {
        byte[] message = session.takeWritten();
        return peer.onMessage(CODEC.decode(message), Bytes.wrap(message), System.currentTimeMillis());
    }

    private static LocalNode newNode() {
        return new LocalNode(
                NodeKey.generate(),
                ClusterKeys.NONE,
                "",
                Set.of(),
                System.currentTimeMillis(),
                random.nextLong(),
                FRAME_BYTES,
                "");
    }

    private static void meet(CountDownLatch all) {
        all.countDown();
        while (all.getCount() > 0) {
            Thread.onSpinWait();
        }
    }

    /** A node that dials this one. */
    private final class Stranger {
        private final LocalNode node = newNode();
        private final Handshake handshake = Handshake.dial(node, Intent.JOIN, random, CODEC::encode);
        private final PretendedSession session = new PretendedSession();
        private final LinkSession link = Objects.requireNonNull(registry.accepted(session, "a stranger"));

        NodeId id() {
            return node.key().id();
        }

        /** Goes so far that the next thing it says makes a link of it. */
        void prove() throws Exception {
            link.receiveBinary(ByteBuffer.wrap(handshake.greeting().toArray()), true);
            link.receiveBinary(answer(handshake, session), true);
            assertThat(heard(handshake, session)).isInstanceOf(Handshake.Admitted.class);
        }

        void say() {
            byte[] frame = new FrameEncoder(FRAME_BYTES).encode(Frame.of(new Message.Ping(1)));
            link.receiveBinary(ByteBuffer.wrap(frame), true);
        }

        void vanish() {
            session.vanish();
            link.closed(CloseStatus.NO_CLOSE_FRAME);
        }
    }

    /** Keeps what it is told. */
    private static final class RecordingCore implements Core {
        private final ConcurrentLinkedQueue<Input> told = new ConcurrentLinkedQueue<>();

        @Override
        public void give(Input input) {
            told.add(input);
        }

        @Override
        public List<View.BootstrapView> bootstrap() {
            return List.of();
        }

        @Override
        public Optional<Duration> silence(NodeId origin) {
            return Optional.empty();
        }

        List<Input> told() {
            return List.copyOf(told);
        }

        /** Who was said to be linked. */
        List<NodeId> links() {
            return told.stream()
                    .filter(Input.LinkUp.class::isInstance)
                    .map(Input.LinkUp.class::cast)
                    .map(up -> up.link().peer())
                    .toList();
        }
    }
}
