package dev.wsmesh;

import static dev.wsmesh.TestNode.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.wsmesh.protocol.Address;
import dev.wsmesh.protocol.CloseCode;
import dev.wsmesh.protocol.Contact;
import dev.wsmesh.protocol.Frame;
import dev.wsmesh.protocol.Message;
import dev.wsmesh.seed.RawWebSocket;
import dev.wsmesh.wire.FrameEncoder;
import java.io.IOException;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * How soon a peer that has closed is dialled again is decided by its code, as the table in docs/PROTOCOL.md says. Where nothing is
 * to happen for minutes, another peer that is dialled again and again is the clock.
 */
class RedialByCodeTest {

    private static final int CLOCK_TICKS = 8;

    private static final int BEATS = 30;

    private static final String[] PAUSES = {"--mesh.dial.backoff-min=20ms", "--mesh.dial.backoff-max=1h"};

    /** Dialled with pauses of 20 ms that do not grow, as quickly as this machine happens to be. */
    private static OddPeer metronome;

    private static TestNode beating;

    @BeforeAll
    static void beat() throws IOException {
        metronome = OddPeer.refusing(CloseCode.HANDSHAKE_TIMEOUT);
        beating = TestNode.start(
                "--mesh.peers=" + metronome.url(), "--mesh.dial.backoff-min=20ms", "--mesh.dial.backoff-max=20ms");
    }

    @AfterAll
    static void rest() throws IOException {
        beating.close();
        metronome.close();
    }

    private static Set<CloseCode> thatOnlyAnOperatorCanMend() {
        return EnumSet.of(
                CloseCode.PROTOCOL_VERSION,
                CloseCode.UNAUTHENTICATED,
                CloseCode.WRONG_CLUSTER,
                CloseCode.IDENTITY_IN_USE);
    }

    private static Set<CloseCode> thatMayGoBetter() {
        return EnumSet.of(
                CloseCode.MALFORMED,
                CloseCode.UNSUPPORTED_DATA,
                CloseCode.TOO_LARGE,
                CloseCode.DUPLICATE_LINK,
                CloseCode.SELF,
                CloseCode.FULL,
                CloseCode.HANDSHAKE_TIMEOUT,
                CloseCode.UNRESPONSIVE,
                CloseCode.RATE_LIMITED);
    }

    @ParameterizedTest
    @MethodSource("thatOnlyAnOperatorCanMend")
    void a_handshake_that_only_an_operator_can_mend_is_left_alone_for_long(CloseCode code) throws Exception {
        try (OddPeer peer = OddPeer.refusing(code)) {
            assertIsLeftAlone(peer, code, 1);
        }
    }

    /** The node has no other neighbour, and so is in a hurry. */
    @ParameterizedTest
    @MethodSource("thatOnlyAnOperatorCanMend")
    void a_link_that_only_an_operator_can_mend_is_left_alone_for_long(CloseCode code) throws Exception {
        try (OddPeer peer = OddPeer.linkedSaying(dialler -> dialler.sendClose(code.number()))) {
            assertIsLeftAlone(peer, code, 0);
        }
    }

    private static void assertIsLeftAlone(OddPeer peer, CloseCode code, int failedDials) throws Exception {
        try (OddPeer clock = OddPeer.refusing(CloseCode.HANDSHAKE_TIMEOUT);
                TestNode node = TestNode.start("--mesh.peers=" + peer.url() + "," + clock.url())) {
            awaitShown(node, code, "unreachable");
            int ticks = clock.dials() + CLOCK_TICKS;
            await().atMost(PATIENCE).until(() -> clock.dials() >= ticks);
            assertThat(peer.dials()).isEqualTo(1);
            JsonNode shown = awaitShown(node, code, "unreachable");
            assertThat(shown.path("failedDials").asInt()).isEqualTo(failedDials);
        }
    }

    @ParameterizedTest
    @MethodSource("thatMayGoBetter")
    void a_handshake_that_may_go_better_next_time_is_tried_again_with_pauses_that_grow(CloseCode code)
            throws Exception {
        try (OddPeer peer = OddPeer.refusing(code);
                TestNode node = TestNode.start(with(PAUSES, "--mesh.peers=" + peer.url()))) {
            await().atMost(PATIENCE).until(() -> peer.dials() >= 5);
            assertPausesGrow(peer, 10, 20, 40, 80);
            JsonNode shown = awaitShown(node, code, code == CloseCode.SELF ? "self" : "unreachable");
            assertThat(shown.path("failedDials").asInt())
                    .as("to meet oneself is no failure")
                    .matches(failed -> code == CloseCode.SELF ? failed == 0 : failed >= 4);
        }
    }

