package dev.wsmesh.gateway.http;

import static dev.wsmesh.TestNode.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

import dev.wsmesh.TestNode;
import dev.wsmesh.node.DeliverySource;
import dev.wsmesh.node.MeshCounters.GatewayEvent;
import dev.wsmesh.node.Publication;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a client gets as Server-Sent Events while its node is there. */
class SubscribingTest {

    @Test
    void messages_of_every_node_come_with_everything_that_belongs_to_them() throws Exception {
        try (TestNode one = TestNode.start();
                TestNode two = TestNode.start("--mesh.peers=" + one.url()).awaitNeighbours(1);
                EventReader reader = EventReader.open(one, "orders.*")) {
            one.awaitNeighbours(1);
            two.mesh()
                    .publish(Publication.of("orders.created", "first\nsecond \u00e9")
                            .withHeader("Trace", "7"));
            two.mesh().publish("users.created", "not asked for");
            reader.awaitTexts(1);
            two.mesh().publish(Publication.of("orders.created", new byte[] {0, (byte) 0xff}, "image/png"));
            reader.awaitTexts(2);
            EventReader.Event first = reader.events().getFirst();
            assertThat(first.name()).isEmpty();
            assertThat(first.text()).isEqualTo("first\nsecond \u00e9");
            assertThat(first.data().path("topic").asString()).isEqualTo("orders.created");
            assertThat(first.data().path("contentType").asString()).startsWith("text/plain");
            assertThat(first.data().path("position").asString())
                    .startsWith(two.id().toString());
            assertThat(first.data().at("/headers/0/name").asString()).isEqualTo("Trace");
            assertThat(first.data().at("/headers/0/value").asString()).isEqualTo("7");
            assertThat(first.data().path("publishedAt").asString()).endsWith("Z");
            EventReader.Event second = reader.events().get(1);
            assertThat(second.data().path("base64").asString()).isEqualTo("AP8=");
            assertThat(second.data().has("text")).isFalse();
        }
    }

    @Test
    void silence_is_broken_by_comments() throws Exception {
        try (TestNode node = TestNode.start("--mesh.gateway.heartbeat=100ms");
                EventReader reader = EventReader.open(node, "orders.x")) {
            await().atMost(PATIENCE).until(() -> reader.comments().size() >= 3);
            assertThat(reader.comments()).allMatch(String::isEmpty);
            assertThat(reader.texts()).isEmpty();
        }
    }

    @Test
    void what_comes_together_goes_out_in_one_write() throws Exception {
        try (TestNode node = TestNode.start();
                Socket socket = new Socket("localhost", node.port())) {
            ask(socket, "/api/topics/orders.x");
            byte[] buffer = new byte[65_536];
            StringBuilder head = new StringBuilder();
            while (!head.toString().contains("event: mark\ndata: {}\n\n")) {
                head.append(new String(buffer, 0, socket.getInputStream().read(buffer), StandardCharsets.UTF_8));
            }
            publish(node, "text", 5);
            String chunk = "";
            while (!chunk.contains("text 5")) {
                chunk = new String(buffer, 0, socket.getInputStream().read(buffer), StandardCharsets.UTF_8);
                assertThat(chunk).as("one chunk with all").contains("text 1");
            }
        }
    }

    @Test
    void who_does_not_read_is_cut_off_and_slows_nobody_and_nothing_stays_of_it() throws Exception {
        try (TestNode node = TestNode.start(
                        "--mesh.gateway.queue-messages=50",
                        "--server.tomcat.connection-timeout=1s",
                        "--server.jetty.connection-idle-timeout=1s");
                EventReader quick = EventReader.open(node, "orders.x");
                Socket stuck = new Socket()) {
            stuck.setReceiveBufferSize(4_096);
            stuck.connect(new java.net.InetSocketAddress("localhost", node.port()));
            ask(stuck, "/api/topics/orders.%3E");
            await().atMost(PATIENCE).until(() -> node.counters().gatewayEvents(GatewayEvent.SSE_OPENED) == 2);
            String large = "x".repeat(200_000);
            int published = 0;
            while (node.counters().gatewayEvents(GatewayEvent.SSE_CUT_OFF) == 0 && published < 5_000) {
                node.mesh().publish("orders.x", large);
                published++;
                quick.awaitTexts(published);
            }
            assertThat(node.counters().gatewayEvents(GatewayEvent.SSE_CUT_OFF)).isEqualTo(1);
            await().atMost(PATIENCE).until(() -> node.counters().gatewayEvents(GatewayEvent.SSE_CLOSED) == 1);
            assertThat(quick.texts()).hasSize(published).doesNotContain("gap");
        }
    }

