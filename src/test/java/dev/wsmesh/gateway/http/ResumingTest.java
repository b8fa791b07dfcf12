package dev.wsmesh.gateway.http;

import static dev.wsmesh.TestNode.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.wsmesh.TestNode;
import dev.wsmesh.gateway.ResumeToken;
import dev.wsmesh.node.StreamTag;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** How a client of Server-Sent Events goes on where it was cut off, at whichever node, or begins with the past. */
class ResumingTest {

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

    private static void publish(TestNode node, String text, int count) {
        for (int i = 1; i <= count; i++) {
            node.mesh().publish("orders.x", text + " " + i);
        }
    }
}
