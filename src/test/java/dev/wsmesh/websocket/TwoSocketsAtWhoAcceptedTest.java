package dev.wsmesh.websocket;

import static dev.wsmesh.TestNode.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.wsmesh.identity.Handshake;
import dev.wsmesh.node.LinkView;
import dev.wsmesh.protocol.Bytes;
import dev.wsmesh.protocol.CloseCode;
import dev.wsmesh.protocol.Frame;
import dev.wsmesh.protocol.Input;
import dev.wsmesh.protocol.Message;
import dev.wsmesh.wire.SocketWord;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.web.socket.CloseStatus;

/** The end that accepted: the peer dialled, so what it sends is masked on the first socket, and this node reads on both. */
class TwoSocketsAtWhoAcceptedTest extends PretendedSockets {

    private Stranger peer;

    @BeforeEach
    void link() throws Exception {
        peer = new Stranger(registry, Stranger.newNode(true));
        peer.prove();
        peer.say();
    }

    private LinkSession join() throws Exception {
        LinkSession second = dialledBack();
        Handshake accepting = Stranger.accepting(peer.node);
        second.receiveBinary(Stranger.answer(accepting, secondSession), true);
        second.receiveBinary(Stranger.answer(accepting, secondSession), true);
        assertThat(said(secondSession)).isEqualTo(SocketWord.JOINED);
        return second;
    }

    private LinkSession dialledBack() {
        LinkSession session = Objects.requireNonNull(registry.dialledBack(secondSession, core, DIALLED, peer.link));
        registry.begin(session);
        return session;
    }

    private LinkSession move() throws Exception {
        LinkSession second = join();
        peer.link.receiveBinary(word(SocketWord.LAST), true);
        assertThat(said(secondSession)).isEqualTo(SocketWord.GO_ON);
        return second;
    }

    @Test
    void what_comes_on_the_second_socket_follows_what_came_on_the_first() throws Exception {
        LinkSession second = join();
        peer.link.receiveBinary(ping(2), true);
        peer.link.receiveBinary(word(SocketWord.LAST), true);
        assertThat(said(secondSession)).isEqualTo(SocketWord.GO_ON);
        receiveInParts(second, ping(3));
        second.receiveBinary(ping(4), true);
        assertThat(pings()).containsExactly(1L, 2L, 3L, 4L);
        assertThat(core.links()).hasSize(1);
        assertThat(registry.views())
                .singleElement()
                .extracting(LinkView::sockets)
                .isEqualTo(2);
    }

    @Test
    void this_end_goes_on_on_the_first_socket() throws Exception {
        LinkSession _ = move();
        Objects.requireNonNull(registry.send(id(peer.link), Frame.of(new Message.Ping(7))))
                .wake();
        assertThat(heard(peer.session)).isEqualTo(7);
    }

    @Test
    void a_frame_on_the_second_socket_before_the_last_on_the_first_is_refused() throws Exception {
        LinkSession second = join();
        second.receiveBinary(ping(2), true);
        assertClosed(MALFORMED, peer.session);
        assertThat(pings()).containsExactly(1L);
        assertThat(ends()).containsExactly(new Input.LinkDown(id(peer.link), CloseCode.MALFORMED));
    }

    @Test
    void a_large_one_is_refused_for_the_same_reason() throws Exception {
        LinkSession second = join();
        second.receiveBinary(
                ByteBuffer.wrap(encoder.encode(new Frame(Collections.nCopies(100, new Message.Ping(2))))), true);
        assertClosed(MALFORMED, peer.session, secondSession);
    }

    /** The peer waits for that word no longer than for a handshake, and the link would end with it. */
    @Test
    void a_peer_that_reads_the_first_socket_slowly_hears_at_once_that_the_second_has_joined() throws Exception {
        peer.session.holdWrites();
        Objects.requireNonNull(registry.send(id(peer.link), Frame.of(new Message.Ping(7))))
                .wake();
        await().atMost(PATIENCE).until(peer.session::isWriting);
        try {
            LinkSession _ = join();
        } finally {
            peer.session.letWrite();
        }
    }

