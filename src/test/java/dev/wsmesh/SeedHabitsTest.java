package dev.wsmesh;

import static dev.wsmesh.TestNode.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.wsmesh.node.ConfiguredPeerView;
import dev.wsmesh.node.ConfiguredPeerView.State;
import dev.wsmesh.node.MeshCounters.DialFailure;
import dev.wsmesh.node.MeshCounters.Ending;
import dev.wsmesh.seed.RawWebSocket;
import dev.wsmesh.seed.RawWebSocket.UpgradeRequest;
import dev.wsmesh.seed.SeedProgram;
import dev.wsmesh.seed.SeedProgram.Habit;
import java.net.Socket;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Each habit of the seed's program, met: the double counts that it was. */
class SeedHabitsTest {

    private static final Duration NEVER = Duration.ofHours(1);

    @Test
    void a_peer_whose_timer_restarts_at_every_event_is_never_silenced_by_pings() throws Exception {
        try (SeedProgram seed = SeedProgram.start(Duration.ofMillis(700));
                TestNode node = TestNode.start("--plain-peers=" + seed.url()).awaitSessions(1)) {
            // One for the TCP connection and one for the upgrade.
            await().atMost(PATIENCE).until(() -> seed.counts().timerRestarts.sum() == 2);

            await().atMost(PATIENCE).until(() -> node.texts().size() >= 3);

            assertThat(seed.counts().pings.sum()).isZero();
            assertThat(seed.counts().otherFrames.sum()).isZero();
            assertThat(seed.counts().timerRestarts.sum())
                    .as("nothing that the node does restarts it again")
                    .isEqualTo(2);
        }
    }

    @Test
    void bare_tcp_connects_silence_the_double_as_they_do_the_real_program() throws Exception {
        try (SeedProgram seed = SeedProgram.start(Duration.ofSeconds(2));
                TestNode node = TestNode.start("--plain-peers=" + seed.url()).awaitSessions(1)) {
            int before = node.texts().size();
            long until = System.nanoTime() + Duration.ofSeconds(4).toNanos();
            await().atMost(PATIENCE).pollInterval(Duration.ofMillis(50)).until(() -> {
                new Socket("localhost", seed.port()).close();
                return System.nanoTime() > until;
            });
            assertThat(node.texts()).hasSizeLessThanOrEqualTo(before + 1);
            assertThat(seed.counts().timerRestarts.sum()).isGreaterThan(10);

            await().atMost(PATIENCE).until(() -> node.texts().size() > before + 1);
        }
    }

    @Test
    void a_peer_that_exits_without_a_close_is_dialled_again_when_it_is_back() throws Exception {
        SeedProgram first = SeedProgram.start(NEVER);
        int port = first.port();
        try (TestNode node =
                TestNode.start("--plain-peers=ws://localhost:" + port).awaitSessions(1)) {
            first.close();
            assertThat(first.counts().exitsWithoutClose.sum()).isEqualTo(1);
            await().atMost(PATIENCE).until(() -> peer(node).state() == State.UNREACHABLE);
            assertThat(node.counters().endings(Ending.LOST)).isEqualTo(1);
            await().atMost(PATIENCE).until(() -> node.counters().dialFailures(DialFailure.UNREACHABLE) >= 2);

            try (SeedProgram second = SeedProgram.start(port, NEVER, EnumSet.noneOf(Habit.class))) {
                await().atMost(PATIENCE).until(() -> peer(node).state() == State.CONNECTED);
                node.mesh().sendToPlainPeers("welcome back");
                await().atMost(PATIENCE).until(() -> second.received().contains("welcome back"));
            }
        }
    }

    @Test
    void a_peer_that_echoes_our_close_and_never_closes_tcp_leaks_no_socket_when_we_dialled() throws Exception {
        try (SeedProgram seed = SeedProgram.start(NEVER)) {
            TestNode node = TestNode.start("--plain-peers=" + seed.url()).awaitSessions(1);
            node.close();
            assertThatWeClosedTcp(seed);
        }
    }

    @Test
    void a_peer_that_echoes_our_close_and_never_closes_tcp_leaks_no_socket_when_it_dialled() throws Exception {
        TestNode node = TestNode.start("--mesh.limits.max-message-bytes=1000B");
        try (node;
                SeedProgram seed = SeedProgram.start(NEVER, node.url())) {
            node.awaitSessions(1);
            // The node goes on living, so nothing but the close itself can end the TCP connection.
            seed.sendToAll(RawWebSocket.TEXT, new byte[2_000]);
            await().atMost(PATIENCE).until(() -> seed.counts().closes.contains(1009));
            await().atMost(PATIENCE)
                    .until(() -> seed.counts().closedByOtherAfterClose.sum() == 1);
            assertThat(seed.counts().heldOpenAfterClose.sum()).isEqualTo(1);
        }
    }

