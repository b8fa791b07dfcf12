package dev.wsmesh;

import static dev.wsmesh.TestNode.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The sample application in two processes. */
class SampleIT {

    private final HttpClient http = HttpClient.newHttpClient();
    private SampleProgram shop;

    @TempDir
    Path directory;

    @BeforeEach
    void compile() throws IOException {
        shop = new SampleProgram(
                Path.of("samples/cache-invalidation/src/main"), "dev.wsmesh.samples.cache.ShopApplication", directory);
    }

    @AfterEach
    void stop() throws InterruptedException {
        shop.stop();
    }

    @Test
    void a_price_that_is_changed_on_one_instance_is_forgotten_on_the_other() throws Exception {
        int[] ports = FreePorts.find(2);
        int one = ports[0];
        int other = ports[1];
        run(one, other);
        run(other, one);
        shop.awaitUp(one);
        shop.awaitUp(other);
        await().atMost(PATIENCE).untilAsserted(() -> {
            // Until they are linked, the other one keeps what it has read.
            put(one, 100);
            assertThat(get(other)).isEqualTo("100");
        });
        put(one, 120);
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(get(other)).isEqualTo("120"));
        put(other, 130);
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(get(one)).isEqualTo("130"));
        Files.writeString(directory.resolve("prices/tea"), "7");
        assertThat(get(one)).as("it is a cache").isEqualTo("130");
    }

    private void run(int port, int peer) throws IOException {
        shop.run(
                port,
                "--mesh.peers=ws://localhost:" + port + "/mesh,ws://localhost:" + peer + "/mesh",
                "--prices.directory=" + directory.resolve("prices"));
    }

    private void put(int port, int cents) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(price(port))
                .header("Content-Type", "text/plain")
                .PUT(BodyPublishers.ofString(Integer.toString(cents)))
                .build();
        assertThat(http.send(request, BodyHandlers.ofString()).statusCode()).isEqualTo(200);
    }

    private String get(int port) throws IOException, InterruptedException {
        return http.send(HttpRequest.newBuilder(price(port)).build(), BodyHandlers.ofString())
                .body();
    }

    private static URI price(int port) {
        return URI.create("http://localhost:" + port + "/prices/tea");
    }
}
