package dev.wsmesh.gateway.http;

import static dev.wsmesh.TestNode.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.wsmesh.TestNode;
import dev.wsmesh.node.Message;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What a client publishes by HTTP, and what it is told when that cannot be. */
class PublishingTest {

    private static final JsonMapper JSON = new JsonMapper();
    private static TestNode one;
    private static TestNode two;

    @BeforeAll
    static void start() {
        one = TestNode.start("--mesh.limits.max-message-bytes=100KB");
        two = TestNode.start("--mesh.peers=" + one.url(), "--mesh.limits.max-message-bytes=100KB")
                .awaitNeighbours(1);
        one.awaitNeighbours(1);
    }

    @AfterAll
    static void stop() {
        two.close();
        one.close();
    }

    @Test
    void a_message_reaches_the_other_node_as_it_was_and_the_receipt_says_where_it_stands() throws Exception {
        byte[] bytes = {0, 1, (byte) 0xff, 13, 10};
        HttpResponse<String> response = post(
                one,
                "orders.created",
                BodyPublishers.ofByteArray(bytes),
                "Content-Type",
                "application/x-own; v=1",
                "Mesh-Header-Trace-Id",
                "abc",
                "Mesh-Ack",
                "1");
        assertThat(response.statusCode()).as(response.body()).isEqualTo(202);
        assertThat(response.headers().firstValue("content-type")).hasValue("application/json");
        JsonNode receipt = JSON.readTree(response.body());
        await().atMost(PATIENCE)
                .until(() -> two.messages().stream()
                        .anyMatch(message -> message.topic().name().equals("orders.created")));
        Message message = two.messages().stream()
                .filter(each -> each.topic().name().equals("orders.created"))
                .findFirst()
                .orElseThrow();
        assertThat(message.payload().toArray()).isEqualTo(bytes);
        assertThat(message.contentType()).isEqualTo("application/x-own; v=1");
        assertThat(message.header("Trace-Id")).isEqualTo("abc");
        assertThat(receipt.path("sequence").asLong())
                .isEqualTo(message.position().sequence());
        assertThat(receipt.path("stream").asString())
                .isEqualTo(message.position().stream().toString());
        assertThat(receipt.path("origin").asString()).isEqualTo(one.id().toString());
        assertThat(receipt.path("epoch").asLong())
                .isEqualTo(message.position().stream().epoch());
        assertThat(receipt.path("position").asString())
                .isEqualTo(
                        message.position().stream() + "/" + message.position().sequence());
        assertThat(receipt.path("neighbours").asInt()).isEqualTo(1);
        assertThat(receipt.path("acknowledged").asInt()).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            nullValues = "-",
            value = {
                "a%20b        | -               | -       | 400 | bad-request   | not so at index 1",
                "a..b         | -               | -       | 400 | bad-request   | no empty words",
                "a.*          | -               | -       | 400 | bad-request   | is a pattern",
                "a.%3E        | -               | -       | 400 | bad-request   | is a pattern",
                "a;b          | -               | -       | 400 | bad-request   | written %3B",
                "%C3%A9       | -               | -       | 400 | bad-request   | printable ASCII",
                "$mesh.x      | -               | -       | 403 | not-allowed   | can be read, not published on",
                "a            | Mesh-Ack        | -1      | 400 | bad-request   | Mesh-Ack: '-1' is not allowed",
                "a            | Mesh-Ack        | many    | 400 | bad-request   | Mesh-Ack: 'many' is not allowed",
                "a            | Mesh-Min-Peers  | 1.5     | 400 | bad-request   | Mesh-Min-Peers: '1.5' is not allowed",
                "a            | Mesh-Timeout    | soon    | 400 | bad-request   | 'soon' is no duration",
                "a            | Mesh-Timeout    | 2m      | 400 | bad-request   | at most 60s",
                "a            | Mesh-Policy     | maybe   | 400 | bad-request   | give wait, fail or ignore",
                "a            | Mesh-Acks       | 1       | 400 | bad-request   | there is no header mesh-acks",
                "a            | Content-Encoding| gzip    | 415 | content-encoding | send it as it is",
                "a            | Origin          | http://evil.example | 403 | not-allowed | mesh.allowed-origins",
                "a            | Origin          | null    | 403 | not-allowed   | mesh.allowed-origins"
            })
    void what_is_not_as_it_should_be_is_told_with_the_way_out(
            String topic, String header, String value, int status, String type, String detail) throws Exception {
        HttpResponse<String> response = header == null
                ? post(one, topic, BodyPublishers.ofString("x"))
                : post(one, topic, BodyPublishers.ofString("x"), header, value);
        assertProblem(response, status, type, detail);
    }

