package dev.wsmesh.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.wsmesh.TestNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The gateway as docs/http.md shows it, by the program curl. */
class CurlTest {

    private static final Path CURL = Path.of("/usr/bin/curl");

    @TempDir
    Path directory;

    @BeforeEach
    void requireCurl() {
        assumeTrue(Files.isExecutable(CURL), "curl is not installed");
    }

    @Test
    void what_one_publishes_at_a_node_another_hears_at_the_next_and_goes_on_at_the_first() throws Exception {
        try (TestNode one = TestNode.start();
                TestNode two = TestNode.start("--mesh.peers=" + one.url()).awaitNeighbours(1)) {
            one.awaitNeighbours(1);
            Path heard = directory.resolve("heard");
            Process subscriber = curl(heard, "-N", topics(one, "orders.*"));
            try {
                awaitIn(heard, "event: mark");
                assertThat(said("-d", "hello, mesh", topics(two, "orders.created")))
                        .contains("\"neighbours\":1", "\"position\":\"" + two.id());
                assertThat(said(
                                "-H",
                                "Mesh-Ack: 1",
                                "-H",
                                "Mesh-Header-Trace: 7",
                                "-d",
                                "paid",
                                topics(two, "orders.x")))
                        .contains("\"acknowledged\":1");
                awaitIn(heard, "\"text\":\"hello, mesh\"");
                awaitIn(heard, "\"headers\":[{\"name\":\"Trace\",\"value\":\"7\"}],\"text\":\"paid\"");
            } finally {
                subscriber.destroy();
            }
            String id = Pattern.compile("id: (\\S+)\ndata: \\{\"topic\":\"orders.created\"")
                    .matcher(Files.readString(heard))
                    .results()
                    .map(found -> found.group(1))
                    .findFirst()
                    .orElseThrow();
            Path rest = directory.resolve("rest");
            Process again = curl(rest, "-N", "-H", "Last-Event-ID: " + id, topics(two, "orders.*"));
            try {
                awaitIn(rest, "\"text\":\"paid\"");
                assertThat(Files.readString(rest)).doesNotContain("hello, mesh", "event: gap");
            } finally {
                again.destroy();
            }
        }
    }

    @Test
    void what_cannot_be_is_a_problem_that_says_what_to_do() throws Exception {
        try (TestNode node = TestNode.start()) {
            assertThat(said("-i", "-H", "Mesh-Min-Peers: 1", "-H", "Mesh-Timeout: 1ms", "-d", "x", topics(node, "a")))
                    .containsPattern("^HTTP/1.1 503")
                    .contains("application/problem+json", "Mesh-Min-Peers\"", "\"published\":false");
            assertThat(said("-i", "-d", "x", topics(node, "$mesh.x")))
                    .containsPattern("^HTTP/1.1 403")
                    .contains("they can be read, not published on");
        }
    }

    private static String topics(TestNode node, String topic) {
        return "http://" + node.bind() + "/api/topics/" + topic;
    }

    private String said(String... arguments) throws Exception {
        Path out = Files.createTempFile(directory, "said", "");
        assertThat(curl(out, arguments).waitFor(TestNode.PATIENCE.toSeconds(), TimeUnit.SECONDS))
                .isTrue();
        return Files.readString(out);
    }

    private static Process curl(Path out, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(CURL.toString(), "-s", "--noproxy", "*"));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command)
                .redirectOutput(out.toFile())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    private static void awaitIn(Path file, String text) {
        await().atMost(TestNode.PATIENCE)
                .until(() -> Files.readString(file, StandardCharsets.UTF_8).contains(text));
    }
}
