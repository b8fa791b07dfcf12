package dev.wsmesh;

import static dev.wsmesh.TestNode.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.wsmesh.node.MeshCounters.Drop;
import dev.wsmesh.node.MeshCounters.Ending;
import dev.wsmesh.seed.RawWebSocket;
import dev.wsmesh.seed.SeedProgram;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** One bad peer harms nobody else. */
class SlowPeerTest {

    private static final Duration NEVER = Duration.ofHours(1);
    private static final int MESSAGES = 3_000;
    private static final int MESSAGES_AHEAD = 100;

    @Test
    void a_peer_that_stops_reading_is_cut_off_at_its_bound_while_the_one_beside_it_gets_everything() throws Exception {
        try (TestNode node =
                        TestNode.start("--mesh.plain-peers.queue-messages=500", "--mesh.plain-peers.send-timeout=1m");
                SeedProgram good = SeedProgram.start(NEVER, node.url());
                RawWebSocket stalled = RawWebSocket.dialWithSmallBuffer("localhost", node.port(), "/")) {
            node.awaitSessions(2);

            String padding = "x".repeat(2_000);
            int mostQueued = 0;
            for (int i = 0; i < MESSAGES; i++) {
                node.mesh().sendToPlainPeers(i + " " + padding);
                int sent = i;
                await().atMost(PATIENCE)
                        .pollDelay(Duration.ZERO)
                        .pollInterval(Duration.ofMillis(1))
                        .until(() -> good.received().size() > sent - MESSAGES_AHEAD);
                mostQueued = Math.max(mostQueued, mostQueued(node));
            }

            await().atMost(PATIENCE).until(() -> good.received().size() == MESSAGES);
            assertThat(good.received()).allMatch(text -> text.endsWith(padding));
            assertThat(good.received().stream().map(text -> Integer.parseInt(text.substring(0, text.indexOf(' ')))))
                    .isSorted();
            assertThat(node.counters().endings(Ending.TOO_SLOW)).isEqualTo(1);
            assertThat(node.counters().drops(Drop.SLOW_PEER)).isGreaterThanOrEqualTo(500);
            assertThat(mostQueued).isBetween(100, 500);
            assertThat(node.sessions()).hasSize(1);
            assertThat(stalled.localPort()).isPositive();
        }
    }

    private static int mostQueued(TestNode node) {
        return node.sessions().stream()
                .mapToInt(session -> session.queuedMessages())
                .max()
                .orElse(0);
    }

    @Test
    void a_peer_that_takes_too_long_over_one_message_is_cut_off_though_its_queue_is_short() throws Exception {
        try (TestNode node = TestNode.start("--mesh.plain-peers.send-timeout=200ms");
                RawWebSocket stalled = RawWebSocket.dialWithSmallBuffer("localhost", node.port(), "/")) {
            node.awaitSessions(1);
            String large = "x".repeat(1_000_000);
            await().atMost(PATIENCE).until(() -> {
                node.mesh().sendToPlainPeers(large);
                return node.counters().endings(Ending.TOO_SLOW) == 1;
            });
            assertThat(node.sessions()).isEmpty();
            assertThat(node.counters().drops(Drop.SLOW_PEER)).isPositive();
            assertThat(stalled.localPort()).isPositive();
        }
    }

    @Test
    void a_thousand_idle_tcp_connections_do_not_keep_a_peer_out() throws Exception {
        List<Socket> idle = new ArrayList<>();
        try (TestNode node = TestNode.start()) {
            for (int i = 0; i < 1_000; i++) {
                idle.add(new Socket("localhost", node.port()));
            }
            try (SeedProgram seed = SeedProgram.start(NEVER, node.url());
                    TestNode other =
                            TestNode.start("--plain-peers=" + node.url()).awaitSessions(1)) {
                node.awaitSessions(2);
                node.mesh().sendToPlainPeers("room enough");
                await().atMost(PATIENCE).until(() -> seed.received().contains("room enough"));
                await().atMost(PATIENCE).until(() -> other.texts().contains("room enough"));
            }
        } finally {
            for (Socket socket : idle) {
                socket.close();
            }
        }
    }
}
