package dev.wsmesh.websocket;

import static dev.wsmesh.TestNode.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.wsmesh.identity.Handshake;
import dev.wsmesh.identity.LocalNode;
import dev.wsmesh.node.MeshCounters;
import dev.wsmesh.protocol.Address;
import dev.wsmesh.protocol.Limits;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.web.socket.CloseStatus;

/** When a peer is dialled back, which costs both ends a socket: no dial of it succeeds here. */
class SecondSocketsTest {

    private final RecordingCore core = new RecordingCore();
    private final LocalNode local = Stranger.newNode(true);
    private final MeshCounters counters = new MeshCounters();
    private final LinkRegistry registry = new LinkRegistry(
            _ -> local,
            new LinkLimits(Limits.DEFAULT, PATIENCE, 16, 10_000, 16 << 20, Duration.ofSeconds(1)),
            counters,
            InstantSource.system(),
            () -> "localhost:1");
    private final List<Address> dialled = new CopyOnWriteArrayList<>();
    private final AtomicLong nanos = new AtomicLong(System.nanoTime());
    private volatile CountDownLatch answer = new CountDownLatch(0);
    private final SecondSockets seconds = new SecondSockets(
            new PeerDialler(counters, PATIENCE, new Connector(PATIENCE, NoTls.CONTEXT, ProxySettings.NONE)),
            registry,
            address -> {
                dialled.add(address);
                return () -> {
                    awaitAnswer();
                    throw DialException.notAllowed("nobody is dialled here");
                };
            },
            nanos::get);

    @BeforeEach
    void open() {
        registry.open(core);
    }

    @Test
    void a_link_that_is_busy_for_two_looks_is_dialled_back() throws Exception {
        Stranger busy = linked(true);
        Stranger idle = linked(true);
        seconds.look();
        lookAfter(busy, SecondSockets.BUSY_BYTES);
        assertThat(counters.dials()).isZero();
        lookAfter(busy, SecondSockets.BUSY_BYTES);
        awaitDials(1);
        assertThat(dialled)
                .containsExactly(
                        core.addressOf(Objects.requireNonNull(busy.link.id())).orElseThrow());
        assertThat(idle.link.sockets().count()).isEqualTo(1);
    }

    @Test
    void one_burst_makes_no_link_busy() throws Exception {
        Stranger peer = linked(true);
        seconds.look();
        for (int i = 0; i < 3; i++) {
            lookAfter(peer, SecondSockets.BUSY_BYTES);
            lookAfter(peer, 0);
        }
        assertThat(counters.dials()).isZero();
    }

    @Test
    void a_peer_that_knows_no_second_socket_is_not_dialled() throws Exception {
        Stranger old = linked(false);
        seconds.look();
        for (int i = 0; i < 4; i++) {
            lookAfter(old, SecondSockets.BUSY_BYTES);
        }
        assertThat(counters.dials()).isZero();
    }

    @Test
    void a_peer_that_cannot_be_dialled_is_left_alone_for_longer_and_longer() throws Exception {
        Stranger peer = linked(true);
        makeBusy(peer);
        awaitDials(1);
        Duration rest = SecondSockets.REST;
        for (int dials = 2; dials < 5; dials++) {
            nanos.addAndGet(rest.toNanos() - 1);
            lookAfter(peer, SecondSockets.BUSY_BYTES);
            awaitDials(dials - 1);
            nanos.addAndGet(1);
            lookAfter(peer, SecondSockets.BUSY_BYTES);
            awaitDials(dials);
            rest = rest.multipliedBy(2);
        }
        nanos.addAndGet(SecondSockets.LONGEST_REST.toNanos());
        lookAfter(peer, SecondSockets.BUSY_BYTES);
        awaitDials(5);
    }

    @Test
    void a_peer_that_has_not_answered_yet_is_not_dialled_again() throws Exception {
        answer = new CountDownLatch(1);
        Stranger peer = linked(true);
        makeBusy(peer);
        await().atMost(PATIENCE).until(() -> dialled.size() == 1);
        nanos.addAndGet(SecondSockets.LONGEST_REST.toNanos());
        lookAfter(peer, SecondSockets.BUSY_BYTES);
        await().during(Duration.ofMillis(100)).atMost(PATIENCE).until(() -> dialled.size() == 1);
        answer.countDown();
        await().atMost(PATIENCE).until(seconds::isIdle);
        lookAfter(peer, SecondSockets.BUSY_BYTES);
        awaitDials(2);
    }

