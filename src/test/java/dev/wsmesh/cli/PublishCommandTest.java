package dev.wsmesh.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wsmesh.cli.StandInGateway.Request;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PublishCommandTest {

    private static final String RECEIPT =
            "{\"position\": {\"origin\": \"abc\", \"sequence\": 7}, \"neighbours\": 2, \"acknowledged\": 1, \"new\": []}";

    private final Terminal terminal = new Terminal();
    private StandInGateway gateway;

    @BeforeEach
    void start() throws IOException {
        gateway = StandInGateway.start();
        terminal.with("MESH_NODE", gateway.url() + "/");
    }

    @AfterEach
    void stop() {
        gateway.close();
    }

    @Test
    void the_standard_input_is_published_and_the_receipt_told() {
        gateway.json(202, RECEIPT);
        assertThat(terminal.typing("hello, mesh").run("publish", "news.today")).isZero();
        assertThat(terminal.out().strip())
                .isEqualTo("published on news.today as abc/7, on its way to 2 neighbours, held by 1 of them");
        Request request = gateway.requests().getFirst();
        assertThat(request.method()).isEqualTo("POST");
        assertThat(request.uri()).isEqualTo("/api/topics/news.today");
        assertThat(request.text()).isEqualTo("hello, mesh");
        assertThat(request.header("Content-Type")).isEqualTo("text/plain;charset=UTF-8");
        assertThat(request.header("Authorization")).isNull();
        assertThat(request.header("Mesh-Ack")).isNull();
    }

    @Test
    void what_is_asked_for_goes_into_headers_and_the_token_from_the_environment() {
        gateway.json(202, RECEIPT);
        terminal.with("MESH_TOKEN", "s3cret");
        int exitCode = terminal.typing("x")
                .run(
                        "publish",
                        "a",
                        "-",
                        "--ack=2",
                        "--min-peers",
                        "3",
                        "--timeout",
                        "5s",
                        "--policy",
                        "fail",
                        "--header",
                        "trace=17",
                        "--header",
                        "by=me, too",
                        "--content-type=text/csv",
                        "--json");
        assertThat(exitCode).isZero();
        Request request = gateway.requests().getFirst();
        assertThat(request.header("Mesh-Ack")).isEqualTo("2");
        assertThat(request.header("Mesh-Min-Peers")).isEqualTo("3");
        assertThat(request.header("Mesh-Timeout")).isEqualTo("5s");
        assertThat(request.header("Mesh-Policy")).isEqualTo("fail");
        assertThat(request.header("Mesh-Header-trace")).isEqualTo("17");
        assertThat(request.header("Mesh-Header-by")).isEqualTo("me, too");
        assertThat(request.header("Content-Type")).isEqualTo("text/csv");
        assertThat(request.header("Authorization")).isEqualTo("Bearer s3cret");
        assertThat(Json.read(terminal.out())).isEqualTo(Json.read(RECEIPT));
        assertThat(terminal.lines()).hasSize(1);
    }

    @Test
    void the_content_type_is_guessed_from_the_name_and_the_bytes(@TempDir Path directory) throws IOException {
        gateway.json(202, "{}");
        Path json = Files.writeString(directory.resolve("order.json"), "{}");
        Path bytes = Files.write(directory.resolve("picture"), new byte[] {(byte) 0xff, 0, 1});
        assertThat(terminal.run("publish", "a", json.toString())).isZero();
        assertThat(terminal.run("publish", "a", bytes.toString())).isZero();
        assertThat(gateway.requests().get(0).header("Content-Type")).isEqualTo("application/json");
        assertThat(gateway.requests().get(1).header("Content-Type")).isEqualTo("application/octet-stream");
        assertThat(gateway.requests().get(1).body().toArray()).containsExactly(0xff, 0, 1);
    }

    @Test
    void lines_are_messages_of_their_own_up_to_the_first_that_fails() {
        gateway.json(202, "{}").json(202, "{}").json(429, "{\"detail\": \"slow down\"}");
        assertThat(terminal.typing("one\ntwo\nthree\nfour\n").run("publish", "a", "--lines"))
                .isEqualTo(ExitCodes.NOT_NOW);
        assertThat(gateway.requests()).extracting(Request::text).containsExactly("one", "two", "three");
        assertThat(terminal.lines()).hasSize(2);
        assertThat(terminal.err()).contains("line 3 was not published, those before it were", "slow down");
    }

    @Test
    void of_a_line_that_is_published_but_not_held_by_others_just_that_is_said() {
        gateway.json(202, "{}").json(504, "{\"detail\":\"too few\",\"published\":true,\"receipt\":{}}");
        assertThat(terminal.typing("one\ntwo\nthree\n").run("publish", "a", "--lines", "--ack=1"))
                .isEqualTo(ExitCodes.UNCONFIRMED);
        assertThat(terminal.err())
                .contains("line 2 is published, as those before it are, but", "too few")
                .doesNotContain("not published");
        assertThat(gateway.requests()).hasSize(2);
    }

    @Test
    void of_a_line_whose_answer_is_lost_it_is_said_that_nobody_knows() {
        gateway.json(202, "{}").json(504, "");
        assertThat(terminal.typing("one\ntwo\nthree\n").run("publish", "a", "--lines"))
                .isEqualTo(ExitCodes.UNREACHABLE);
        assertThat(terminal.err())
                .contains("it is not known whether line 2 was published, those before it were")
                .doesNotContain("line 2 was not published");
        assertThat(gateway.requests()).hasSize(2);
    }

    @Test
    void an_answer_that_breaks_off_leaves_it_open_whether_a_line_was_published() {
        gateway.json(202, "{}").breakingOff();
        assertThat(terminal.typing("one\ntwo\n").run("publish", "a", "--lines")).isEqualTo(ExitCodes.UNREACHABLE);
        assertThat(terminal.err()).contains("it is not known whether line 2 was published");
    }

    @Test
    void of_a_line_that_never_left_it_is_said_that_it_was_not_published() {
        gateway.close();
        assertThat(terminal.typing("one\n").run("publish", "a", "--lines")).isEqualTo(ExitCodes.UNREACHABLE);
        assertThat(terminal.err()).contains("line 1 was not published");
    }

    @ParameterizedTest
    @CsvSource({"59s, 59s", "60s, 60s", "2m, 60s", "60d, 60s"})
    void a_node_is_not_asked_to_wait_for_longer_than_it_may(String given, String asked) {
        gateway.json(202, RECEIPT);
        assertThat(terminal.typing("x").run("publish", "a", "--timeout", given)).isZero();
        assertThat(gateway.requests().getFirst().header("Mesh-Timeout")).isEqualTo(asked);
    }

    @ParameterizedTest
    @CsvSource({
        "400, 1, 'answers 400: too bad'",
        "401, 4, 'wants a token (401): too bad; put it into MESH_TOKEN'",
        "403, 4, 'does not allow this (403): too bad'",
        "404, 1, 'has no such address (404): too bad; is it a node'",
        "413, 1, 'answers 413: too bad'",
        "429, 6, 'cannot do this now (429): too bad'",
        "500, 1, 'answers 500: too bad'",
        "503, 6, 'cannot do this now (503): too bad'",
        "504, 3, 'does not reach it (504): too bad; whether it was published is not known'"
    })
    void a_problem_is_one_line_and_an_exit_code(int status, int exitCode, String line) {
        gateway.json(status, "{\"type\":\"about:blank\",\"title\":\"Title\",\"detail\":\"too bad\"}");
        assertThat(terminal.typing("x").run("publish", "a")).isEqualTo(exitCode);
        assertThat(terminal.err().lines()).hasSize(1);
        assertThat(terminal.err()).startsWith("wsmesh: ").contains(line);
        assertThat(terminal.out()).isEmpty();
    }

    @Test
    void what_is_published_but_not_acknowledged_has_an_exit_code_of_its_own() {
        gateway.json(504, "{\"detail\":\"it IS published\",\"published\":true,\"receipt\":{}}");
        assertThat(terminal.typing("x").run("publish", "a", "--ack", "3")).isEqualTo(ExitCodes.UNCONFIRMED);
        assertThat(terminal.err()).contains("it IS published");
    }

    @ParameterizedTest
    @CsvSource({"--json", "--timeout=1s"})
    void of_what_is_published_but_not_acknowledged_the_receipt_is_printed_as_of_anything_published(String option) {
        gateway.json(504, "{\"detail\":\"it IS published\",\"published\":true,\"receipt\":" + RECEIPT + "}");
        assertThat(terminal.typing("x").run("publish", "a", "--ack", "3", option))
                .isEqualTo(ExitCodes.UNCONFIRMED);
        assertThat(terminal.err().lines()).singleElement().asString().contains("it IS published");
        assertThat(terminal.lines()).hasSize(1);
        if (option.equals("--json")) {
            assertThat(Json.read(terminal.out())).isEqualTo(Json.read(RECEIPT));
        } else {
            assertThat(terminal.out()).startsWith("published on a as abc/7, on its way to 2 neighbours, held by 1 of");
        }
    }

    @Test
    void of_what_is_not_published_there_is_no_receipt() {
        gateway.json(503, "{\"detail\":\"too few\",\"published\":false}");
        assertThat(terminal.typing("x").run("publish", "a", "--json")).isEqualTo(ExitCodes.NOT_NOW);
        assertThat(terminal.out()).isEmpty();
    }

    @Test
    void a_token_that_is_not_known_is_told_as_such_and_not_shown() {
        gateway.json(401, "");
        assertThat(terminal.with("MESH_TOKEN", "s3cret").typing("x").run("publish", "a"))
                .isEqualTo(ExitCodes.REFUSED);
        assertThat(terminal.err()).contains("does not know this token").doesNotContain("s3cret");
    }

    @Test
    void a_page_of_somebody_else_is_not_printed_and_a_redirection_not_followed() {
        gateway.page(302, "<html>hello</html>", Map.of("Location", "https://login.example.org/"));
        assertThat(terminal.typing("x").run("publish", "a")).isEqualTo(ExitCodes.FAILED);
        assertThat(terminal.err())
                .contains("sends us on to https://login.example.org/ (302)")
                .doesNotContain("<html>");
        assertThat(gateway.requests()).hasSize(1);
    }

    @Test
    void a_node_that_is_not_there_is_told_with_what_to_do() {
        gateway.close();
        assertThat(terminal.typing("x").run("publish", "a")).isEqualTo(ExitCodes.UNREACHABLE);
        assertThat(terminal.err()).contains("connection refused", "--node or MESH_NODE", "wsmesh doctor");
        terminal.with("MESH_NODE", "http://no-such-host.invalid");
        assertThat(terminal.run("publish", "a")).isEqualTo(ExitCodes.UNREACHABLE);
        assertThat(terminal.err()).contains("its host name has no address");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "publish",
                "publish a*",
                "publish $$..x",
                "publish a no-such-file",
                "publish a --ack=-1",
                "publish a --ack=many",
                "publish a --timeout=soon",
                "publish a --timeout=0s",
                "publish a --policy=hope",
                "publish a --header=no-value",
                "publish a --header=b@d=1",
                "publish a --content-type=text",
                "publish a --node=ftp://host",
                "publish a --node=http://me:pw@host",
                "publish a --gateway-path=mesh",
                "publish a --gateway-path=/mesh/",
                "publish a --ca=no-such-file",
                "publish a --mesh.key=abc",
                "publish a --no-such-option"
            })
    void what_makes_no_sense_is_one_line_and_nothing_is_sent(String line) {
        gateway.json(202, "{}");
        assertThat(terminal.typing("x").run(line.split(" "))).isEqualTo(ExitCodes.USAGE);
        assertThat(terminal.err().lines()).hasSize(1);
        assertThat(terminal.err()).startsWith("wsmesh: ").doesNotContain("Exception:", "me:pw");
        assertThat(gateway.requests()).isEmpty();
    }
}