    @Test
    void a_topic_that_is_too_long_is_refused() throws Exception {
        assertProblem(post(one, "a".repeat(256), BodyPublishers.ofString("x")), 400, "bad-request", "1 to 255");
    }

    @Test
    void a_message_that_is_too_large_is_refused_whether_its_length_was_said_or_not() throws Exception {
        byte[] large = new byte[100 * 1024 + 1];
        assertProblem(post(one, "a", BodyPublishers.ofByteArray(large)), 413, "too-large", "102400 bytes");
        assertProblem(
                post(one, "a", BodyPublishers.ofInputStream(() -> new java.io.ByteArrayInputStream(large))),
                413,
                "too-large",
                "send it in parts");
        assertThat(post(one, "a", BodyPublishers.ofByteArray(new byte[100 * 1024]))
                        .statusCode())
                .isEqualTo(202);
    }

    @Test
    void headers_beyond_their_bounds_are_refused() throws Exception {
        String[] headers = new String[65 * 2];
        for (int i = 0; i < 65; i++) {
            headers[2 * i] = "Mesh-Header-N" + i;
            headers[2 * i + 1] = "v";
        }
        assertProblem(post(one, "a", BodyPublishers.ofString("x"), headers), 400, "bad-request", "64");
    }

    @Test
    void acknowledgements_that_do_not_come_are_told_and_that_it_is_published_all_the_same() throws Exception {
        HttpResponse<String> response =
                post(one, "orders.lonely", BodyPublishers.ofString("x"), "Mesh-Ack", "2", "Mesh-Timeout", "200ms");
        assertProblem(response, 504, "not-acknowledged", "it IS published");
        JsonNode problem = JSON.readTree(response.body());
        assertThat(problem.path("published").asBoolean()).isTrue();
        assertThat(problem.at("/receipt/sequence").asLong()).isPositive();
        await().atMost(PATIENCE).until(() -> two.texts("orders.lonely").size() == 1);
    }

    @Test
    void too_few_neighbours_are_told_and_that_nothing_is_published() throws Exception {
        HttpResponse<String> response =
                post(one, "orders.few", BodyPublishers.ofString("x"), "Mesh-Min-Peers", "2", "Mesh-Timeout", "100ms");
        assertProblem(response, 503, "too-few-peers", "ask for fewer by Mesh-Min-Peers");
        assertThat(JSON.readTree(response.body()).path("published").asBoolean(true))
                .isFalse();
        assertThat(response.headers().firstValue("retry-after")).hasValue("1");
        assertThat(one.texts("orders.few")).isEmpty();
    }

    @Test
    void another_method_is_told_which_there_are() throws Exception {
        HttpResponse<String> response = EventReader.HTTP.send(
                HttpRequest.newBuilder(uri(one, "a")).DELETE().build(), HttpResponse.BodyHandlers.ofString());
        assertProblem(response, 405, "method", "GET, POST");
        assertThat(response.headers().firstValue("allow")).hasValue("GET, POST");
    }

    @ParameterizedTest
    @ValueSource(strings = {"application/x-www-form-urlencoded", "multipart/form-data; boundary=b", "multipart/mixed"})
    void what_web_servers_usually_take_apart_is_taken_as_it_is(String contentType) throws Exception {
        String body = "--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1&b=2\r\n--b--\r\n";
        String topic = "orders.form." + contentType.length();
        HttpResponse<String> response = post(one, topic, BodyPublishers.ofString(body), "Content-Type", contentType);
        assertThat(response.statusCode()).isEqualTo(202);
        await().atMost(PATIENCE).until(() -> two.texts(topic).equals(java.util.List.of(body)));
    }

    static void assertProblem(HttpResponse<String> response, int status, String type, String detail) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        assertThat(response.headers().firstValue("content-type")).hasValue("application/problem+json");
        JsonNode problem = JSON.readTree(response.body());
        assertThat(problem.path("type").asString()).isEqualTo("urn:wsmesh:problem:" + type);
        assertThat(problem.path("status").asInt()).isEqualTo(status);
        assertThat(problem.path("title").asString()).isNotBlank();
        assertThat(problem.path("detail").asString()).contains(detail);
    }

    static HttpResponse<String> post(TestNode node, String topic, HttpRequest.BodyPublisher body, String... headers)
            throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri(node, topic)).POST(body);
        for (int i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
        }
        return EventReader.HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private static URI uri(TestNode node, String topic) {
        return URI.create("http://" + node.bind() + "/api/topics/" + topic);
    }
}
