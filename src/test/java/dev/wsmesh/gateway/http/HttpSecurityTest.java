package dev.wsmesh.gateway.http;

import static dev.wsmesh.gateway.http.PublishingTest.assertProblem;
import static dev.wsmesh.gateway.http.PublishingTest.post;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.wsmesh.TestNode;
import dev.wsmesh.identity.ClusterKey;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** Who is let in by HTTP. */
@ExtendWith(OutputCaptureExtension.class)
class HttpSecurityTest {

    private static final String WRITER = "writers-secret-0123456789";
    private static final String READER = "readers-secret-0123456789";

    @Test
    void tokens_say_who_may_do_what_and_nothing_shows_them(@TempDir Path directory, CapturedOutput output)
            throws Exception {
        Path file = Files.writeString(directory.resolve("token"), "# for readers\n" + READER + "\n");
        try (TestNode node = startWithTokens(file)) {
            assertProblem(
                    post(node, "orders.a", BodyPublishers.ofString("x")), 401, "no-token", "Authorization: Bearer");
            assertProblem(
                    post(node, "orders.a", BodyPublishers.ofString("x"), "Authorization", "Bearer wrong"),
                    401,
                    "no-token",
                    "this is none of");
            assertProblem(
                    post(node, "users.a", BodyPublishers.ofString("x"), "Authorization", "Bearer " + WRITER),
                    403,
                    "not-allowed",
                    "may not publish on users.a");
            assertProblem(
                    post(node, "orders.a", BodyPublishers.ofString("x"), "Authorization", "Bearer " + READER),
                    403,
                    "not-allowed",
                    "may not publish");
            HttpResponse<String> accepted =
                    post(node, "orders.a", BodyPublishers.ofString("x"), "Authorization", "Bearer " + WRITER);
            assertThat(accepted.statusCode()).isEqualTo(202);
            assertThatIllegalStateException()
                    .isThrownBy(() -> EventReader.open(node, "orders.%3E", "Authorization", "Bearer " + WRITER))
                    .withMessageContaining("403");
            assertThatIllegalStateException()
                    .isThrownBy(() -> EventReader.open(node, "%3E", "Authorization", "Bearer " + READER))
                    .withMessageContaining("may not subscribe to >");
            try (EventReader reader =
                    EventReader.open(node, "orders.%3E?since=1h", "Authorization", "Bearer " + READER)) {
                assertThat(reader.awaitTexts(1).texts()).containsExactly("x");
            }
            node.mesh().publish("users.a", "x");
            assertThat(get(node, "/api/topics", "Authorization", "Bearer " + READER)
                            .body())
                    .contains("orders.a")
                    .doesNotContain("users.a");
            assertThat(get(node, "/api/mesh").statusCode()).isEqualTo(401);
            assertThat(get(node, "/api/peers").statusCode()).isEqualTo(401);
            assertThat(get(node, "/api/openapi.json").statusCode()).isEqualTo(200);
            for (String endpoint : List.of("env", "configprops")) {
                String shown = get(node, "/actuator/" + endpoint).body();
                assertThat(shown).contains("mesh").doesNotContain(WRITER).doesNotContain(READER);
            }
        }
        assertThat(output.getAll()).doesNotContain(WRITER).doesNotContain(READER);
    }

    @Test
    void pages_of_other_origins_may_come_if_they_are_listed() throws Exception {
        try (TestNode node = TestNode.start("--mesh.allowed-origins=https://app.example.org")) {
            String[] origin = {"Origin", "https://app.example.org"};
            HttpResponse<String> response = post(node, "a", BodyPublishers.ofString("x"), origin);
            assertThat(response.statusCode()).isEqualTo(202);
            assertThat(response.headers().firstValue("access-control-allow-origin"))
                    .hasValue("https://app.example.org");
            HttpResponse<String> preflight = preflight(node, "https://app.example.org");
            assertThat(preflight.statusCode()).isEqualTo(200);
            assertThat(preflight.headers().firstValue("access-control-allow-methods"))
                    .hasValueSatisfying(methods -> assertThat(methods).contains("POST"));
            assertThat(preflight.headers().firstValue("access-control-allow-headers"))
                    .hasValue("mesh-ack, authorization");
            assertThat(preflight.headers().firstValue("access-control-allow-credentials"))
                    .isEmpty();
            assertThat(preflight(node, "https://evil.example.org").headers().firstValue("access-control-allow-origin"))
                    .isEmpty();
        }
    }

