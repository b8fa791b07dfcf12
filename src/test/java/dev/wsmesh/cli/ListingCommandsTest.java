package dev.wsmesh.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ListingCommandsTest {

    private final Terminal terminal = new Terminal();
    private StandInGateway gateway;

    @BeforeEach
    void start() throws IOException {
        gateway = StandInGateway.start();
    }

    @AfterEach
    void stop() {
        gateway.close();
    }

    @Test
    void peers_are_a_table_with_dashes_for_what_is_not_known() {
        String since = Instant.now().minusSeconds(3_700).toString();
        gateway.json(
                200,
                "[{\"id\":\"abc\",\"name\":\"one\",\"state\":\"linked\",\"direction\":\"dialled\",\"address\":\"ws://one:8080\","
                        + "\"roundTripMillis\":1.26,\"since\":\"" + since + "\",\"later\":{\"x\":[1]}},"
                        + "{\"id\":\"def\",\"roundTripMillis\":null,\"name\":\"l\\u00e4ngst\\nforged\"}]");
        assertThat(terminal.run("peers", "--node", gateway.url())).isZero();
        assertThat(terminal.lines())
                .containsExactly(
                        "NAME                ID   STATE   DIRECTION  ADDRESS        ROUND TRIP  SINCE",
                        "one                 abc  linked  dialled    ws://one:8080  1.3 ms      61 min",
                        "längst\\u000aforged  def  -       -          -              -           -");
        assertThat(gateway.requests().getFirst().uri()).isEqualTo("/api/peers");
    }

    @Test
    void json_is_one_line_in_ascii_with_all_that_the_node_said() {
        gateway.json(
                200,
                "{\"node\":\"abc\", \"peers\":\n[{\"name\":\"l\\u00e4ngst\",\"later\":{\"x\":[1,2.5,true,null]}}]}");
        assertThat(terminal.run("peers", "--json", "--node", gateway.url())).isZero();
        assertThat(terminal.out().strip())
                .isEqualTo(
                        "{\"node\":\"abc\",\"peers\":[{\"name\":\"l\\u00E4ngst\",\"later\":{\"x\":[1,2.5,true,null]}}]}");
    }

    @Test
    void configured_peers_that_are_not_linked_are_shown_too() {
        gateway.json(
                200,
                "{\"peers\":[{\"id\":\"abc\",\"neighbour\":true}],\"configured\":[{\"url\":\"ws://one\",\"state\":\"reached\"},"
                        + "{\"url\":\"ws://two\",\"state\":\"unreachable\"}]}");
        assertThat(terminal.run("peers", "--node", gateway.url())).isZero();
        assertThat(terminal.lines())
                .containsExactly(
                        "NAME  ID   STATE        DIRECTION  ADDRESS   ROUND TRIP  SINCE",
                        "-     abc  neighbour    -          -         -           -",
                        "-     -    unreachable  -          ws://two  -           -");
    }

    @Test
    void topics_are_a_table() {
        gateway.json(
                200,
                "{\"topics\":[{\"topic\":\"orders.created\",\"messages\":12,\"lastAgeMillis\":340},"
                        + "{\"topic\":\"news\",\"lastAt\":\"" + Instant.now().minusSeconds(30)
                        + "\"},{\"topic\":\"a\"}]}");
        assertThat(terminal.run("topics", "--node", gateway.url())).isZero();
        assertThat(terminal.lines())
                .containsExactly(
                        "TOPIC           MESSAGES  LAST",
                        "orders.created  12        340 ms ago",
                        "news            -         30 s ago",
                        "a               -         -");
    }

    @Test
    void no_peers_are_a_heading_and_an_empty_array() {
        gateway.json(200, "[]");
        assertThat(terminal.run("peers", "--node", gateway.url())).isZero();
        assertThat(terminal.lines()).hasSize(1);
        assertThat(terminal.run("peers", "--json", "--node", gateway.url())).isZero();
        assertThat(terminal.out().strip()).isEqualTo("[]");
    }

    @Test
    void what_is_no_json_is_told_as_such() {
        gateway.page(200, "<html></html>", Map.of());
        for (String command : List.of("peers", "topics")) {
            assertThat(terminal.run(command, "--node", gateway.url())).isEqualTo(ExitCodes.FAILED);
            assertThat(terminal.err()).contains("/api/" + command + " says nothing that makes sense");
            assertThat(terminal.err().lines()).hasSize(1);
        }
    }
}
