package dev.wsmesh;

import static dev.wsmesh.TestNode.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.wsmesh.seed.RawWebSocket;
import dev.wsmesh.seed.SeedProgram;
import dev.wsmesh.seed.SeedProgram.Habit;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The packaged node, seen from outside. */
class NodeProcessIT {

    private static final Duration NEVER = Duration.ofHours(1);

    @Test
    void the_environment_configures_a_node() throws Exception {
        try (SeedProgram seed = SeedProgram.start(NEVER);
                NodeProcess node = NodeProcess.start(
                                List.of(),
                                Map.of(
                                        "MESH_BIND", "localhost:0",
                                        "MESH_PEERS", seed.url(),
                                        "MESH_BROADCAST_INTERVAL", "100ms",
                                        "MESH_BROADCAST_JITTER", "0ms"))
                        .awaitUp()) {
            await().atMost(PATIENCE)
                    .until(() -> seed.received().contains("Message to client 0 from localhost:" + node.port()));
        }
    }

    @Test
    void a_configuration_file_in_the_working_directory_configures_a_node(@TempDir Path directory) throws Exception {
        Path file =
                Files.writeString(directory.resolve("node.yml"), "mesh:\n  bind: localhost:0\n  path: /from-a-file\n");
        try (NodeProcess node =
                        NodeProcess.start("--spring.config.location=" + file).awaitUp();
                RawWebSocket peer = RawWebSocket.dial("localhost", node.port(), "/from-a-file", Map.of())) {
            assertThat(peer.localPort()).isPositive();
        }
    }

    /** The exit code says that it was in time: after 5 s the node ends itself with 1. */
    @ParameterizedTest
    @CsvSource({"TERM,143", "INT,130"})
    void a_signal_ends_the_node_in_time_with_stalled_readers_and_a_dial_under_way(String signal, int exitCode)
            throws Exception {
        try (SeedProgram silent = SeedProgram.start(0, NEVER, EnumSet.of(Habit.NEVER_ANSWERS));
                NodeProcess node = NodeProcess.start(
                                "--bind=localhost:0",
                                "--peers=" + silent.url(),
                                "--mesh.broadcast.interval=10ms",
                                "--mesh.broadcast.jitter=0ms",
                                "--mesh.broadcast.text=" + "x".repeat(50_000),
                                "--mesh.plain-peers.queue-bytes=1GB",
                                "--mesh.plain-peers.queue-messages=1000000",
                                "--mesh.plain-peers.send-timeout=1m")
                        .awaitUp();
                RawWebSocket one = RawWebSocket.dialWithSmallBuffer("localhost", node.port(), "/");
                RawWebSocket two = RawWebSocket.dialWithSmallBuffer("localhost", node.port(), "/");
                SeedProgram good = SeedProgram.start(NEVER, "ws://localhost:" + node.port())) {
            // By then each of the others has been sent more than sockets hold.
            await().atMost(PATIENCE.multipliedBy(3)).until(() -> good.received().size() >= 200);

            node.signal(signal);

            assertThat(node.awaitExit()).isEqualTo(exitCode);
            await().atMost(PATIENCE).until(() -> good.counts().closes.contains(1001));
            assertThat(node.printed("2 peers did not take what was queued")).isTrue();
            assertThat(one.localPort()).isNotEqualTo(two.localPort());
        }
    }

    /** What the web server says tells how far the node has come. */
    @ParameterizedTest
    @ValueSource(strings = {"Tomcat initialized", "initialization completed", "Tomcat started"})
    void a_node_that_is_told_to_stop_while_it_starts_ends_without_a_stack_trace(String mark) throws Exception {
        List<String> command = TestJvm.command(
                "-cp",
                System.getProperty("java.class.path"),
                WsmeshApplication.class.getName(),
                "--bind=localhost:0",
                "--logging.level.org.springframework.boot=INFO");
        try (NodeProcess node = NodeProcess.launch(command, Map.of())) {
            await().atMost(PATIENCE.multipliedBy(2))
                    .pollInterval(Duration.ofMillis(5))
                    .until(() -> node.printed(mark));
            node.signal("TERM");
            assertThat(node.awaitExit()).isEqualTo(143);
            assertThat(node.lines())
                    .noneMatch(
                            line -> line.startsWith("\tat ") || line.contains("Exception") || line.contains("ERROR"));
        }
    }

