package dev.wsmesh;

import static dev.wsmesh.TestNode.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import dev.wsmesh.seed.RawWebSocket;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands of the packaged jar, as processes. */
class CommandLineIT {

    @Test
    void a_command_loads_nothing_of_spring_but_the_loader_of_the_jar(@TempDir Path directory) throws Exception {
        Path classes = directory.resolve("classes");
        HttpServer gateway = gateway("application/json", "[{\"topic\":\"a\"}]");
        try (NodeProcess command = NodeProcess.start(
                List.of("-Xlog:class+load:file=" + classes), Map.of("MESH_NODE", url(gateway)), "topics", "--json")) {
            assertThat(command.awaitExit()).isZero();
            await().atMost(PATIENCE).until(() -> command.printed("[{\"topic\":\"a\"}]"));
            assertThat(command.lines()).hasSize(1);
        } finally {
            gateway.stop(0);
        }
        assertThat(Files.readString(classes))
                .contains("dev.wsmesh.cli.TopicsCommand ")
                .doesNotContainPattern("org\\.springframework\\.(?!boot\\.loader\\.)[\\w.$]+ source")
                .doesNotContain("tools.jackson.databind", "org.slf4j");
    }

    @Test
    void a_subscriber_prints_what_comes_and_ends_when_it_has_enough() throws Exception {
        HttpServer gateway =
                gateway("text/event-stream", "id: 1\ndata: {\"topic\":\"a\",\"text\":\"l\u00e4ngst\"}\n\n");
        try (NodeProcess command = NodeProcess.start(
                List.of(), Map.of("MESH_NODE", url(gateway)), "subscribe", "a", "--json", "--count=1")) {
            assertThat(command.awaitExit()).isZero();
            await().atMost(PATIENCE).until(() -> !command.lines().isEmpty());
            assertThat(command.lines())
                    .containsExactly(
                            "{\"event\":\"message\",\"resume\":\"1\",\"topic\":\"a\",\"text\":\"l\\u00E4ngst\"}");
        } finally {
            gateway.stop(0);
        }
    }

    @Test
    void a_failure_is_one_line_and_the_exit_code_of_the_process() throws Exception {
        try (NodeProcess command = NodeProcess.start("peers", "--node=http://localhost:1")) {
            assertThat(command.awaitExit()).isEqualTo(3);
            await().atMost(PATIENCE).until(() -> !command.lines().isEmpty());
            assertThat(command.lines())
                    .singleElement()
                    .asString()
                    .startsWith("wsmesh: the node at http://localhost:1 ");
        }
    }

    @Test
    void a_mesh_of_two_is_measured_and_loses_nothing() throws Exception {
        try (NodeProcess bench = NodeProcess.start(
                "bench", "--nodes=2", "--mode=latency", "--rate=50", "--warm-up=1s", "--for=1s", "--json")) {
            await().atMost(PATIENCE.multipliedBy(4)).until(() -> bench.printed("\"lost\":"));
            assertThat(bench.awaitExit()).isZero();
            assertThat(bench.lines().getLast())
                    .contains("\"published\":100,", "\"received\":100,", "\"lost\":0,", "\"duplicates\":0,");
        }
    }

    @Test
    void the_doctor_finds_a_node_well() throws Exception {
        try (NodeProcess node = NodeProcess.start("--bind=localhost:0").awaitUp();
                NodeProcess doctor = NodeProcess.start("doctor", "ws://localhost:" + node.port())) {
            assertThat(doctor.awaitExit()).isZero();
            await().atMost(PATIENCE).until(() -> doctor.printed("all hops work"));
            assertThat(node.lines()).hasSize(1);
        }
    }

    @Test
    void a_message_whose_answer_is_lost_is_not_sent_again(@TempDir Path directory) throws Exception {
        Path message = Files.writeString(directory.resolve("message"), "x");
        AtomicInteger requests = new AtomicInteger();
        try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getByName("localhost"))) {
            Thread.ofVirtual().start(() -> takeAndHangUp(server, requests));
            try (NodeProcess command = NodeProcess.start(
                    "publish", "a", message.toString(), "--node=http://localhost:" + server.getLocalPort())) {
                assertThat(command.awaitExit()).isEqualTo(3);
                await().atMost(PATIENCE).until(() -> command.printed("whether it was published is not known"));
            }
        }
        assertThat(requests).hasValue(1);
    }

    private static void takeAndHangUp(ServerSocket server, AtomicInteger requests) {
        try {
            while (true) {
                try (Socket socket = server.accept()) {
                    DataInputStream in = new DataInputStream(socket.getInputStream());
                    Object _ = RawWebSocket.readRequest(in);
                    int _ = in.read();
                    requests.incrementAndGet();
                }
            }
        } catch (IOException e) {
            Thread.currentThread().setName("ended by " + e.getMessage());
        }
    }

    private static HttpServer gateway(String type, String body) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getByName("localhost"), 0), 0);
        server.createContext("/", exchange -> {
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", type);
            exchange.sendResponseHeaders(200, bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        });
        server.start();
        return server;
    }

    private static String url(HttpServer server) {
        return "http://localhost:" + server.getAddress().getPort();
    }
}
