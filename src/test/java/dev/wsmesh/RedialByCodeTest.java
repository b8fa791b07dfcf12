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
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
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

    @Test
    void handshakes_that_only_an_operator_can_mend_are_left_alone_for_long() throws Exception {
        try (OddPeers peers = new OddPeers(thatOnlyAnOperatorCanMend(), OddPeer::refusing)) {
            assertAreLeftAlone(peers, 1);
        }
    }

    /** One by one: the node has no other neighbour, and so is in a hurry. */
    @ParameterizedTest
    @MethodSource("thatOnlyAnOperatorCanMend")
    void a_link_that_only_an_operator_can_mend_is_left_alone_for_long(CloseCode only) throws Exception {
        try (OddPeers peers = new OddPeers(EnumSet.of(only), RedialByCodeTest::linkedClosing)) {
            assertAreLeftAlone(peers, 0);
        }
    }

    private static void assertAreLeftAlone(OddPeers peers, int failedDials) throws Exception {
        try (OddPeer clock = OddPeer.refusing(CloseCode.HANDSHAKE_TIMEOUT);
                TestNode node = TestNode.start("--mesh.peers=" + peers.urls() + "," + clock.url())) {
            for (CloseCode code : peers.codes()) {
                JsonNode _ = awaitShown(node, peers.of(code), code, "unreachable");
            }
            int ticks = clock.dials() + CLOCK_TICKS;
            await().atMost(PATIENCE).until(() -> clock.dials() >= ticks);
            for (CloseCode code : peers.codes()) {
                assertThat(peers.of(code).dials()).as("dials of %s", code).isEqualTo(1);
                JsonNode shown = awaitShown(node, peers.of(code), code, "unreachable");
                assertThat(shown.path("failedDials").asInt()).as("of %s", code).isEqualTo(failedDials);
            }
        }
    }

    @Test
    void handshakes_that_may_go_better_next_time_are_tried_again_with_pauses_that_grow() throws Exception {
        try (OddPeers peers = new OddPeers(thatMayGoBetter(), OddPeer::refusing);
                TestNode node = TestNode.start(with(PAUSES, "--mesh.peers=" + peers.urls()))) {
            assertPausesGrow(peers, 10, 20, 40, 80);
            for (CloseCode code : peers.codes()) {
                JsonNode shown = awaitShown(node, peers.of(code), shownAs(code), "unreachable");
                assertThat(shown.path("failedDials").asInt()).as("of %s", code).isGreaterThanOrEqualTo(4);
            }
        }
    }

    @Test
    void links_that_end_soon_again_and_again_are_dialled_with_pauses_that_grow() throws Exception {
        try (OddPeers peers = new OddPeers(thatMayGoBetter(), RedialByCodeTest::linkedClosing);
                TestNode node = TestNode.start(with(PAUSES, "--mesh.peers=" + peers.urls()))) {
            assertPausesGrow(peers, 0, 10, 20, 40);
            for (CloseCode code : peers.codes()) {
                JsonNode _ = awaitShown(node, peers.of(code), code, "unreachable");
            }
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

    private static OddPeer linkedClosing(CloseCode code) throws IOException {
        return OddPeer.linkedSaying(dialler -> dialler.sendClose(code.number()));
    }

    /**
     * Each pause is drawn from half to one and a half times what the rule says. A slow machine alone makes any time between two dials
     * long: so the next pauses, of 160 ms or more and each twice the one before, are held against those that do not grow.
     */
    private static void assertPausesGrow(OddPeers peers, long... millis) {
        for (CloseCode code : peers.codes()) {
            OddPeer peer = peers.of(code);
            await().atMost(PATIENCE).until(() -> peer.dials() > millis.length);
            List<Duration> gaps = peer.gaps();
            for (int i = 0; i < millis.length; i++) {
                assertThat(gaps.get(i))
                        .as("pause %d of %s, after %s", i, gaps, code)
                        .isGreaterThanOrEqualTo(Duration.ofMillis(millis[i]));
            }
        }
        Map<CloseCode, Integer> dials = new EnumMap<>(CloseCode.class);
        peers.codes().forEach(code -> dials.put(code, peers.of(code).dials()));
        int beats = metronome.dials() + BEATS;
        await().atMost(PATIENCE).until(() -> metronome.dials() >= beats);
        dials.forEach((code, before) -> assertThat(peers.of(code).dials() - before)
                .as("dials after %s while %d were made with pauses that do not grow", code, BEATS)
                .isLessThan(BEATS / 3));
    }

    /** Whoever says that it is this node itself is not believed. */
    private static CloseCode shownAs(CloseCode code) {
        return code == CloseCode.SELF ? CloseCode.MALFORMED : code;
    }

    /** How a configured peer is shown once this is why it is not linked. */
    private static JsonNode awaitShown(TestNode node, OddPeer peer, CloseCode code, String state) {
        return await().atMost(PATIENCE)
                .until(
                        () -> shown(node, peer),
                        each -> each.path("state").asString("").equals(state)
                                && each.path("lastFailure").asString("").contains(code.number() + " ("));
    }

    private static JsonNode shown(TestNode node, OddPeer peer) throws Exception {
        return JsonMapper.shared()
                .readTree(node.get("/actuator/mesh").body())
                .path("configuredPeers")
                .valueStream()
                .filter(each -> each.path("url").asString("").equals(peer.url()))
                .findFirst()
                .orElseThrow();
    }

    private static String[] with(String[] properties, String more) {
        return new String[] {properties[0], properties[1], more};
    }

    /** A peer for each of these codes. */
    private static final class OddPeers implements AutoCloseable {

        private final Map<CloseCode, OddPeer> peers = new EnumMap<>(CloseCode.class);

        OddPeers(Set<CloseCode> codes, Opening opening) throws IOException {
            for (CloseCode code : codes) {
                peers.put(code, opening.open(code));
            }
        }

        Set<CloseCode> codes() {
            return peers.keySet();
        }

        OddPeer of(CloseCode code) {
            return Objects.requireNonNull(peers.get(code));
        }

        String urls() {
            return peers.values().stream().map(OddPeer::url).collect(Collectors.joining(","));
        }

        @Override
        public void close() throws IOException {
            for (OddPeer peer : peers.values()) {
                peer.close();
            }
        }
    }

    private interface Opening {

        OddPeer open(CloseCode code) throws IOException;
    }
}
