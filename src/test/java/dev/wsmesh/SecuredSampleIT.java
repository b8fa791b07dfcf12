package dev.wsmesh;

import static dev.wsmesh.TestNode.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The sample application that has Spring Security, in two processes; this one has none of it (docs/adr/0418). */
class SecuredSampleIT {

    private static final String LOGIN =
            "Basic " + Base64.getEncoder().encodeToString("anna:secret".getBytes(StandardCharsets.US_ASCII));

    private final HttpClient http = HttpClient.newHttpClient();
    private final int[] ports = new int[2];
    private SampleProgram news;

    @TempDir
    Path directory;

    @BeforeEach
    void compile() throws IOException {
        System.arraycopy(FreePorts.find(2), 0, ports, 0, 2);
        news = new SampleProgram(
                Path.of("samples/spring-security/src/main"),
                "dev.wsmesh.samples.security.NewsApplication",
                directory,
                springSecurity());
    }

    @AfterEach
    void stop() throws InterruptedException {
        news.stop();
    }

    private static Path[] springSecurity() throws IOException {
        Path jars = Path.of(System.getProperty("wsmesh.spring-security", "target/spring-security"));
        try (Stream<Path> all = Files.list(jars)) {
            return all.map(Path::toAbsolutePath).toArray(Path[]::new);
        }
    }

    @Test
    void instances_and_clients_of_the_gateway_come_in_without_a_login_and_nobody_else_does() throws Exception {
        news.run(ports[0], "--mesh.peers=" + mesh(1));
        news.run(ports[1], "--mesh.peers=" + mesh(0));
        news.awaitUp(ports[0]);
        news.awaitUp(ports[1]);
        awaitLinked();
        assertThat(get(1, "/news").statusCode()).isEqualTo(401);
        assertThat(get(0, "/tell?text=hello", "Authorization", LOGIN).statusCode())
                .isEqualTo(200);
        HttpResponse<String> published = post(0, "/api/topics/news", "from outside");
        assertThat(published.statusCode()).as(published.body()).isEqualTo(202);
        await().atMost(PATIENCE)
                .untilAsserted(
                        () -> assertThat(get(1, "/news", "Authorization", LOGIN).body())
                                .isEqualTo("[\"anna: hello\",\"from outside\"]"));
    }

    @Test
    void where_everybody_needs_a_login_instances_bring_one_as_a_header() throws Exception {
        String closed = "--spring.profiles.active=closed";
        news.run(ports[0], closed, "--mesh.peers=");
        news.run(ports[1], closed, "--mesh.peers[0].url=" + mesh(0), "--mesh.peers[0].headers.Authorization=" + LOGIN);
        news.awaitUp(ports[0]);
        news.awaitUp(ports[1]);
        awaitLinked();
        assertThat(get(0, "/api/peers").statusCode()).isEqualTo(401);
        assertThat(get(0, "/tell?text=hello", "Authorization", LOGIN).statusCode())
                .isEqualTo(200);
        await().atMost(PATIENCE)
                .untilAsserted(
                        () -> assertThat(get(1, "/news", "Authorization", LOGIN).body())
                                .isEqualTo("[\"anna: hello\"]"));
    }

    private void awaitLinked() {
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(
                                get(0, "/api/mesh", "Authorization", LOGIN).body())
                        .contains("\"neighbours\":1"));
    }

    private String mesh(int instance) {
        return "ws://localhost:" + ports[instance] + "/mesh";
    }

    private HttpResponse<String> get(int instance, String path, String... headers) throws Exception {
        return send(request(instance, path, headers));
    }

    private HttpResponse<String> post(int instance, String path, String body) throws Exception {
        return send(request(instance, path).POST(BodyPublishers.ofString(body)));
    }

    private HttpRequest.Builder request(int instance, String path, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://localhost:" + ports[instance] + path));
        return headers.length == 0 ? request : request.headers(headers);
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return http.send(request.build(), BodyHandlers.ofString());
    }
}