    @Test
    void who_reads_too_slowly_loses_nothing_for_it_comes_again() throws Exception {
        try (TestNode node = TestNode.start("--mesh.gateway.queue-messages=5");
                EventReader reader = EventReader.open(node, "orders.x")) {
            publish(node, "text", 500);
            List<String> texts = new ArrayList<>();
            EventReader present = reader;
            while (!texts.contains("text 500")) {
                EventReader each = present;
                await().atMost(PATIENCE)
                        .until(() -> each.isEnded() || each.texts().contains("text 500"));
                texts.addAll(each.texts());
                if (!texts.contains("text 500")) {
                    present = each.resume(node, "orders.x");
                }
            }
            present.close();
            assertThat(texts)
                    .isEqualTo(IntStream.rangeClosed(1, 500)
                            .mapToObj(i -> "text " + i)
                            .toList());
        }
    }

    @Test
    void a_quiet_stream_has_a_heart_beat_though_marks_come_oftener() throws Exception {
        try (TestNode node = TestNode.start("--mesh.gateway.heartbeat=500ms");
                ScheduledExecutorService _ = marking(node)) {
            node.mesh().publish("users.x", "before");
            try (EventReader reader = EventReader.open(node, "orders.x")) {
                String beginning = reader.lastId();
                node.mesh().publish("users.x", "of no concern to it");
                await().atMost(PATIENCE).until(() -> reader.comments().size() >= 2);
                // It comes with an id that counts what was not for this client.
                await().atMost(PATIENCE).until(() -> !reader.lastId().equals(beginning));
                assertThat(reader.texts()).isEmpty();
            }
        }
    }

    @Test
    void a_client_that_goes_while_its_topic_is_quiet_is_noticed() throws Exception {
        try (TestNode node = TestNode.start("--mesh.gateway.heartbeat=500ms");
                ScheduledExecutorService _ = marking(node)) {
            double before = subscriptions(node);
            try (EventReader _ = EventReader.open(node, "orders.x")) {
                assertThat(subscriptions(node)).isEqualTo(before + 1);
            }
            await().atMost(PATIENCE).until(() -> node.counters().gatewayEvents(GatewayEvent.SSE_CLOSED) == 1);
            assertThat(subscriptions(node)).isEqualTo(before);
        }
    }

    private static double subscriptions(TestNode node) {
        return node.bean(MeterRegistry.class).get("mesh.subscriptions").gauge().value();
    }

    /** Far oftener than there are heart-beats, as with the default settings. */
    private static ScheduledExecutorService marking(TestNode node) {
        ScheduledExecutorService marker = Executors.newSingleThreadScheduledExecutor();
        DeliverySource source = node.bean(DeliverySource.class);
        ScheduledFuture<?> _ = marker.scheduleWithFixedDelay(source::mark, 0, 50, TimeUnit.MILLISECONDS);
        return marker;
    }

    @Test
    void more_subscribers_than_there_may_be_are_refused_until_one_goes() throws Exception {
        try (TestNode node = TestNode.start("--mesh.gateway.max-subscribers=1", "--mesh.gateway.heartbeat=100ms")) {
            try (EventReader _ = EventReader.open(node, "orders.x")) {
                assertThatIllegalStateException()
                        .isThrownBy(() -> EventReader.open(node, "orders.x"))
                        .withMessageContaining("503")
                        .withMessageContaining("mesh.gateway.max-subscribers");
            }
            await().atMost(PATIENCE).until(() -> node.counters().gatewayEvents(GatewayEvent.SSE_CLOSED) == 1);
            try (EventReader again = EventReader.open(node, "orders.x")) {
                assertThat(again.isEnded()).isFalse();
            }
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "orders..x                      | 400 | not a topic pattern",
                "a%20b                          | 400 | not a topic pattern",
                "%3E.a                          | 400 | not a topic pattern",
                "orders.x?since=yesterday       | 400 | 'yesterday' is no duration",
                "orders.x?history=1001          | 400 | from 0 to 1000",
                "orders.x?history=-1            | 400 | from 0 to 1000",
                "orders.x?since=1s&history=1    | 400 | exclude each other",
                "orders.x?sinse=1s              | 400 | there is no parameter 'sinse'",
                "orders.x?lastEventId=AQEAAAAA  | 400 | the resume token is not whole"
            })
    void what_is_not_as_it_should_be_is_told(String path, int status, String detail) throws Exception {
        try (TestNode node = TestNode.start()) {
            assertThatIllegalStateException()
                    .isThrownBy(() -> EventReader.open(node, path))
                    .withMessageContaining(Integer.toString(status))
                    .withMessageContaining(detail);
        }
    }

    private static void publish(TestNode node, String text, int count) {
        for (int i = 1; i <= count; i++) {
            node.mesh().publish("orders.x", text + " " + i);
        }
    }

    private static void ask(Socket socket, String path) throws Exception {
        OutputStream out = socket.getOutputStream();
        out.write(("GET " + path + " HTTP/1.1\r\nHost: localhost:" + socket.getPort()
                        + "\r\nAccept: text/event-stream\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII));
        out.flush();
    }
}
