package dev.wsmesh.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SubscribeCommandTest {

    private static final String BASE64 = "AAECAw==";

    private final Terminal terminal = new Terminal();
    private StandInGateway gateway;

    @BeforeEach
    void start() throws IOException {
        gateway = StandInGateway.start();
        terminal.with("MESH_NODE", gateway.url());
    }

    @AfterEach
    void stop() {
        gateway.close();
    }

    @Test
    void a_message_is_one_line_with_time_publisher_topic_and_text_or_size() {
        gateway.endlessEvents(
                ": alive",
                "",
                "id: 1",
                "data: {\"topic\":\"a.b\",\"name\":\"one\",\"origin\":\"abc\",\"publishedAt\":\"2026-11-26T13:00:00.5Z\",\"text\":\"two\\nlines\"}",
                "",
                "id: 2",
                "data: {\"topic\":\"a.c\",\"position\":\"abc/17/2\",\"time\":1795400777074,",
                "data:  \"contentType\":\"image/png\",\"base64\":\"" + BASE64 + "\"}",
                "");
        assertThat(terminal.run("subscribe", "a.*", "--count", "2")).isZero();
        assertThat(terminal.lines())
                .containsExactly(
                        "2026-11-26T13:00:00.500Z  one  a.b  two\\u000alines",
                        "2026-11-23T02:26:17.074Z  abc  a.c  [4 bytes, image/png]");
        assertThat(gateway.requests().getFirst().uri()).isEqualTo("/api/topics/a.*");
        assertThat(gateway.requests().getFirst().header("Accept")).isEqualTo("text/event-stream");
    }

    @Test
    void json_is_one_object_a_line_with_where_to_resume() {
        gateway.endlessEvents(
                "id: t1", "data: {\"topic\":\"a\",\"text\":\"x\",\"later\":1}", "", "id: t2", "data: plain", "");
        assertThat(terminal.run("subscribe", "a", "--count", "2", "--json")).isZero();
        assertThat(terminal.lines())
                .containsExactly(
                        "{\"event\":\"message\",\"resume\":\"t1\",\"topic\":\"a\",\"text\":\"x\",\"later\":1}",
                        "{\"event\":\"message\",\"resume\":\"t2\",\"text\":\"plain\"}");
    }

    @Test
    void since_and_history_and_resume_are_asked_for() {
        gateway.endlessEvents("data: {\"text\":\"x\"}", "");
        assertThat(terminal.run("subscribe", ">", "--count=1", "--since=PT30S")).isZero();
        assertThat(terminal.run("subscribe", ">", "--count=1", "--history=10")).isZero();
        assertThat(terminal.run("subscribe", ">", "--count=1", "--resume=t7")).isZero();
        assertThat(gateway.requests().get(0).uri()).isEqualTo("/api/topics/%3E?since=30s");
        assertThat(gateway.requests().get(0).header("Last-Event-ID")).isNull();
        assertThat(gateway.requests().get(1).uri()).isEqualTo("/api/topics/%3E?history=10");
        assertThat(gateway.requests().get(2).uri()).isEqualTo("/api/topics/%3E");
        assertThat(gateway.requests().get(2).header("Last-Event-ID")).isEqualTo("t7");
    }

    @Test
    void it_goes_on_after_the_last_message_when_the_stream_ends_and_says_so() {
        gateway.events("retry: 10", "id: t1", "data: {\"text\":\"one\"}", "", "id: lost", "data: {\"text\":\"unfini")
                .endlessEvents("id: t2", "data: {\"text\":\"two\"}", "");
        assertThat(terminal.run("subscribe", "a", "--count", "2", "--since=1m")).isZero();
        assertThat(terminal.lines()).hasSize(2);
        assertThat(gateway.requests().get(1).header("Last-Event-ID")).isEqualTo("t1");
        assertThat(gateway.requests().get(1).uri()).isEqualTo("/api/topics/a");
        assertThat(terminal.err())
                .contains("connecting again in 10 ms, to go on after the last message", "connected again");
    }

    @Test
    void it_begins_when_it_began_when_the_stream_ends_before_the_first_message() {
        gateway.events(": alive", "").endlessEvents("id: t2", "data: {\"text\":\"two\"}", "");
        assertThat(terminal.run("subscribe", "a", "--count", "1")).isZero();
        assertThat(gateway.requests().get(1).uri()).matches("/api/topics/a\\?since=[1-9][0-9]*ms");
    }

    @Test
    void an_id_without_a_message_is_where_it_goes_on() {
        gateway.events("retry: 10", "", "id: t0", "", "id: t1", "event: mark", "data: {}", "")
                .endlessEvents("id: t2", "data: {\"text\":\"one\"}", "");
        assertThat(terminal.run("subscribe", "a", "--count", "1")).isZero();
        assertThat(gateway.requests().get(1).header("Last-Event-ID")).isEqualTo("t1");
        assertThat(terminal.lines()).hasSize(1);
    }

    @Test
    void a_node_that_is_busy_when_it_is_asked_again_is_asked_until_it_answers() {
        gateway.events("id: t1", "data: {\"text\":\"one\"}", "")
                .json(503, "{\"detail\":\"starting\"}")
                .endlessEvents("data: {\"text\":\"two\"}", "");
        assertThat(terminal.run("subscribe", "a", "--count", "2")).isZero();
        assertThat(terminal.err()).contains("cannot do this now (503): starting; trying again");
    }

    @Test
    void a_gap_is_told_on_the_error_stream_and_by_the_exit_code() {
        String[] events = {
            "event: gap",
            "id: t1",
            "data: {\"origin\":\"abc\",\"from\":3,\"to\":5,\"cause\":\"not retained\"}",
            "",
            "data: {\"text\":\"one\"}",
            ""
        };
        gateway.endlessEvents(events);
        assertThat(terminal.run("subscribe", "a", "--count", "1")).isEqualTo(ExitCodes.GAP);
        assertThat(terminal.lines()).hasSize(1);
        assertThat(terminal.err()).isEqualTo("wsmesh: gap: messages 3 to 5 of abc are missing (not retained)\n");
        assertThat(terminal.run("subscribe", "a", "--count", "1", "--json")).isEqualTo(ExitCodes.GAP);
        assertThat(terminal.lines().getFirst())
                .isEqualTo("{\"event\":\"gap\",\"resume\":\"t1\",\"origin\":\"abc\",\"from\":3,\"to\":5,"
                        + "\"cause\":\"not retained\"}");
        assertThat(terminal.lines()).hasSize(2);
    }

    @Test
    void its_time_may_be_over_before_all_has_come_and_that_is_an_exit_code() {
        gateway.endlessEvents("data: {\"text\":\"one\"}", "");
        assertThat(terminal.run("subscribe", "a", "--count", "2", "--for", "300ms"))
                .isEqualTo(ExitCodes.TIME_OVER);
        assertThat(terminal.lines()).hasSize(1);
        assertThat(terminal.run("subscribe", "a", "--for", "300ms")).isZero();
    }

    @Test
    void a_node_that_is_not_there_at_the_start_or_does_not_let_in_is_a_failure_at_once() {
        gateway.json(403, "{\"detail\":\"not your topic\"}");
        assertThat(terminal.run("subscribe", "a")).isEqualTo(ExitCodes.REFUSED);
        assertThat(terminal.err()).contains("not your topic");
        gateway.close();
        assertThat(terminal.run("subscribe", "a")).isEqualTo(ExitCodes.UNREACHABLE);
    }

    @Test
    void what_is_no_event_stream_is_told_as_such() {
        gateway.page(200, "<html></html>", Map.of());
        assertThat(terminal.run("subscribe", "a")).isEqualTo(ExitCodes.FAILED);
        assertThat(terminal.err()).contains("is no event stream but text/html");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "subscribe",
                "subscribe a..b",
                "subscribe >.a",
                "subscribe a --count=0",
                "subscribe a --history=0",
                "subscribe a --since=-PT5S",
                "subscribe a --for=1",
                "subscribe a --resume=x --since=1s",
                "subscribe a --history=1 --since=1s"
            })
    void what_makes_no_sense_is_one_line(String line) {
        assertThat(terminal.run(line.split(" "))).isEqualTo(ExitCodes.USAGE);
        assertThat(terminal.err().lines()).hasSize(1);
        assertThat(gateway.requests()).isEmpty();
    }
}