    @Test
    void a_peer_whose_handshake_goes_on_is_not_dialled_again() throws Exception {
        Stranger peer = linked(true);
        seconds.look();
        lookAfter(peer, SecondSockets.BUSY_BYTES);
        LinkSession second = dialledBack(peer, new PretendedSession());
        lookAfter(peer, SecondSockets.BUSY_BYTES);
        lookAfter(peer, SecondSockets.BUSY_BYTES);
        awaitDials(0);
        second.closed(CloseStatus.NO_CLOSE_FRAME);
        lookAfter(peer, SecondSockets.BUSY_BYTES);
        awaitDials(1);
    }

    @Test
    void two_sockets_that_have_held_were_worth_their_dial() throws Exception {
        Stranger peer = linked(true);
        makeBusy(peer);
        awaitDials(1);
        join(peer);
        nanos.addAndGet(SecondSockets.PROVEN.plus(PATIENCE).toNanos());
        seconds.look();
        peer.vanish();

        Stranger again = new Stranger(registry, peer.node);
        again.prove();
        again.say();
        seconds.look();
        lookAfter(again, SecondSockets.BUSY_BYTES);
        lookAfter(again, SecondSockets.BUSY_BYTES);
        awaitDials(2);
        nanos.addAndGet(SecondSockets.REST.toNanos());
        lookAfter(again, SecondSockets.BUSY_BYTES);
        awaitDials(3);
    }

    @Test
    void dials_that_nobody_answers_are_few_and_end_when_the_node_leaves() throws Exception {
        answer = new CountDownLatch(1);
        List<Stranger> busy = new ArrayList<>();
        for (int i = 0; i < SecondSockets.MOST_DIALS + 1; i++) {
            busy.add(linked(true));
        }
        seconds.look();
        for (int i = 0; i < SecondSockets.BUSY_LOOKS; i++) {
            busy.forEach(each -> receive(each, SecondSockets.BUSY_BYTES));
            seconds.look();
        }
        await().atMost(PATIENCE).until(() -> dialled.size() == SecondSockets.MOST_DIALS);
        await().during(Duration.ofMillis(100)).atMost(PATIENCE).until(() -> dialled.size() == SecondSockets.MOST_DIALS);
        seconds.stop();
        await().atMost(PATIENCE.dividedBy(2)).until(seconds::isIdle);
        assertThat(answer.getCount()).as("nobody has answered").isEqualTo(1);
    }

    /** Ends without a word, as a dial does that is interrupted. */
    private void awaitAnswer() {
        try {
            answer.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void join(Stranger peer) throws Exception {
        PretendedSession session = new PretendedSession();
        LinkSession second = dialledBack(peer, session);
        Handshake accepting = Stranger.accepting(peer.node);
        second.receiveBinary(Stranger.answer(accepting, session), true);
        second.receiveBinary(Stranger.answer(accepting, session), true);
        assertThat(peer.link.sockets().count()).isEqualTo(2);
    }

    private LinkSession dialledBack(Stranger peer, PretendedSession session) {
        LinkSession second =
                Objects.requireNonNull(registry.dialledBack(session, core, new Address("ws://127.0.0.1:1"), peer.link));
        registry.begin(second);
        return second;
    }

    private void awaitDials(int count) {
        await().atMost(PATIENCE).until(() -> dialled.size() >= count && seconds.isIdle());
        assertThat(dialled).hasSize(count);
        assertThat(counters.dials()).isEqualTo(count);
    }

    private void makeBusy(Stranger peer) {
        seconds.look();
        lookAfter(peer, SecondSockets.BUSY_BYTES);
        lookAfter(peer, SecondSockets.BUSY_BYTES);
    }

    private void lookAfter(Stranger peer, long bytes) {
        receive(peer, bytes);
        seconds.look();
    }

    private static void receive(Stranger peer, long bytes) {
        byte[] part = new byte[64 << 10];
        for (long sent = 0; sent < bytes; sent += part.length) {
            // A frame that is empty but for a field that nobody knows.
            peer.link.receiveBinary(ByteBuffer.wrap(unknownField(part.length)), true);
        }
    }

    private static byte[] unknownField(int length) {
        byte[] frame = new byte[length];
        int body = length - 4;
        frame[0] = (15 << 3) | 2;
        frame[1] = (byte) ((body & 0x7f) | 0x80);
        frame[2] = (byte) (((body >> 7) & 0x7f) | 0x80);
        frame[3] = (byte) (body >> 14);
        return frame;
    }

    private Stranger linked(boolean secondSocket) throws Exception {
        Stranger stranger = new Stranger(registry, Stranger.newNode(secondSocket));
        stranger.prove();
        stranger.say();
        return stranger;
    }
}
