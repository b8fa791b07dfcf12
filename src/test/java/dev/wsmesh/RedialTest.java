package dev.wsmesh;

import static dev.wsmesh.TestNode.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.wsmesh.node.ConfiguredPeerView;
import dev.wsmesh.node.ConfiguredPeerView.State;
import dev.wsmesh.node.MeshCounters.DialFailure;
import dev.wsmesh.node.MeshCounters.Ending;
import dev.wsmesh.seed.RawWebSocket;
import dev.wsmesh.seed.SeedProgram;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Configured peers are dialled until they answer, and again whenever they are lost. */
class RedialTest {

    @Test
    void a_peer_that_is_down_at_the_start_is_linked_when_it_comes_up() throws Exception {
        int port = freePort();
        try (TestNode early = TestNode.start("--plain-peers=ws://localhost:" + port)) {
            await().atMost(PATIENCE).until(() -> peer(early).failedDials() >= 2);
            assertThat(peer(early).state()).isEqualTo(State.UNREACHABLE);
            assertThat(peer(early).lastFailure()).contains("refused");

            try (TestNode late = TestNode.startAt(port).awaitSessions(1)) {
                early.awaitSessions(1);
                assertThat(peer(early).state()).isEqualTo(State.CONNECTED);
                late.mesh().sendToPlainPeers("now");
                await().atMost(PATIENCE).until(() -> early.texts().contains("now"));
            }
        }
    }

    @Test
    void a_restarted_peer_is_linked_again() throws Exception {
        TestNode first = TestNode.start();
        int port = first.port();
        try (TestNode node = TestNode.start("--plain-peers=" + first.url()).awaitSessions(1)) {
            first.close();
            await().atMost(PATIENCE).until(() -> node.counters().endings(Ending.CLOSED) == 1);
            try (TestNode second = TestNode.startAt(port).awaitSessions(1)) {
                node.awaitSessions(1);
                node.mesh().sendToPlainPeers("again");
                await().atMost(PATIENCE).until(() -> second.texts().contains("again"));
            }
        }
    }

