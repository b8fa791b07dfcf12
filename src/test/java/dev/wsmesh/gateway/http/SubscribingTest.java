package dev.wsmesh.gateway.http;

import static dev.wsmesh.TestNode.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

import dev.wsmesh.TestNode;
import dev.wsmesh.gateway.ResumeToken;
import dev.wsmesh.node.DeliverySource;
import dev.wsmesh.node.MeshCounters.GatewayEvent;
import dev.wsmesh.node.Publication;
import dev.wsmesh.node.StreamTag;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a client gets as Server-Sent Events, and how it goes on after its node is gone. */
class SubscribingTest {

    @Test
    void who_brings_a_token_that_lists_not_all_streams_is_told_first_that_something_is_missing() throws Exception {
        String token = ResumeToken.encode(Map.<StreamTag, Long>of().entrySet(), null, Duration.ZERO, false);
        try (TestNode node = TestNode.start();
                EventReader reader = EventReader.open(node, "a", "Last-Event-ID", token)) {
            reader.awaitTexts(1);
            node.mesh().publish("a", "x");
            assertThat(reader.awaitTexts(2).texts()).containsExactly("gap", "x");
            assertThat(reader.events().getFirst().data().path("cause").asString(""))
                    .isEqualTo("token-incomplete");
        }
    }

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
    void a_client_whose_node_stops_goes_on_at_another_and_has_every_message_once_and_in_order() throws Exception {
        try (TestNode three = TestNode.start();
                TestNode two = TestNode.start("--mesh.peers=" + three.url()).awaitNeighbours(1)) {
            List<String> texts = new ArrayList<>();
            EventReader first;
            try (TestNode one = TestNode.start("--mesh.peers=" + two.url() + "," + three.url())
                    .awaitNeighbours(2)) {
                two.awaitNeighbours(2);
                publish(two, "before", 3);
                await().atMost(PATIENCE).until(() -> one.texts("orders.x").size() == 3);
                first = EventReader.open(one, "orders.%3E");
                publish(one, "one", 20);
                publish(two, "two", 20);
                publish(three, "three", 20);
                first.awaitTexts(60);
            }
            await().atMost(PATIENCE).until(first::isEnded);
            assertThat(first.comments()).anyMatch(comment -> comment.contains("this node leaves"));
            texts.addAll(first.texts());
            publish(two, "two again", 20);
            publish(three, "three again", 20);
            await().atMost(PATIENCE)
                    .until(() -> three.texts("orders.x").contains("two again 20")
                            && two.texts("orders.x").contains("three again 20"));
            try (EventReader second = first.resume(three, "orders.%3E").awaitTexts(40)) {
                publish(two, "two at last", 5);
                texts.addAll(second.awaitTexts(45).texts());
            }
            assertThat(texts).doesNotHaveDuplicates().hasSize(105).noneMatch(text -> text.startsWith("before"));
            for (String run : List.of("one", "two", "three", "two again", "three again", "two at last")) {
                List<String> ofRun = texts.stream()
                        .filter(text -> text.matches(run + " \\d+"))
                        .toList();
                assertThat(ofRun)
                        .isEqualTo(IntStream.rangeClosed(1, ofRun.size())
                                .mapToObj(i -> run + " " + i)
                                .toList())
                        .isNotEmpty();
            }
        }
    }

    @Test
    void a_node_that_has_just_come_learns_of_the_past_before_it_lets_a_client_go_on() throws Exception {
        try (TestNode old = TestNode.start()) {
            EventReader first;
            try (TestNode gone = TestNode.start("--mesh.peers=" + old.url()).awaitNeighbours(1)) {
                old.awaitNeighbours(1);
                first = EventReader.open(gone, "orders.x");
                publish(old, "first", 1);
                first.awaitTexts(1);
            }
            old.awaitNeighbours(0);
            publish(old, "second", 500);
            try (TestNode fresh = TestNode.start("--mesh.peers=" + old.url());
                    EventReader second = first.resume(fresh, "orders.x").awaitTexts(500)) {
                assertThat(second.texts())
                        .isEqualTo(IntStream.rangeClosed(1, 500)
                                .mapToObj(i -> "second " + i)
                                .toList());
            }
        }
    }