    @ParameterizedTest
    @MethodSource("thatMayGoBetter")
    void a_link_that_ends_soon_again_and_again_is_dialled_with_pauses_that_grow(CloseCode code) throws Exception {
        try (OddPeer peer = OddPeer.linkedSaying(dialler -> dialler.sendClose(code.number()));
                TestNode node = TestNode.start(with(PAUSES, "--mesh.peers=" + peer.url()))) {
            await().atMost(PATIENCE).until(() -> peer.dials() >= 5);
            assertPausesGrow(peer, 0, 10, 20, 40);
            awaitShown(node, code, "unreachable");
        }
    }

    @Test
    void a_link_that_ends_for_the_first_time_is_dialled_at_once() throws Exception {
        try (OddPeer peer = OddPeer.linkedSaying(dialler -> dialler.sendClose(CloseCode.UNRESPONSIVE.number()));
                TestNode _ = TestNode.start(
                        "--mesh.peers=" + peer.url(),
                        // A pause would be of half a minute at least, and so longer than what is waited for.
                        "--mesh.dial.backoff-min=1m",
                        "--mesh.dial.backoff-max=1m")) {
            await().atMost(PATIENCE).until(() -> peer.dials() == 2);
        }
    }

    @Test
    void a_peer_that_goes_away_is_left_alone_by_who_has_other_neighbours() throws Exception {
        CountDownLatch goes = new CountDownLatch(1);
        try (OddPeer peer = OddPeer.linkedSaying(dialler -> goAway(dialler, goes));
                OddPeer clock = OddPeer.refusing(CloseCode.HANDSHAKE_TIMEOUT);
                TestNode hub = TestNode.start("--mesh.membership.fill=false");
                TestNode node = TestNode.start(
                        "--mesh.peers=" + hub.url() + "," + peer.url() + "," + clock.url(),
                        "--mesh.dial.backoff-max=1h")) {
            await().atMost(PATIENCE).until(() -> node.mesh().view().links().size() == 2);
            goes.countDown();
            await().atMost(PATIENCE).until(() -> node.mesh().view().links().size() == 1);
            int ticks = clock.dials() + 2;
            await().atMost(PATIENCE).until(() -> clock.dials() >= ticks);
            assertThat(peer.dials()).isEqualTo(1);
            assertThat(node.neighbours()).containsExactly(hub.id());
        }
    }

    @Test
    void who_is_sent_away_from_a_full_node_uses_the_contacts() throws Exception {
        try (TestNode contact = TestNode.start();
                OddPeer full = OddPeer.linkedSaying(dialler -> {
                    Message.Disconnect goodbye =
                            new Message.Disconnect(List.of(new Contact(contact.id(), new Address(contact.url()))));
                    dialler.send(RawWebSocket.BINARY, true, new FrameEncoder(1 << 20).encode(Frame.of(goodbye)));
                    dialler.sendClose(CloseCode.FULL.number());
                });
                TestNode node = TestNode.start("--mesh.peers=" + full.url())) {
            await().atMost(PATIENCE).until(() -> node.neighbours().contains(contact.id()));
        }
    }

    private static void goAway(RawWebSocket dialler, CountDownLatch when) throws IOException {
        try {
            when.await();
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
        dialler.sendClose(CloseCode.GOING_AWAY.number());
    }

    /**
     * Each pause is drawn from half to one and a half times what the rule says. A slow machine alone makes any time between two dials
     * long: so the next pauses, of 160 ms or more and each twice the one before, are held against those that do not grow.
     */
    private static void assertPausesGrow(OddPeer peer, long... millis) {
        List<Duration> gaps = peer.gaps();
        for (int i = 0; i < millis.length; i++) {
            assertThat(gaps.get(i)).as("pause %d of %s", i, gaps).isGreaterThanOrEqualTo(Duration.ofMillis(millis[i]));
        }
        int dials = peer.dials();
        int beats = metronome.dials() + BEATS;
        await().atMost(PATIENCE).until(() -> metronome.dials() >= beats);
        assertThat(peer.dials() - dials)
                .as("dials while %d were made with pauses that do not grow", BEATS)
                .isLessThan(BEATS / 3);
    }

    /** How the first configured peer is shown once this is why it is not linked. */
    private static JsonNode awaitShown(TestNode node, CloseCode code, String state) {
        return await().atMost(PATIENCE)
                .until(
                        () -> JsonMapper.shared()
                                .readTree(node.get("/actuator/mesh").body())
                                .path("configuredPeers")
                                .path(0),
                        peer -> peer.path("state").asString().equals(state)
                                && peer.path("lastFailure").asString("").contains(code.number() + " ("));
    }

    private static String[] with(String[] properties, String more) {
        return new String[] {properties[0], properties[1], more};
    }
}
