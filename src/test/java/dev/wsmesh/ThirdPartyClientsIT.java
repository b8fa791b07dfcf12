package dev.wsmesh;

import static dev.wsmesh.TestNode.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.wsmesh.node.MeshCounters.Ending;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Nodes among programs that others wrote; a program that is not installed here is skipped. */
class ThirdPartyClientsIT {

    private static final Path SCRIPTS = Path.of("src", "test", "clients");
    private static final String[] BROADCAST = {
        "--mesh.broadcast.enabled=true", "--mesh.broadcast.interval=100ms", "--mesh.broadcast.jitter=0ms"
    };

    @Test
    void python_websockets_as_a_client_is_a_plain_peer() throws Exception {
        assertClient(python("client.py"), "hello from python \u00e9");
    }

    @Test
    void python_websockets_as_a_server_can_be_dialled() throws Exception {
        assertServer(python("server.py"), "python heard: ");
    }

    @Test
    void npm_ws_as_a_client_is_a_plain_peer() throws Exception {
        assertClient(nodeJs("client.js", "ws"), "hello from node.js \u00e9");
    }

    @Test
    void npm_ws_as_a_server_can_be_dialled() throws Exception {
        assertServer(nodeJs("server.js", "ws"), "node.js heard: ");
    }

    @Test
    void npm_stompjs_on_one_node_hears_and_is_heard_on_another() throws Exception {
        List<String> stompjs = nodeJs("stomp.js", "@stomp/stompjs");
        try (TestNode one = TestNode.start();
                TestNode other = TestNode.start("--mesh.peers=" + one.url()).awaitNeighbours(1)) {
            one.awaitNeighbours(1);
            try (NodeProcess client =
                    launch(stompjs, one.url() + "/stomp", "/topic/talk", "hello from stompjs \u00e9")) {
                await().atMost(PATIENCE).until(() -> other.texts("talk").contains("hello from stompjs \u00e9"));
                other.mesh().publish("talk", "to stompjs \u00e9");
                other.mesh().publish("talk", "stop");
                assertThat(client.awaitExit()).as(client.lines().toString()).isZero();
                assertThat(client.lines())
                        .contains("receipt subscribed", "receipt sent")
                        .containsSubsequence(
                                "/topic/talk hello from stompjs \u00e9",
                                "/topic/talk to stompjs \u00e9",
                                "/topic/talk stop");
            }
        }
    }

    @Test
    void npm_eventsource_goes_on_by_itself_where_another_node_answers_and_misses_nothing() throws Exception {
        List<String> command = nodeJs("eventsource.js", "eventsource");
        try (TestNode other = TestNode.start()) {
            TestNode first = TestNode.start("--mesh.peers=" + other.url()).awaitNeighbours(1);
            int port = first.port();
            try (NodeProcess client = launch(command, "http://localhost:" + port + "/api/topics/orders.*")) {
                try (first) {
                    await().atMost(PATIENCE).until(() -> client.printed("open"));
                    other.awaitNeighbours(1).mesh().publish("orders.a", "one");
                    first.mesh().publish("orders.b", "two");
                    await().atMost(PATIENCE).until(() -> client.lines().size() == 3);
                }
                other.mesh().publish("orders.a", "three");
                other.mesh().publish("orders.a", "four");
                try (TestNode second = TestNode.startAt(port, "--mesh.peers=" + other.url())) {
                    await().atMost(PATIENCE).until(() -> client.lines().size() == 6);
                    second.mesh().publish("orders.b", "five");
                    await().atMost(PATIENCE).until(() -> client.lines().size() == 7);
                }
                assertThat(client.lines().subList(1, 3)).containsExactlyInAnyOrder("one", "two");
                assertThat(client.lines().subList(3, 7)).containsExactly("open", "three", "four", "five");
            }
        }
    }

    private static void assertClient(List<String> command, String greeting) throws Exception {
        try (TestNode node = TestNode.start(BROADCAST);
                NodeProcess client = launch(command, node.url())) {
            await().atMost(PATIENCE).until(() -> node.texts().contains(greeting));
            assertThat(client.awaitExit()).as(client.lines().toString()).isZero();
            assertThat(client.lines())
                    .hasSize(2)
                    .allMatch(line -> line.equals("Message to client 0 from " + node.bind()));
            node.awaitSessions(0);
            assertThat(node.counters().endings(Ending.CLOSED)).isEqualTo(1);
        }
    }

    private static void assertServer(List<String> command, String answer) throws Exception {
        try (NodeProcess server = launch(command)) {
            await().atMost(PATIENCE).until(() -> !server.lines().isEmpty());
            String port = server.lines().getFirst().replace("port ", "");
            try (TestNode node =
                    TestNode.start("--plain-peers=ws://localhost:" + port).awaitSessions(1)) {
                node.mesh().sendToPlainPeers("to a stranger \u00e9");
                await().atMost(PATIENCE).until(() -> node.texts().contains(answer + "to a stranger \u00e9"));
                assertThat(server.printed("to a stranger \u00e9")).isTrue();
            }
        }
    }

    private static List<String> python(String script) throws Exception {
        // Debian's own, which has Debian's packages; another one may come first on the path.
        assumeTrue(
                succeeds(List.of("/usr/bin/python3", "-c", "import websockets")),
                "python3-websockets is not installed");
        return List.of("/usr/bin/python3", SCRIPTS.resolve(script).toString());
    }

    private static List<String> nodeJs(String script, String module) throws Exception {
        Path installed = Path.of("target", "test-clients");
        Files.createDirectories(installed);
        Files.copy(
                SCRIPTS.resolve("package.json"),
                installed.resolve("package.json"),
                java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        Files.copy(
                SCRIPTS.resolve(script), installed.resolve(script), java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        List<String> install = List.of(
                "npm", "install", "--prefix", installed.toString(), "--no-package-lock", "--no-audit", "--no-fund");
        assumeTrue(
                Files.isDirectory(installed.resolve("node_modules").resolve(module)) || succeeds(install),
                "npm cannot install the package " + module + " here");
        return List.of("node", installed.resolve(script).toString());
    }

    private static NodeProcess launch(List<String> command, String... arguments) throws IOException {
        List<String> whole = new java.util.ArrayList<>(command);
        whole.addAll(List.of(arguments));
        return NodeProcess.launch(whole, Map.of("PYTHONIOENCODING", "utf-8"));
    }

    private static boolean succeeds(List<String> command) throws InterruptedException {
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return process.waitFor(2, TimeUnit.MINUTES) && process.exitValue() == 0;
        } catch (IOException e) {
            return false;
        }
    }
}