    private static void assertThatWeClosedTcp(SeedProgram seed) {
        await().atMost(PATIENCE)
                .until(() -> seed.counts().closedByOtherAfterClose.sum() == 1);
        assertThat(seed.counts().closes).containsExactly(1001);
        assertThat(seed.counts().heldOpenAfterClose.sum()).isEqualTo(1);
    }

    @Test
    void a_program_that_dials_without_path_or_origin_is_accepted_and_we_send_it_no_origin_either() throws Exception {
        try (SeedProgram dialled = SeedProgram.start(NEVER);
                TestNode node = TestNode.start("--plain-peers=" + dialled.url());
                SeedProgram dialler = SeedProgram.start(NEVER, node.url())) {
            node.awaitSessions(2);
            assertThat(dialler.counts().dials.sum()).isEqualTo(1);
            UpgradeRequest ours = dialled.counts().upgrades.getFirst();
            assertThat(ours.requestLine()).isEqualTo("GET / HTTP/1.1");
            assertThat(ours.headers())
                    .doesNotContainKeys("origin", "sec-websocket-protocol", "sec-websocket-extensions");
        }
    }

    @Test
    void a_peer_that_never_reconnects_is_found_again_by_the_restarted_node() throws Exception {
        TestNode first = TestNode.start();
        int port = first.port();
        try (SeedProgram seed = SeedProgram.start(NEVER, first.url())) {
            first.awaitSessions(1);
            first.close();
            await().atMost(PATIENCE).until(() -> seed.counts().dialsGivenUp.sum() == 1);

            try (TestNode second =
                    TestNode.startAt(port, "--plain-peers=" + seed.url()).awaitSessions(1)) {
                second.mesh().sendToPlainPeers("here again");
                await().atMost(PATIENCE).until(() -> seed.received().contains("here again"));
            }
            assertThat(seed.counts().dials.sum()).isEqualTo(1);
        }
    }

    @Test
    void a_peer_that_drops_bad_utf8_never_gets_any_from_us_and_its_drops_of_others_do_not_touch_our_session()
            throws Exception {
        try (SeedProgram seed = SeedProgram.start(NEVER);
                TestNode node = TestNode.start("--plain-peers=" + seed.url()).awaitSessions(1);
                RawWebSocket stranger = RawWebSocket.dial("localhost", seed.port(), "/", Map.of())) {
            stranger.send(RawWebSocket.TEXT, true, new byte[] {(byte) 0xc3, 0x28});
            await().atMost(PATIENCE).until(() -> seed.counts().badUtf8Drops.sum() == 1);

            org.assertj.core.api.Assertions.assertThatIllegalArgumentException()
                    .isThrownBy(() -> node.mesh().sendToPlainPeers("half a pair: \ud83d"))
                    .withMessageContaining("unpaired surrogate");
            node.mesh().sendToPlainPeers("a whole pair: \ud83d\ude00, and \u00e9");
            await().atMost(PATIENCE).until(() -> seed.received().contains("a whole pair: \ud83d\ude00, and \u00e9"));
            assertThat(seed.counts().badUtf8Drops.sum()).isEqualTo(1);
            assertThat(node.sessions()).hasSize(1);
        }
    }

    @Test
    void a_peer_that_accepts_tcp_and_never_answers_is_given_up_after_the_dial_timeout_and_dialled_again()
            throws Exception {
        try (SeedProgram seed = SeedProgram.start(0, NEVER, EnumSet.of(Habit.NEVER_ANSWERS));
                TestNode node = TestNode.start("--plain-peers=" + seed.url(), "--mesh.dial.timeout=200ms")) {
            await().atMost(PATIENCE).until(() -> node.counters().dialFailures(DialFailure.TIMEOUT) >= 2);
            assertThat(seed.counts().tcpAccepted.sum()).isGreaterThanOrEqualTo(2);
            assertThat(peer(node).lastFailure()).isEqualTo("no answer in time");
            assertThat(node.sessions()).isEmpty();
        }
    }

    private static ConfiguredPeerView peer(TestNode node) {
        return node.mesh().view().configuredPeers().getFirst();
    }
}
