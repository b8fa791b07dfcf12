package dev.wsmesh;

import static dev.wsmesh.TestNode.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

import dev.wsmesh.node.Mesh;
import dev.wsmesh.node.MeshCounters.Refusal;
import dev.wsmesh.seed.RawWebSocket;
import dev.wsmesh.seed.RawWebSocket.Frame;
import dev.wsmesh.seed.SeedProgram;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** A node that is told to stop leaves: what it accepted is delivered, nothing new begins. */
class LeavingTest {

    private static final Duration NEVER = Duration.ofHours(1);

    @Test
    void everything_that_was_queued_is_written_before_the_session_is_closed_with_1001() throws Exception {
        TestNode node = TestNode.start();
        try (SeedProgram dialler = SeedProgram.start(NEVER, node.url())) {
            node.awaitSessions(1);
            for (int i = 0; i < 2_000; i++) {
                node.mesh().sendToPlainPeers("text " + i);
            }
            node.close();
            await().atMost(PATIENCE).until(() -> dialler.counts().closes.contains(1001));
            assertThat(dialler.received())
                    .isEqualTo(
                            IntStream.range(0, 2_000).mapToObj(i -> "text " + i).toList());
        }
    }

    @Test
    void while_it_flushes_readiness_is_down_and_new_sessions_and_texts_are_refused() throws Exception {
        TestNode node = TestNode.start("--mesh.leave.flush-timeout=10s", "--mesh.plain-peers.send-timeout=1m");
        Mesh mesh = node.mesh();
        try (RawWebSocket stalled = RawWebSocket.dialWithSmallBuffer("localhost", node.port(), "/")) {
            node.awaitSessions(1);
            stall(node);
            Thread leaving = Thread.ofVirtual().start(node::close);

            await().atMost(PATIENCE).until(() -> !mesh.view().running());
            assertThat(node.get("/actuator/health/readiness").statusCode()).isEqualTo(503);
            assertThat(node.get("/actuator/health/liveness").statusCode()).isEqualTo(200);
            assertThatIOException()
                    .isThrownBy(() -> RawWebSocket.dial("localhost", node.port(), "/", Map.of()))
                    .withMessageContaining("503");
            assertThat(node.counters().refusals(Refusal.STOPPING)).isEqualTo(1);
            assertThatIllegalStateException().isThrownBy(() -> mesh.sendToPlainPeers("late"));

            // The stalled reader reads on, so that leaving ends before its time is over.
            Frame last = Objects.requireNonNull(stalled.readMessage());
            while (last.opcode() == RawWebSocket.TEXT) {
                last = Objects.requireNonNull(stalled.readMessage());
            }
            assertThat(last.closeCode()).isEqualTo(1001);
            leaving.join();
        }
    }

    @Test
    void a_stalled_reader_and_a_dial_under_way_hold_nobody_up_for_longer_than_the_flush_timeout() throws Exception {
        try (SeedProgram silent = SeedProgram.start(0, NEVER, java.util.EnumSet.of(SeedProgram.Habit.NEVER_ANSWERS))) {
            TestNode node = TestNode.start(
                    "--mesh.leave.flush-timeout=200ms",
                    "--mesh.plain-peers.send-timeout=1m",
                    "--mesh.dial.timeout=1m",
                    "--plain-peers=" + silent.url());
            try (RawWebSocket stalled = RawWebSocket.dialWithSmallBuffer("localhost", node.port(), "/");
                    SeedProgram good = SeedProgram.start(NEVER, node.url())) {
                node.awaitSessions(2);
                await().atMost(PATIENCE).until(() -> silent.counts().tcpAccepted.sum() == 1);
                stall(node);

                long begin = System.nanoTime();
                node.close();
                assertThat(Duration.ofNanos(System.nanoTime() - begin))
                        .as("the bound that is promised, not a measure of speed")
                        .isLessThan(Duration.ofSeconds(5));

                await().atMost(PATIENCE).until(() -> good.counts().closes.contains(1001));
                stalled.readTimeoutMillis((int) PATIENCE.toMillis());
                assertThat(stalled).as("its socket is closed, too").satisfies(LeavingTest::readToTheEnd);
            }
        }
    }

    @Test
    void subscriptions_outlive_a_stop_and_a_start_of_the_application() throws Exception {
        try (TestNode node = TestNode.start();
                TestNode other = TestNode.start("--plain-peers=" + node.url()).awaitSessions(1)) {
            node.awaitSessions(1);
            node.context().stop();
            node.awaitSessions(0);
            node.context().start();
            TestNode again = TestNode.start("--plain-peers=" + node.url());
            try (again) {
                node.awaitSessions(1);
                again.mesh().sendToPlainPeers("after the break");
                await().atMost(PATIENCE).until(() -> node.texts().contains("after the break"));
            }
            assertThat(other.context().isRunning()).isTrue();
        }
    }

    /** Publishes until texts wait in a queue, which means that a peer no longer takes them. */
    private static void stall(TestNode node) {
        String large = "x".repeat(100_000);
        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(5)).until(() -> {
            node.mesh().sendToPlainPeers(large);
            return node.sessions().stream().anyMatch(session -> session.queuedMessages() > 5);
        });
    }

    private static void readToTheEnd(RawWebSocket socket) {
        try {
            while (socket.read() != null) {
                // What had been sent before.
            }
        } catch (java.io.EOFException | java.net.SocketException e) {
            // Cut in the middle of a frame: that is an end as well.
        } catch (java.io.IOException e) {
            throw new AssertionError("the socket is still open", e);
        }
    }
}