    @Test
    void a_shutdown_that_overruns_ends_with_exit_code_1() throws Exception {
        List<String> command =
                List.of(TestJvm.java(), "-cp", System.getProperty("java.class.path"), OverrunningMain.class.getName());
        try (NodeProcess process = NodeProcess.launch(command, Map.of())) {
            assertThat(process.awaitExit()).isEqualTo(1);
            assertThat(process.printed("leaving took longer than")).isTrue();
        }
    }

    /** A program whose shutdown never ends by itself. */
    static final class OverrunningMain {
        public static void main(String[] args) {
            LeaveWatchdog.install(Duration.ofMillis(200));
            Runtime.getRuntime().addShutdownHook(new Thread(() -> {
                synchronized (args) {
                    try {
                        while (true) {
                            args.wait();
                        }
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                }
            }));
            System.exit(0);
        }
    }

    @Test
    void wrong_usage_and_wrong_configuration_end_the_process_with_one_line_and_exit_code_2() throws Exception {
        for (String argument : List.of("--peers=http://a", "--mesh.broadcast.interval=soon")) {
            try (NodeProcess node = NodeProcess.start(argument)) {
                assertThat(node.awaitExit()).isEqualTo(2);
                await().atMost(PATIENCE).until(() -> !node.lines().isEmpty());
                assertThat(node.lines()).singleElement().asString().startsWith("wsmesh: ");
            }
        }
    }

    @Test
    void a_taken_port_ends_the_process_with_one_line_and_exit_code_1() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("localhost"));
                NodeProcess node = NodeProcess.start("--bind=localhost:" + taken.getLocalPort())) {
            assertThat(node.awaitExit()).isEqualTo(1);
            await().atMost(PATIENCE).until(() -> !node.lines().isEmpty());
            assertThat(node.lines()).singleElement().asString().contains("port " + taken.getLocalPort() + " is taken");
        }
    }

    @Test
    void a_peer_whose_name_moves_to_another_address_is_dialled_there(@TempDir Path directory) throws Exception {
        Path hosts = Files.writeString(directory.resolve("hosts"), "127.0.0.1 localhost\n127.0.0.1 moving.test\n");
        try (ServerSocket elsewhere = new ServerSocket(0, 5, InetAddress.getByName("127.0.0.2"));
                NodeProcess node = NodeProcess.start(
                                List.of("-Djdk.net.hosts.file=" + hosts),
                                Map.of(),
                                "--bind=localhost:0",
                                "--peers=ws://moving.test:" + elsewhere.getLocalPort(),
                                "--mesh.dial.backoff-min=50ms",
                                "--mesh.dial.backoff-max=200ms")
                        .awaitUp()) {
            await().atMost(PATIENCE).until(() -> node.printed("connection refused"));
            Files.writeString(hosts, "127.0.0.1 localhost\n127.0.0.2 moving.test\n");
            elsewhere.setSoTimeout((int) PATIENCE.toMillis());
            assertThat(elsewhere.accept().getPort()).isPositive();
        }
    }

    @Test
    void the_demo_chooses_free_ports_shows_broadcasts_and_ends_with_ctrl_c() throws Exception {
        try (ServerSocket taken = portOrNull(8080);
                NodeProcess demo = NodeProcess.start("demo", "--interval=100ms")) {
            await().atMost(PATIENCE.multipliedBy(3)).until(() -> demo.printed("Three nodes are up"));
            await().atMost(PATIENCE)
                    .until(() -> demo.lines().stream()
                                    .map(line -> line.replaceFirst(
                                            ".*(localhost:\\d+) <- .* from (localhost:\\d+)$", "$1 $2"))
                                    .filter(pair -> pair.matches("localhost:\\d+ localhost:\\d+"))
                                    .distinct()
                                    .count()
                            == 6);
            demo.signal("INT");
            assertThat(demo.awaitExit()).isEqualTo(130);
            assertThat(demo.lines()).noneMatch(line -> line.contains("Exception"));
            assertThat(taken == null || taken.isBound()).isTrue();
        }
    }

    /** Takes the example's first port, so that the demo must choose another; null if somebody has it already. */
    private static @org.jspecify.annotations.Nullable ServerSocket portOrNull(int port) {
        try {
            return new ServerSocket(port, 1, InetAddress.getByName("localhost"));
        } catch (java.io.IOException e) {
            return null;
        }
    }
}