    @Test
    void a_node_without_tokens_that_others_can_reach_lets_nobody_in_and_says_what_to_do() throws Exception {
        try (TestNode node = TestNode.start(
                "--mesh.bind=0.0.0.0:0", "--mesh.key=" + ClusterKey.generate(), "--mesh.plain-peers.enabled=true")) {
            HttpResponse<String> response =
                    EventReader.HTTP.send(request(node, "/api/mesh").build(), HttpResponse.BodyHandlers.ofString());
            assertProblem(response, 403, "not-allowed", "configure mesh.gateway.tokens");
        }
    }

    /** A browser sends a GET of a page's own origin without an Origin. */
    @Test
    void a_page_whose_name_was_pointed_at_this_machine_is_not_let_in() throws Exception {
        try (TestNode node = TestNode.start();
                Socket socket = new Socket(InetAddress.getByName("localhost"), node.port())) {
            String request =
                    "GET /api/mesh HTTP/1.1\r\nHost: evil.example.org:" + node.port() + "\r\nConnection: close\r\n\r\n";
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                    .startsWith("HTTP/1.1 403")
                    .contains("urn:wsmesh:problem:not-allowed", "no name for it but localhost");
        }
    }

    @Test
    void a_node_that_is_open_to_everybody_is_so_by_http() throws Exception {
        try (TestNode node = TestNode.start("--mesh.bind=0.0.0.0:0", "--mesh.security.open=true")) {
            assertThat(EventReader.HTTP
                            .send(request(node, "/api/mesh").build(), HttpResponse.BodyHandlers.ofString())
                            .statusCode())
                    .isEqualTo(200);
        }
    }

    @Test
    void without_the_gateway_there_is_nothing() throws Exception {
        try (TestNode node = TestNode.start("--mesh.gateway.enabled=false")) {
            assertThat(node.get("/api/mesh").statusCode()).isEqualTo(404);
        }
    }

    @Test
    void the_paths_may_begin_elsewhere() throws Exception {
        try (TestNode node = TestNode.start("--mesh.gateway.path=/mesh/v1")) {
            assertThat(node.get("/mesh/v1/mesh").statusCode()).isEqualTo(200);
            assertThat(node.get("/api/mesh").statusCode()).isEqualTo(404);
            assertThat(node.get("/mesh/v1/openapi.json").body()).contains("\"/mesh/v1\"");
        }
    }

    private static TestNode startWithTokens(Path file) {
        List<String> arguments = new ArrayList<>(List.of(
                "--mesh.gateway.tokens[0].token=" + WRITER,
                "--mesh.gateway.tokens[0].publish=orders.*",
                "--mesh.gateway.tokens[1].token-file=" + file,
                "--mesh.gateway.tokens[1].subscribe=orders.>",
                "--management.endpoints.web.exposure.include=*",
                "--management.endpoint.env.show-values=always",
                "--management.endpoint.configprops.show-values=always"));
        return TestNode.start(arguments.toArray(String[]::new));
    }

    private static HttpResponse<String> get(TestNode node, String path, String... headers) throws Exception {
        HttpRequest.Builder request = request(node, path);
        if (headers.length > 0) {
            request.headers(headers);
        }
        return EventReader.HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private static HttpResponse<String> preflight(TestNode node, String origin) throws Exception {
        HttpRequest request = request(node, "/api/topics/a")
                .method("OPTIONS", BodyPublishers.noBody())
                .headers(
                        "Origin", origin,
                        "Access-Control-Request-Method", "POST",
                        "Access-Control-Request-Headers", "mesh-ack, authorization")
                .build();
        return EventReader.HTTP.send(request, HttpResponse.BodyHandlers.ofString());
    }

    private static HttpRequest.Builder request(TestNode node, String path) {
        return HttpRequest.newBuilder(URI.create("http://localhost:" + node.port() + path));
    }
}