    @Test
    void every_event_is_a_place_to_go_on_from() throws Exception {
        try (TestNode one = TestNode.start();
                TestNode two = TestNode.start("--mesh.peers=" + one.url()).awaitNeighbours(1);
                EventReader reader = EventReader.open(one, "orders.x")) {
            one.awaitNeighbours(1);
            String beginning = reader.lastId();
            for (int i = 1; i <= 10; i++) {
                (i % 2 == 0 ? one : two).mesh().publish("orders.x", Integer.toString(i));
                reader.awaitTexts(i);
            }
            List<EventReader.Event> events = reader.events();
            await().atMost(PATIENCE).until(() -> two.texts("orders.x").size() == 10);
            for (int i = 0; i <= 10; i++) {
                String id = i == 0 ? beginning : events.get(i - 1).id();
                List<String> rest = events.subList(i, 10).stream()
                        .map(EventReader.Event::text)
                        .toList();
                try (EventReader other = EventReader.open(two, "orders.x", "Last-Event-ID", id)) {
                    two.mesh().publish("orders.x", "end " + i);
                    other.awaitTexts(rest.size() + i + 1);
                    assertThat(other.texts().subList(0, rest.size())).containsExactlyInAnyOrderElementsOf(rest);
                    assertThat(other.texts()).doesNotHaveDuplicates().endsWith("end " + i);
                }
            }
        }
    }

    @Test
    void what_no_node_holds_any_more_is_told_as_a_gap_once() throws Exception {
        try (TestNode node = TestNode.start("--mesh.retention.max-bytes=1MB");
                EventReader reader = EventReader.open(node, "orders.x")) {
            publish(node, "first", 1);
            reader.awaitTexts(1);
            String id = reader.lastId();
            String large = "x".repeat(100_000);
            for (int i = 0; i < 30; i++) {
                node.mesh().publish("orders.x", large);
            }
            try (EventReader late = EventReader.open(node, "orders.x", "Last-Event-ID", id)) {
                late.awaitTexts(3);
                assertThat(late.texts().getFirst()).isEqualTo("gap");
                assertThat(late.texts()).containsOnlyOnce("gap").doesNotContain("first 1");
                assertThat(late.events().getFirst().data().path("from").asLong())
                        .isEqualTo(2);
                assertThat(late.events().getFirst().data().path("cause").asString())
                        .isEqualTo("not-retained");
                try (EventReader again = EventReader.open(
                        node,
                        "orders.x",
                        "Last-Event-ID",
                        late.events().getFirst().id())) {
                    again.awaitTexts(1);
                    assertThat(again.texts()).doesNotContain("gap");
                }
            }
        }
    }

    @Test
    void a_client_may_begin_with_the_past_by_age_or_by_number() throws Exception {
        try (TestNode node = TestNode.start()) {
            publish(node, "past", 5);
            node.mesh().publish("users.x", "not asked for");
            try (EventReader since = EventReader.open(node, "orders.x?since=1h");
                    EventReader history = EventReader.open(node, "orders.x?history=2");
                    EventReader live = EventReader.open(node, "orders.x");
                    EventReader none = EventReader.open(node, "orders.x?history=0")) {
                publish(node, "present", 1);
                assertThat(since.awaitTexts(6).texts())
                        .containsExactly("past 1", "past 2", "past 3", "past 4", "past 5", "present 1");
                assertThat(history.awaitTexts(3).texts()).containsExactly("past 4", "past 5", "present 1");
                assertThat(live.awaitTexts(1).texts()).containsExactly("present 1");
                assertThat(none.awaitTexts(1).texts()).containsExactly("present 1");
            }
        }
    }

    @Test
    void a_token_wins_over_the_past_that_the_address_asks_for() throws Exception {
        try (TestNode node = TestNode.start();
                EventReader reader = EventReader.open(node, "orders.x?since=1h")) {
            publish(node, "past", 3);
            String id = reader.awaitTexts(3).events().get(1).id();
            try (EventReader header = EventReader.open(node, "orders.x?since=1h", "Last-Event-ID", id);
                    EventReader parameter = EventReader.open(node, "orders.x?history=1000&lastEventId=" + id)) {
                assertThat(header.awaitTexts(1).texts()).containsExactly("past 3");
                assertThat(parameter.awaitTexts(1).texts()).containsExactly("past 3");
            }
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