    @Test
    void who_dialled_the_link_does_not_join_it_again() throws Exception {
        LinkSession accepted = Objects.requireNonNull(registry.accepted(secondSession, "the peer"));
        Bytes transcript = Objects.requireNonNull(peer.link.established()).transcript();
        Handshake joining = Stranger.joining(peer.node, transcript);
        accepted.receiveBinary(ByteBuffer.wrap(joining.greeting().toArray()), true);
        accepted.receiveBinary(Stranger.answer(joining, secondSession), true);
        assertClosed(CloseCode.NORMAL.number(), secondSession);
        assertThat(peer.session.isOpen()).isTrue();
    }

    @Test
    void a_frame_on_the_first_socket_after_the_last_is_refused() throws Exception {
        LinkSession _ = move();
        peer.link.receiveBinary(ping(2), true);
        assertClosed(MALFORMED, peer.session);
        assertThat(pings()).containsExactly(1L);
    }

    @Test
    void a_last_on_the_second_socket_says_nothing_about_the_first() throws Exception {
        LinkSession second = join();
        second.receiveBinary(word(SocketWord.LAST), true);
        assertClosed(MALFORMED, peer.session, secondSession);
    }

    @Test
    void a_last_without_a_second_socket_is_refused() {
        peer.link.receiveBinary(word(SocketWord.LAST), true);
        await().atMost(PATIENCE).until(() -> peer.session.closedWith() == MALFORMED);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void the_end_of_either_socket_ends_the_link_once(boolean ofSecond) throws Exception {
        LinkSession second = move();
        (ofSecond ? second : peer.link).closed(new CloseStatus(CloseCode.FULL.number()));
        assertClosed(CloseCode.FULL.number(), ofSecond ? peer.session : secondSession);
        (ofSecond ? peer.link : second).closed(new CloseStatus(CloseCode.NORMAL.number()));
        assertThat(ends()).containsExactly(new Input.LinkDown(id(peer.link), CloseCode.FULL));
        assertThat(registry.size()).isZero();
    }

    /** The peer has no processor time for the rest of the handshake, which is over at this end. */
    @Test
    void a_link_whose_second_socket_ends_before_the_peer_went_on_there_goes_on_with_one() throws Exception {
        LinkSession second = join();
        second.closed(new CloseStatus(CloseCode.HANDSHAKE_TIMEOUT.number()));
        peer.link.receiveBinary(ping(2), true);
        Objects.requireNonNull(registry.send(id(peer.link), Frame.of(new Message.Ping(7))))
                .wake();
        assertThat(heard(peer.session)).isEqualTo(7);
        assertThat(pings()).containsExactly(1L, 2L);
        assertThat(registry.links().withOneSocket()).containsExactly(peer.link);
        await().atMost(PATIENCE).until(() -> counters.handshakeFailures(CloseCode.HANDSHAKE_TIMEOUT) == 1);
        await().during(LinkEnding.SOON.multipliedBy(2)).atMost(PATIENCE).until(() -> ends().isEmpty());

        secondSession = new PretendedSession();
        LinkSession third = move();
        third.receiveBinary(ping(3), true);
        assertThat(pings()).containsExactly(1L, 2L, 3L);
    }

    @ParameterizedTest
    @CsvSource({"false, false", "false, true", "true, false", "true, true"})
    void a_second_socket_that_ends_with_its_link_is_no_failed_handshake(boolean leaving, boolean secondFirst)
            throws Exception {
        LinkSession second = join();
        if (leaving) {
            peer.link.leave();
        }
        (secondFirst ? second : peer.link).closed(new CloseStatus(CloseCode.GOING_AWAY.number()));
        (secondFirst ? peer.link : second).closed(new CloseStatus(CloseCode.GOING_AWAY.number()));
        assertThat(ends()).containsExactly(new Input.LinkDown(id(peer.link), CloseCode.GOING_AWAY));
        await().during(LinkEnding.SOON.multipliedBy(2))
                .atMost(PATIENCE)
                .until(() -> counters.handshakeFailures(CloseCode.GOING_AWAY) == 0);
    }

    @Test
    void a_second_socket_that_ends_long_before_its_link_is_none_either_where_this_end_closes() throws Exception {
        LinkSession second = join();
        peer.session.holdClose();
        peer.link.leave();
        second.closed(new CloseStatus(CloseCode.GOING_AWAY.number()));
        await().during(LinkEnding.SOON.multipliedBy(2))
                .atMost(PATIENCE)
                .until(() -> counters.handshakeFailures(CloseCode.GOING_AWAY) == 0);
        assertThat(ends()).isEmpty();
        peer.session.letClose();
    }

    @Test
    void what_comes_late_on_a_second_socket_that_has_ended_says_nothing_about_the_link() throws Exception {
        LinkSession second = join();
        second.closed(CloseStatus.NO_CLOSE_FRAME);
        second.receiveBinary(ping(2), true);
        second.receiveText("x", true);
        assertThat(peer.link.isClosing()).isFalse();
        assertThat(pings()).containsExactly(1L);
    }

    /** What it said before it heard of the end: it waits for a word that cannot come. */
    @Test
    void a_peer_that_went_on_on_a_second_socket_that_has_ended_has_ended_the_link() throws Exception {
        LinkSession second = join();
        second.closed(CloseStatus.NO_CLOSE_FRAME);
        peer.link.receiveBinary(word(SocketWord.LAST), true);
        assertThat(ends()).containsExactly(new Input.LinkDown(id(peer.link), CloseCode.ABNORMAL));
        await().atMost(PATIENCE).until(() -> !peer.session.isOpen());
        assertThat(registry.size()).isZero();
    }

    /** As when a node that leaves closes both, and what it has sent before is still on its way. */
    @Test
    void a_close_that_overtakes_what_is_on_the_other_socket_waits_for_the_close_there() throws Exception {
        LinkSession second = move();
        peer.link.closed(CloseStatus.NO_CLOSE_FRAME);
        second.receiveBinary(ping(2), true);
        second.closed(CloseStatus.GOING_AWAY);
        assertThat(pings()).containsExactly(1L, 2L);
        assertThat(ends()).containsExactly(new Input.LinkDown(id(peer.link), CloseCode.GOING_AWAY));
    }

    @Test
    void a_link_that_this_node_closes_takes_both_with_it() throws Exception {
        LinkSession _ = move();
        registry.close(id(peer.link), CloseCode.FULL);
        assertClosed(CloseCode.FULL.number(), peer.session, secondSession);
        assertThat(ends()).containsExactly(new Input.LinkDown(id(peer.link), CloseCode.FULL));
    }

    @Test
    void a_link_that_ends_while_its_second_socket_is_in_the_handshake_gets_none() throws Exception {
        LinkSession second = dialledBack();
        Handshake accepting = Stranger.accepting(peer.node);
        second.receiveBinary(Stranger.answer(accepting, secondSession), true);
        ByteBuffer proof = Stranger.answer(accepting, secondSession);
        peer.vanish();
        second.receiveBinary(proof, true);
        assertClosed(CloseCode.NORMAL.number(), secondSession);
        assertThat(ends()).containsExactly(new Input.LinkDown(id(peer.link), CloseCode.ABNORMAL));
        assertThat(core.told()).noneMatch(Input.DialFailed.class::isInstance);
        assertThat(registry.size()).isZero();
    }

    @Test
    void another_node_at_the_address_of_the_peer_becomes_no_second_socket() throws Exception {
        LinkSession second = dialledBack();
        Handshake other = Stranger.accepting(Stranger.as(Stranger.newNode(true), peer.node.epoch(), true));
        second.receiveBinary(Stranger.answer(other, secondSession), true);
        second.receiveBinary(Stranger.answer(other, secondSession), true);
        assertClosed(CloseCode.NORMAL.number(), secondSession);
        assertThat(peer.session.isOpen()).isTrue();
        assertThat(core.links()).hasSize(1);
        assertThat(core.told()).noneMatch(Input.DialFailed.class::isInstance);
    }

    private List<Long> pings() {
        return core.told().stream()
                .filter(Input.Received.class::isInstance)
                .flatMap(each -> ((Input.Received) each).frame().messages().stream())
                .map(each -> ((Message.Ping) each).nonce())
                .toList();
    }

    private static void receiveInParts(LinkSession session, ByteBuffer message) {
        byte[] bytes = new byte[message.remaining()];
        message.get(bytes);
        session.receiveBinary(ByteBuffer.wrap(Arrays.copyOf(bytes, 1)), false);
        session.receiveBinary(ByteBuffer.wrap(Arrays.copyOfRange(bytes, 1, bytes.length)), true);
    }
}