    @Test
    void a_peer_whose_connection_is_reset_is_linked_again() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getByName("localhost"));
                TestNode node = TestNode.start("--plain-peers=ws://localhost:" + server.getLocalPort())) {
            for (int i = 1; i <= 3; i++) {
                RawWebSocket accepted = accept(server);
                node.awaitSessions(1);
                accepted.reset();
                int resets = i;
                await().atMost(PATIENCE).until(() -> node.counters().endings(Ending.LOST) == resets);
            }
        }
    }

    @Test
    void a_session_that_was_stable_makes_the_next_dial_quick_again() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getByName("localhost"));
                TestNode node = TestNode.start(
                        "--plain-peers=ws://localhost:" + server.getLocalPort(),
                        "--mesh.dial.backoff-min=20ms",
                        "--mesh.dial.backoff-max=1h",
                        "--mesh.dial.stable-after=0s")) {
            server.setSoTimeout((int) PATIENCE.toMillis());
            // Without the reset the pauses double each time on average: the twentieth would be hours long.
            for (int i = 1; i <= 20; i++) {
                accept(server).reset();
                int resets = i;
                await().atMost(PATIENCE).until(() -> node.counters().endings(Ending.LOST) == resets);
            }
        }
    }

    @Test
    void a_server_that_answers_without_an_upgrade_is_told_as_such() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getByName("localhost"));
                TestNode node =
                        TestNode.start("--plain-peers=ws://localhost:" + server.getLocalPort() + "/elsewhere")) {
            try (Socket socket = server.accept()) {
                String request = Objects.requireNonNull(RawWebSocket.readRequest(
                                new DataInputStream(new BufferedInputStream(socket.getInputStream()))))
                        .requestLine();
                assertThat(request).isEqualTo("GET /elsewhere HTTP/1.1");
                socket.getOutputStream()
                        .write("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
                                .getBytes(StandardCharsets.US_ASCII));
            }
            await().atMost(PATIENCE).until(() -> node.counters().dialFailures(DialFailure.UPGRADE) >= 1);
            assertThat(peer(node).lastFailure())
                    .contains("no upgrade to WebSocket")
                    .contains("404");
        }
    }

    @Test
    void a_dial_whose_answer_trickles_in_is_given_up_and_leaves_no_socket() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getByName("localhost"));
                TestNode node = TestNode.start(
                        "--plain-peers=ws://localhost:" + server.getLocalPort(),
                        "--mesh.dial.timeout=500ms",
                        "--mesh.dial.backoff-min=1h",
                        "--mesh.dial.backoff-max=1h");
                Socket socket = server.accept()) {
            RawWebSocket.readRequest(new DataInputStream(new BufferedInputStream(socket.getInputStream())));
            byte[] answer = ("HTTP/1.1 101 Switching Protocols\r\nX: " + "y".repeat(10_000))
                    .getBytes(StandardCharsets.US_ASCII);
            AtomicInteger next = new AtomicInteger();
            // Each step of the dial is answered in time, the whole is not; writing fails once the other end is closed.
            await().atMost(PATIENCE).pollInterval(Duration.ofMillis(50)).until(() -> {
                try {
                    socket.getOutputStream().write(answer[next.getAndIncrement()]);
                    return false;
                } catch (IOException e) {
                    return true;
                }
            });
            assertThat(node.counters().dialFailures(DialFailure.TIMEOUT)).isEqualTo(1);
            assertThat(node.sessions()).isEmpty();
        }
    }

    @Test
    void an_answer_of_a_peer_cannot_forge_a_line_of_the_log() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getByName("localhost"));
                TestNode node = TestNode.start("--plain-peers=ws://localhost:" + server.getLocalPort());
                Socket socket = server.accept()) {
            RawWebSocket.readRequest(new DataInputStream(new BufferedInputStream(socket.getInputStream())));
            socket.getOutputStream()
                    .write("HTTP/1.1 200 \u001b[2Kforged\r\nContent-Length: 0\r\n\r\n"
                            .getBytes(StandardCharsets.US_ASCII));
            await().atMost(PATIENCE).until(() -> node.counters().dialFailures(DialFailure.UPGRADE) >= 1);
            await().atMost(PATIENCE).until(() -> peer(node).lastFailure() != null);
            assertThat(peer(node).lastFailure()).doesNotContain("\u001b", "\r", "\n");
        }
    }

    @Test
    void a_redirect_is_not_followed() throws Exception {
        try (SeedProgram elsewhere = SeedProgram.start(Duration.ofHours(1));
                ServerSocket server = new ServerSocket(0, 5, InetAddress.getByName("localhost"));
                TestNode node = TestNode.start("--plain-peers=ws://localhost:" + server.getLocalPort())) {
            try (Socket socket = server.accept()) {
                RawWebSocket.readRequest(new DataInputStream(new BufferedInputStream(socket.getInputStream())));
                String redirect =
                        "HTTP/1.1 302 Found\r\nLocation: " + elsewhere.url() + "/\r\nContent-Length: 0\r\n\r\n";
                socket.getOutputStream().write(redirect.getBytes(StandardCharsets.US_ASCII));
            }
            await().atMost(PATIENCE).until(() -> node.counters().dialFailures(DialFailure.UPGRADE) >= 1);
            assertThat(elsewhere.counts().upgrades).isEmpty();
        }
    }

    @Test
    void headers_path_and_query_of_a_peer_are_sent_with_the_upgrade() throws Exception {
        try (SeedProgram seed = SeedProgram.start(Duration.ofHours(1));
                TestNode node = TestNode.start(
                                "--mesh.peers[0].url=" + seed.url() + "/mesh/eu?zone=1",
                                "--mesh.peers[0].headers.Authorization=Bearer abc",
                                "--mesh.peers[0].headers.X-Site=west")
                        .awaitSessions(1)) {
            assertThat(seed.counts().upgrades.getFirst().requestLine()).isEqualTo("GET /mesh/eu?zone=1 HTTP/1.1");
            assertThat(seed.counts().upgrades.getFirst().headers())
                    .containsEntry("authorization", "Bearer abc")
                    .containsEntry("x-site", "west");
            assertThat(node.get("/actuator/mesh").body()).doesNotContain("abc");
        }
    }

    @Test
    void a_name_without_an_address_is_told_as_such_and_dialled_again() {
        try (TestNode node = TestNode.start("--plain-peers=ws://no-such-host.invalid:1")) {
            await().atMost(PATIENCE).until(() -> node.counters().dialFailures(DialFailure.UNKNOWN_HOST) >= 2);
            assertThat(peer(node).lastFailure()).isEqualTo("the host name no-such-host.invalid has no address");
        }
    }

    @Test
    void a_peer_that_is_named_twice_is_dialled_once() throws Exception {
        try (SeedProgram seed = SeedProgram.start(Duration.ofHours(1));
                TestNode node = TestNode.start("--plain-peers=" + seed.url() + "," + seed.url())
                        .awaitSessions(1)) {
            assertThat(node.mesh().view().configuredPeers()).hasSize(1);
            assertThat(seed.peers()).isEqualTo(1);
        }
    }

    private static ConfiguredPeerView peer(TestNode node) {
        return node.mesh().view().configuredPeers().getFirst();
    }

    private static RawWebSocket accept(ServerSocket server) throws IOException {
        Socket socket = server.accept();
        DataInputStream in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
        return RawWebSocket.accept(socket, in, Objects.requireNonNull(RawWebSocket.readRequest(in)));
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName("localhost"))) {
            return socket.getLocalPort();
        }
    }
}
