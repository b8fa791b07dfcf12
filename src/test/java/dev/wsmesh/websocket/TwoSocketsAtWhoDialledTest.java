package dev.wsmesh.websocket;

import static dev.wsmesh.TestNode.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.wsmesh.identity.Handshake;
import dev.wsmesh.identity.LocalNode;
import dev.wsmesh.node.LinkView;
import dev.wsmesh.protocol.Bytes;
import dev.wsmesh.protocol.CloseCode;
import dev.wsmesh.protocol.Frame;
import dev.wsmesh.protocol.Input;
import dev.wsmesh.protocol.Intent;
import dev.wsmesh.protocol.Message;
import dev.wsmesh.wire.SocketWord;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.web.socket.CloseStatus;

/** The end that dialled: what this node sends is masked on the first socket, so it writes on both. */
class TwoSocketsAtWhoDialledTest extends PretendedSockets {

    private final LocalNode peer = Stranger.newNode(true);
    private final PretendedSession firstSession = new PretendedSession();
    private LinkSession link;
    private Bytes transcript;

    @BeforeEach
    void link() throws Exception {
        link(peer);
    }

    private void link(LocalNode with) throws Exception {
        link = Objects.requireNonNull(registry.dialled(firstSession, core, DIALLED, Intent.JOIN));
        registry.begin(link);
        Handshake accepting = Stranger.accepting(with);
        link.receiveBinary(Stranger.answer(accepting, firstSession), true);
        Handshake.Admitted admitted = (Handshake.Admitted) Stranger.heard(accepting, firstSession);
        link.receiveBinary(
                ByteBuffer.wrap(Objects.requireNonNull(admitted.frame()).toArray()), true);
        transcript = admitted.transcript();
        assertThat(link.isUp()).isTrue();
    }

    private LinkSession prove(PretendedSession session, LocalNode node, Bytes of) throws Exception {
        LinkSession accepted = Objects.requireNonNull(registry.accepted(session, "the peer"));
        Handshake joining = Stranger.joining(node, of);
        accepted.receiveBinary(ByteBuffer.wrap(joining.greeting().toArray()), true);
        accepted.receiveBinary(Stranger.answer(joining, session), true);
        return accepted;
    }

    private LinkSession join() throws Exception {
        LinkSession second = prove(secondSession, peer, transcript);
        byte[] _ = secondSession.takeWritten();
        second.receiveBinary(word(SocketWord.JOINED), true);
        return second;
    }

    private LinkSession move() throws Exception {
        LinkSession second = join();
        assertThat(said(firstSession)).isEqualTo(SocketWord.LAST);
        second.receiveBinary(word(SocketWord.GO_ON), true);
        return second;
    }

    private void send(long number) {
        Objects.requireNonNull(registry.send(id(link), Frame.of(new Message.Ping(number))))
                .wake();
    }

    @Test
    void nothing_goes_to_the_second_socket_before_the_first_is_read_to_its_end() throws Exception {
        send(1);
        LinkSession second = join();
        assertThat(heard(firstSession)).isEqualTo(1);
        assertThat(said(firstSession)).isEqualTo(SocketWord.LAST);
        send(2);
        send(3);
        await().during(Duration.ofMillis(100)).atMost(PATIENCE).until(secondSession::hasNothingWritten);
        second.receiveBinary(word(SocketWord.GO_ON), true);
        assertThat(heard(secondSession)).isEqualTo(2);
        assertThat(heard(secondSession)).isEqualTo(3);
        assertThat(firstSession.hasNothingWritten()).isTrue();
        await().atMost(PATIENCE)
                .until(() -> core.told().stream()
                                .filter(Input.Writable.class::isInstance)
                                .count()
                        == LinkLimits.FRAMES_IN_FLIGHT + 3);
        assertThat(registry.views())
                .singleElement()
                .extracting(LinkView::sockets)
                .isEqualTo(2);
    }

    @Test
    void a_go_on_on_the_first_socket_says_nothing_about_the_second() throws Exception {
        LinkSession _ = join();
        assertThat(said(firstSession)).isEqualTo(SocketWord.LAST);
        link.receiveBinary(word(SocketWord.GO_ON), true);
        assertClosed(MALFORMED, firstSession, secondSession);
    }

