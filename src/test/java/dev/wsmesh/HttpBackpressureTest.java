package dev.wsmesh;

import static dev.wsmesh.TestNode.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.wsmesh.protocol.Message;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** A publisher that is faster than the mesh. */
class HttpBackpressureTest {

    private final HttpClient http = HttpClient.newHttpClient();

    @Test
    void a_publisher_that_does_not_want_to_wait_is_told_to_come_again_and_that_nothing_was_published()
            throws Exception {
        try (TestNode node = TestNode.start("--mesh.retention.max-bytes=1MB", "--mesh.links.send-timeout=30s");
                HostilePeer silent = HostilePeer.link(node.port())) {
            silent.send(new Message.DigestComplete(0));
            node.awaitNeighbours(1);
            AtomicReference<HttpResponse<String>> last = new AtomicReference<>();
            await().atMost(PATIENCE).pollDelay(java.time.Duration.ZERO).until(() -> {
                last.set(post(node));
                return last.get().statusCode() != 202;
            });
            HttpResponse<String> refused = last.get();
            assertThat(refused.statusCode()).as(refused.body()).isEqualTo(429);
            assertThat(refused.headers().firstValue("retry-after")).hasValue("1");
            assertThat(refused.body())
                    .contains("urn:wsmesh:problem:congested", "\"published\":false", "try again later");
        }
    }

    private HttpResponse<String> post(TestNode node) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://" + node.bind() + "/api/topics/load"))
                .header("Mesh-Policy", "fail")
                .POST(HttpRequest.BodyPublishers.ofByteArray(new byte[100_000]))
                .build();
        return http.send(request, HttpResponse.BodyHandlers.ofString());
    }
}
