package dev.wsmesh;

import static dev.wsmesh.TestNode.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import dev.wsmesh.node.MeshCounters.GatewayEvent;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.chrome.ChromeDriver;

/** A page of another origin, in a real browser, which subscribes by EventSource; skipped where there is no browser. */
class EventSourceIT {

    /** What a browser needs to come again after a few seconds, on a busy machine. */
    private static final java.time.Duration RESUMED_WITHIN = PATIENCE.multipliedBy(2);

    private static final String PAGE = """
            <!doctype html><title>subscriber</title><script>
            const seen = [];
            const events = new EventSource(new URLSearchParams(location.search).get("at"));
            events.onmessage = (event) => seen.push(JSON.parse(event.data).text);
            events.addEventListener("gap", () => seen.push("gap"));
            events.addEventListener("mark", () => { document.title = "subscribed"; });
            events.onerror = () => { document.title = "interrupted " + events.readyState; };
            </script>
            """;

    @TempDir
    Path profile;

    private @Nullable ChromeDriver chromium;
    private @Nullable HttpServer site;

    @BeforeEach
    void start() throws Exception {
        chromium = Chromium.start(profile);
        HttpServer server = HttpServer.create(new InetSocketAddress("localhost", 0), 0);
        server.createContext("/", exchange -> {
            byte[] page = PAGE.getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "text/html");
            exchange.sendResponseHeaders(200, page.length);
            exchange.getResponseBody().write(page);
            exchange.close();
        });
        server.start();
        site = server;
    }

    @AfterEach
    void stop() {
        if (chromium != null) {
            chromium.quit();
        }
        if (site != null) {
            site.stop(0);
        }
    }

    private String origin() {
        return "http://localhost:" + Objects.requireNonNull(site).getAddress().getPort();
    }

    private ChromeDriver browser() {
        return Objects.requireNonNull(chromium);
    }

    @Test
    void a_page_whose_connection_is_torn_goes_on_by_itself_and_has_everything_once() throws Exception {
        try (TestNode node = TestNode.start("--mesh.allowed-origins=" + origin());
                Cable cable = Cable.to(node.port())) {
            subscribe(cable.url().replace("ws:", "http:"));
            List<String> expected = new ArrayList<>();
            for (int round = 0; round < 3; round++) {
                expected.addAll(publish(node, "before cut " + round));
                awaitSeen(expected);
                cable.cut();
                expected.addAll(publish(node, "meanwhile " + round));
                awaitTitle("interrupted");
                cable.heal();
                awaitSeen(expected);
            }
            assertThat(node.counters().gatewayEvents(GatewayEvent.SSE_RESUMED)).isGreaterThanOrEqualTo(3);
        }
    }

    @Test
    void a_page_whose_node_is_started_again_goes_on_by_itself_and_has_everything_once() throws Exception {
        int port = FreePorts.find(1)[0];
        try (TestNode other = TestNode.start()) {
            String[] properties = {"--mesh.allowed-origins=" + origin(), "--mesh.peers=" + other.url()};
            List<String> expected = new ArrayList<>();
            try (TestNode node = TestNode.startAt(port, properties).awaitNeighbours(1)) {
                other.awaitNeighbours(1);
                subscribe("http://localhost:" + port);
                expected.addAll(publish(other, "first run"));
                expected.addAll(publish(node, "last words"));
                await().atMost(PATIENCE).until(() -> seen().size() == expected.size());
                await().atMost(PATIENCE).until(() -> other.texts("orders.x").size() == expected.size());
            }
            expected.addAll(publish(other, "meanwhile"));
            try (TestNode node = TestNode.startAt(port, properties).awaitNeighbours(1)) {
                expected.addAll(publish(node, "second run"));
                await().atMost(RESUMED_WITHIN).until(() -> seen().size() >= expected.size());
                assertThat(seen()).containsExactlyInAnyOrderElementsOf(expected);
                assertThat(seen().stream().filter(text -> !text.contains("last words") && !text.contains("second run")))
                        .as("what one node published")
                        .containsExactlyElementsOf(expected.stream()
                                .filter(text -> !text.contains("last words") && !text.contains("second run"))
                                .toList());
            }
        }
    }

    @Test
    void a_page_of_an_origin_that_is_not_listed_gets_nothing() {
        try (TestNode node = TestNode.start()) {
            open("http://" + node.bind());
            awaitTitle("interrupted 2");
            assertThat(seen()).isEmpty();
            assertThat(node.counters().gatewayEvents(GatewayEvent.SSE_OPENED)).isZero();
        }
    }

    private static List<String> publish(TestNode node, String text) {
        List<String> texts =
                IntStream.range(0, 20).mapToObj(i -> text + " " + i).toList();
        texts.forEach(each -> node.mesh().publish("orders.x", each));
        return texts;
    }

    private void subscribe(String address) {
        open(address);
        awaitTitle("subscribed");
    }

    private void open(String address) {
        browser().get(origin() + "/?at=" + address + "/api/topics/orders.*");
    }

    private void awaitTitle(String beginning) {
        await().atMost(RESUMED_WITHIN)
                .until(() -> Objects.requireNonNull(browser().getTitle()).startsWith(beginning));
    }

    private void awaitSeen(List<String> expected) {
        await().atMost(RESUMED_WITHIN).until(() -> seen().size() >= expected.size());
        assertThat(seen()).isEqualTo(expected);
    }

    private List<String> seen() {
        List<?> texts = (List<?>) Objects.requireNonNull(browser().executeScript("return seen"));
        return texts.stream().map(String::valueOf).toList();
    }
}
