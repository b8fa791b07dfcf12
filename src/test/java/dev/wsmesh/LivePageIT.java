package dev.wsmesh;

import static dev.wsmesh.TestNode.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import dev.wsmesh.node.MeshCounters.Refusal;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;

/** The page in a real browser, which is a plain peer when its console is connected; skipped where there is none. */
class LivePageIT {

    @TempDir
    Path profile;

    private @Nullable ChromeDriver chromium;

    @BeforeEach
    void startBrowser() {
        chromium = Chromium.start(profile);
    }

    @AfterEach
    void stopBrowser() {
        if (chromium != null) {
            chromium.quit();
        }
    }

    private ChromeDriver browser() {
        return Objects.requireNonNull(chromium);
    }

    @Test
    void the_page_shows_the_node_its_sessions_and_its_configured_peers() {
        TestNode first = TestNode.start();
        try (TestNode node = TestNode.start("--plain-peers=" + first.url() + ",ws://no-such-host.invalid:1")
                .awaitSessions(1)) {
            open(node);
            awaitText("node", node.bind());
            awaitText("sessions", first.url());
            awaitText("sessions", "dialled");
            awaitText("peers", "ws://no-such-host.invalid:1");
            awaitText("peers", "unreachable");

            first.close();
            awaitNoText("sessions", "dialled");
        }
    }

    @Test
    void the_page_draws_the_whole_mesh_with_names_as_text() {
        String[] common = {
            "--mesh.presence.enabled=true", "--mesh.presence.interval=200ms", "--mesh.membership.fill=false"
        };
        try (TestNode first = TestNode.start(with(common, "--mesh.name=<b>first</b>"));
                TestNode second = TestNode.start(with(common, "--mesh.name=second", "--mesh.peers=" + first.url()));
                TestNode third = TestNode.start(with(common, "--mesh.name=third", "--mesh.peers=" + second.url()))) {
            open(first);
            awaitText("mesh", "<b>first</b>");
            awaitText("mesh", "second");
            awaitText("mesh", "third");
            awaitText("mesh-count", "(3 nodes)");
            await().atMost(PATIENCE).ignoreExceptions().until(() -> count("#mesh line.edge") == 2);
            assertThat(count("#mesh .node.self")).isEqualTo(1);
            assertThat(count("#mesh .node.known")).isEqualTo(2);
            assertThat(element("mesh").findElements(By.tagName("b"))).isEmpty();

            element("connect").click();
            await().atMost(PATIENCE).ignoreExceptions().until(() -> count("#mesh .node.plain") == 1);

            third.context().close();
            awaitText("mesh-count", "(2 nodes)");
            await().atMost(PATIENCE).ignoreExceptions().until(() -> count("#mesh line.edge:not(.plain)") == 1);
            assertThat(second.neighbours()).hasSize(1);
        }
    }

    @Test
    void the_console_is_a_plain_peer_and_shows_texts_as_text() {
        try (TestNode node = TestNode.start("--mesh.broadcast.enabled=true", "--mesh.broadcast.interval=200ms")) {
            open(node);
            element("connect").click();
            node.awaitSessions(1);
            awaitText("log", "Message to client 0 from " + node.bind());

            element("text").sendKeys("hello from a browser \u00e9");
            element("send").click();
            await().atMost(PATIENCE).until(() -> node.texts().contains("hello from a browser \u00e9"));

            node.mesh().sendToPlainPeers("<img src=x onerror=\"document.title='broken'\">");
            awaitText("log", "<img src=x onerror");
            assertThat(browser().getTitle()).doesNotContain("broken");
            assertThat(element("log").findElements(By.tagName("img"))).isEmpty();
            awaitText("sessions", "accepted");
        }
    }

    @Test
    void a_page_of_another_origin_cannot_connect() throws Exception {
        HttpServer elsewhere = HttpServer.create(new InetSocketAddress("localhost", 0), 0);
        elsewhere.createContext("/", exchange -> {
            byte[] page = "<!doctype html><title>elsewhere</title>".getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, page.length);
            exchange.getResponseBody().write(page);
            exchange.close();
        });
        elsewhere.start();
        try (TestNode node = TestNode.start()) {
            browser().get("http://localhost:" + elsewhere.getAddress().getPort() + "/");
            String script = "const done = arguments[arguments.length - 1]; const s = new WebSocket('" + node.url()
                    + "/'); s.onopen = () => done('open'); s.onerror = () => done('refused');";
            assertThat(browser().executeAsyncScript(script)).isEqualTo("refused");
            assertThat(node.counters().refusals(Refusal.ORIGIN)).isEqualTo(1);
            assertThat(node.sessions()).isEmpty();
        } finally {
            elsewhere.stop(0);
        }
    }

    @Test
    void a_page_of_the_node_hears_the_mesh_by_the_browsers_own_event_source() {
        try (TestNode node = TestNode.start();
                TestNode other = TestNode.start("--mesh.peers=" + node.url()).awaitNeighbours(1)) {
            node.awaitNeighbours(1);
            open(node);
            browser()
                    .executeScript("window.heard = []; window.events = new EventSource('/api/topics/orders.*');"
                            + " events.onmessage = event => heard.push(JSON.parse(event.data).text);");
            await().atMost(PATIENCE)
                    .until(() -> Objects.equals(browser().executeScript("return events.readyState"), 1L));
            for (String text : List.of("one", "two", "three")) {
                other.mesh().publish("orders.created", text);
            }
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(browser().executeScript("return heard"))
                            .isEqualTo(List.of("one", "two", "three")));
            Object status = browser()
                    .executeAsyncScript("const done = arguments[arguments.length - 1];"
                            + " fetch('/api/topics/orders.paid', {method: 'POST', body: 'from a page'})"
                            + ".then(answer => done(answer.status));");
            assertThat(status).isEqualTo(202L);
            await().atMost(PATIENCE).until(() -> other.texts("orders.paid").contains("from a page"));
        }
    }

    private void open(TestNode node) {
        browser().get("http://" + node.bind() + "/");
    }

    private int count(String selector) {
        return browser().findElements(By.cssSelector(selector)).size();
    }

    private static String[] with(String[] some, String... more) {
        return Stream.concat(Arrays.stream(some), Arrays.stream(more)).toArray(String[]::new);
    }

    private WebElement element(String id) {
        return browser().findElement(By.id(id));
    }

    private void awaitText(String id, String text) {
        await().atMost(PATIENCE)
                .ignoreExceptions()
                .until(() -> element(id).getText().contains(text));
    }

    private void awaitNoText(String id, String text) {
        await().atMost(PATIENCE)
                .ignoreExceptions()
                .until(() -> !element(id).getText().contains(text));
    }
}