    @Test
    void what_the_peer_sends_goes_on_on_the_first_socket_and_only_there() throws Exception {
        LinkSession second = move();
        link.receiveBinary(ping(1), true);
        assertThat(core.told()).anyMatch(Input.Received.class::isInstance);
        second.receiveBinary(ping(2), true);
        assertClosed(MALFORMED, firstSession, secondSession);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void the_end_of_either_socket_ends_the_link_once(boolean ofSecond) throws Exception {
        LinkSession second = move();
        (ofSecond ? second : link).closed(new CloseStatus(CloseCode.FULL.number()));
        assertClosed(CloseCode.FULL.number(), ofSecond ? firstSession : secondSession);
        (ofSecond ? link : second).closed(new CloseStatus(CloseCode.NORMAL.number()));
        assertThat(ends()).containsExactly(new Input.LinkDown(id(link), CloseCode.FULL));
        assertThat(registry.size()).isZero();
    }

    @Test
    void a_peer_that_does_not_read_the_first_socket_to_its_end_is_given_up() throws Exception {
        registry = registry(Duration.ofMillis(50));
        registry.open(core);
        link(peer);
        LinkSession _ = join();
        assertThat(said(firstSession)).isEqualTo(SocketWord.LAST);
        send(1);
        assertClosed(CloseCode.UNRESPONSIVE.number(), firstSession, secondSession);
        await().atMost(PATIENCE).until(() -> !ends().isEmpty());
        assertThat(ends()).containsExactly(new Input.LinkDown(id(link), CloseCode.UNRESPONSIVE));
        assertThat(firstSession.hasNothingWritten() && secondSession.hasNothingWritten())
                .as("what waited has no place any more")
                .isTrue();
    }

    @Test
    void a_link_with_a_peer_that_wanted_no_second_socket_gets_none() throws Exception {
        link(Stranger.as(peer, peer.epoch(), false));
        LinkSession _ = prove(secondSession, peer, transcript);
        assertClosed(CloseCode.NORMAL.number(), secondSession);
        assertThat(link.isUp()).isTrue();
    }

    @Test
    void a_link_that_ends_while_it_waits_to_go_on_ends_at_once() throws Exception {
        LinkSession _ = join();
        assertThat(said(firstSession)).isEqualTo(SocketWord.LAST);
        send(1);
        link.closed(CloseStatus.GOING_AWAY);
        assertThat(ends()).containsExactly(new Input.LinkDown(id(link), CloseCode.GOING_AWAY));
        assertClosed(CloseCode.GOING_AWAY.number(), secondSession);
    }

    @Test
    void a_write_on_the_second_socket_that_is_stuck_ends_the_link() throws Exception {
        LinkSession _ = move();
        secondSession.holdWrites();
        send(1);
        await().atMost(PATIENCE).until(() -> {
            registry.endStuck();
            return !ends().isEmpty();
        });
        secondSession.letWrite();
        assertThat(ends()).containsExactly(new Input.LinkDown(id(link), CloseCode.ABNORMAL));
    }

    @Test
    void a_frame_in_many_fragments_moves_as_a_whole() throws Exception {
        LinkSession _ = move();
        List<Message> many = LongStream.range(0, 10_000)
                .mapToObj(each -> (Message) new Message.Ping(each | 1L << 62))
                .toList();
        Objects.requireNonNull(registry.send(id(link), new Frame(many))).wake();
        byte[] written = secondSession.takeWritten();
        assertThat(written.length).isGreaterThan(5 * LinkLimits.FRAGMENT_BYTES);
        assertThat(decoder.decode(written).messages()).isEqualTo(many);
    }

    @Test
    void who_does_not_say_that_it_has_joined_is_refused_and_the_link_stays() throws Exception {
        LinkSession second = prove(secondSession, peer, transcript);
        second.receiveBinary(ping(1), true);
        assertClosed(MALFORMED, secondSession);
        assertThat(firstSession.isOpen()).isTrue();
        assertThat(counters.handshakeFailures(CloseCode.MALFORMED)).isEqualTo(1);
    }

    /** It had no processor time for what the peer said. */
    @Test
    void a_second_socket_whose_handshake_took_too_long_leaves_the_link_alone() throws Exception {
        LinkSession second = prove(secondSession, peer, transcript);
        second.refuseHandshake(CloseCode.HANDSHAKE_TIMEOUT, "late");
        second.receiveBinary(word(SocketWord.JOINED), true);
        assertClosed(CloseCode.HANDSHAKE_TIMEOUT.number(), secondSession);
        send(7);
        assertThat(heard(firstSession)).isEqualTo(7);
        assertThat(ends()).isEmpty();
    }

    @Test
    void a_stranger_is_refused_at_the_link_of_another() throws Exception {
        LinkSession _ = prove(secondSession, Stranger.as(Stranger.newNode(true), peer.epoch(), true), transcript);
        assertClosed(CloseCode.UNAUTHENTICATED.number(), secondSession);
        assertThat(counters.handshakeFailures(CloseCode.UNAUTHENTICATED)).isEqualTo(1);
        assertThat(registry.refusalLog().views()).hasSize(1);
        assertThat(firstSession.isOpen()).isTrue();
    }

    @Test
    void a_later_run_of_the_peer_does_not_join_the_link_of_the_one_before() throws Exception {
        LocalNode later = Stranger.as(peer, peer.epoch() + 1, true);
        LinkSession _ = prove(secondSession, later, transcript);
        assertClosed(CloseCode.UNAUTHENTICATED.number(), secondSession);
    }

    @Test
    void a_link_that_has_ended_or_never_was_gets_no_second_socket() throws Exception {
        LinkSession _ = prove(secondSession, peer, Bytes.wrap(new byte[32]));
        assertClosed(CloseCode.NORMAL.number(), secondSession);
        link.closed(CloseStatus.NO_CLOSE_FRAME);
        PretendedSession late = new PretendedSession();
        LinkSession _ = prove(late, peer, transcript);
        assertClosed(CloseCode.NORMAL.number(), late);
        assertThat(counters.handshakeFailures(CloseCode.NORMAL)).isEqualTo(2);
        assertThat(core.links()).hasSize(1);
    }

    @Test
    void a_link_that_ends_before_the_second_socket_has_joined_leaves_it_alone() throws Exception {
        LinkSession second = prove(secondSession, peer, transcript);
        link.closed(CloseStatus.NO_CLOSE_FRAME);
        second.receiveBinary(word(SocketWord.JOINED), true);
        assertClosed(CloseCode.NORMAL.number(), secondSession);
        assertThat(ends()).hasSize(1);
        assertThat(registry.size()).isZero();
    }

    @Test
    void a_third_socket_is_refused() throws Exception {
        PretendedSession third = new PretendedSession();
        LinkSession atTheSameTime = prove(third, peer, transcript);
        LinkSession _ = move();
        atTheSameTime.receiveBinary(word(SocketWord.JOINED), true);
        assertClosed(CloseCode.NORMAL.number(), third);
        PretendedSession fourth = new PretendedSession();
        LinkSession _ = prove(fourth, peer, transcript);
        assertClosed(CloseCode.DUPLICATE_LINK.number(), fourth);
        send(1);
        assertThat(heard(secondSession)).isEqualTo(1);
    }

    @Test
    void what_was_said_once_does_not_join_again() throws Exception {
        LinkSession accepted = Objects.requireNonNull(registry.accepted(secondSession, "the peer"));
        Handshake joining = Stranger.joining(peer, transcript);
        ByteBuffer hello = ByteBuffer.wrap(joining.greeting().toArray());
        accepted.receiveBinary(hello.duplicate(), true);
        ByteBuffer proof = Stranger.answer(joining, secondSession);
        accepted.receiveBinary(proof.duplicate(), true);
        PretendedSession again = new PretendedSession();
        LinkSession replayed = Objects.requireNonNull(registry.accepted(again, "somebody"));
        replayed.receiveBinary(hello, true);
        byte[] _ = again.takeWritten();
        replayed.receiveBinary(proof, true);
        assertClosed(CloseCode.UNAUTHENTICATED.number(), again);
    }

    @Test
    void a_second_socket_that_was_accepted_takes_one_of_the_places() throws Exception {
        assertThat(registry.links().accepted()).isZero();
        LinkSession _ = move();
        assertThat(registry.links().accepted()).isEqualTo(1);
        assertThat(registry.size()).isEqualTo(1);
    }
}
