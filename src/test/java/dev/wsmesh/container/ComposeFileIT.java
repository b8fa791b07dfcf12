package dev.wsmesh.container;

import static dev.wsmesh.container.NodeContainer.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.wsmesh.TestJvm;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.testcontainers.junit.jupiter.Testcontainers;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The compose file as it is, but for the ports that it publishes, which Docker chooses here, and the image, which is the tests'. */
@Testcontainers(disabledWithoutDocker = true)
class ComposeFileIT {

    private static final Map<String, Integer> ports = Map.of("node1", 8080, "node2", 8085, "node3", 8086);

    private final HttpClient http = HttpClient.newHttpClient();
    private List<String> compose = List.of();

    @TempDir
    private Path directory;

    @BeforeEach
    void begin() throws Exception {
        List<String> program = program();
        assumeTrue(!program.isEmpty(), "neither docker compose nor docker-compose is installed");
        Path file = directory.resolve("docker-compose.yml");
        Files.writeString(file, changed(Files.readString(Path.of("docker-compose.yml"))));
        compose = new ArrayList<>(program);
        compose.addAll(List.of("-p", "wsmesh-test-" + ProcessHandle.current().pid(), "-f", file.toString()));
    }

    @AfterEach
    void removeAll() throws Exception {
        if (!compose.isEmpty()) {
            String _ = run("down", "-v", "-t", "5");
        }
    }

    @Test
    void three_nodes_that_all_hear_each_other() throws Exception {
        String _ = run("up", "-d");
        for (Map.Entry<String, Integer> node : ports.entrySet()) {
            awaitNeighbours(2, published(node.getKey(), node.getValue()));
        }
        await().atMost(PATIENCE).untilAsserted(() -> {
            for (String node : ports.keySet()) {
                assertThat(run("logs", "--no-color", node)).contains(heard(node));
            }
        });
        String _ = run("stop", "-t", "10");
        assertThat(run("ps", "-a")).contains("Exit").doesNotContain("Exit 137", "(137)");
    }

    @Test
    void as_many_as_are_asked_for_find_each_other_by_the_one_name() throws Exception {
        String _ = run("up", "-d", "--scale", "node=4", "node");
        awaitScaled(4, 3);
        assertThat(run("ps", "--services", "--filter", "status=running").lines())
                .as("nobody else runs")
                .containsExactly("node");

        String _ = run("up", "-d", "--scale", "node=2", "node");
        awaitScaled(2, 1);
    }

    @Test
    void those_of_the_one_name_and_the_three_of_the_example_are_one_mesh() throws Exception {
        String _ = run("up", "-d", "--scale", "node=2");
        awaitScaled(2, 4);
        for (Map.Entry<String, Integer> node : ports.entrySet()) {
            awaitNeighbours(4, published(node.getKey(), node.getValue()));
        }
    }

    /** Each of so many of the scaled service. */
    private void awaitScaled(int replicas, int neighbours) throws IOException, InterruptedException {
        for (int i = 1; i <= replicas; i++) {
            awaitNeighbours(neighbours, published("--index", String.valueOf(i), "node", "8080"));
        }
    }

    private void awaitNeighbours(int count, String address) {
        URI mesh = URI.create("http://" + address + "/actuator/mesh");
        await().atMost(PATIENCE)
                .ignoreExceptionsInstanceOf(IOException.class)
                .untilAsserted(
                        () -> assertThat(neighbours(mesh)).as("of %s", address).isEqualTo(count));
    }

    /** What a node logs of the others. */
    private static List<String> heard(String node) {
        return ports.keySet().stream()
                .filter(other -> !other.equals(node))
                .map(other -> "from " + other)
                .toList();
    }

    private long neighbours(URI mesh) throws IOException, InterruptedException {
        HttpRequest request =
                HttpRequest.newBuilder(mesh).timeout(Duration.ofSeconds(5)).build();
        HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
        JsonNode links = JsonMapper.shared().readTree(response.body()).path("links");
        return links.valueStream()
                .filter(link -> link.path("neighbour").asBoolean())
                .count();
    }

    private String published(String node, int port) throws IOException, InterruptedException {
        return published(node, String.valueOf(port));
    }

    private String published(String... which) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("port"));
        command.addAll(List.of(which));
        return run(command.toArray(String[]::new)).strip().replace("0.0.0.0", "localhost");
    }

    private static String changed(String file) {
        String test = file.replace("image: wsmesh\n", "image: " + NodeContainer.imageName() + "\n")
                .replace("    build: .\n", "");
        for (int port : ports.values()) {
            test = test.replace("\"" + port + ":" + port + "\"", "\"" + port + "\"");
        }
        return test.replace(
                "  environment:\n",
                "  environment:\n    MESH_BROADCAST_INTERVAL: 300ms\n    JAVA_TOOL_OPTIONS: \""
                        + TestJvm.BESIDE_THE_IMAGES + "\"\n");
    }

    private static List<String> program() throws IOException, InterruptedException {
        for (List<String> each : List.of(List.of("docker", "compose"), List.of("docker-compose"))) {
            try {
                List<String> command = new ArrayList<>(each);
                command.add("version");
                if (process(command).waitFor() == 0) {
                    return each;
                }
            } catch (IOException e) {
                // There is no such program.
            }
        }
        return List.of();
    }

    private String run(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(compose);
        command.addAll(List.of(arguments));
        Process process = process(command);
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return process.waitFor() == 0 ? said : fail("%s: %s", command, said);
    }

    private static Process process(List<String> command) throws IOException {
        return new ProcessBuilder(command).redirectErrorStream(true).start();
    }
}
