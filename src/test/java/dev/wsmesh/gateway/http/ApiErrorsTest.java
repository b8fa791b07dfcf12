package dev.wsmesh.gateway.http;

import static dev.wsmesh.gateway.http.PublishingTest.assertProblem;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.wsmesh.TestNode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.webmvc.error.ErrorController;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;

/** Whoever refuses a request under the gateway's path, the answer is a problem; and nothing of an application's own is touched. */
class ApiErrorsTest {

    private static final boolean TOMCAT =
            System.getProperty("wsmesh.web-container", "tomcat").equals("tomcat");

    private static TestNode node;

    @BeforeAll
    static void start() {
        node = TestNode.start("--server.tomcat.connection-timeout=1s", "--server.jetty.connection-idle-timeout=1s");
    }

    @AfterAll
    static void stop() {
        node.close();
    }

    @ParameterizedTest
    @CsvSource({
        "GET,    /api",
        "GET,    /api/",
        "GET,    /api/topic/orders",
        "POST,   /api/topic/orders",
        "DELETE, /api/nothing",
        "GET,    /api/topics/a/b",
        "POST,   /api/topics/a/b",
        "PUT,    /api/mesh/x"
    })
    void where_there_is_nothing_it_says_what_there_is(String method, String path) throws Exception {
        HttpResponse<String> response = ask(node.port(), method, path);
        assertProblem(response, 404, "not-found", "/api/topics/{topic} to publish (POST)");
        assertThat(response.body()).contains("nothing at " + path + ":");
        assertThat(response.headers().firstValue("allow")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "DELETE, /api/topics/a,     'GET, POST'",
        "POST,   /api/topics,       GET",
        "POST,   /api/openapi.json, GET",
        "PUT,    /api/mesh,         GET",
        "PATCH,  /api/peers,        GET"
    })
    void a_method_that_there_is_not_is_told_which_there_are(String method, String path, String allowed)
            throws Exception {
        HttpResponse<String> response = ask(node.port(), method, path);
        assertProblem(response, 405, "method", "allowed here: " + allowed);
        assertThat(response.headers().allValues("allow")).containsExactly(allowed);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/api/topics/a%2Fb",
                "/api/topics/a%00b",
                "/api/topics/a%5Cb",
                "/api/topics/%zz",
                "/api/%2e%2e/%2e%2e/a"
            })
    void what_tomcat_does_not_read_is_told_what_to_look_at(String path) throws Exception {
        assumeTrue(TOMCAT, "Jetty does not tell which address it was that it could not read: see docs/http.md");
        for (String method : new String[] {"GET", "POST"}) {
            String answer = raw(method + " " + path + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n");
            assertThat(answer)
                    .startsWith("HTTP/1.1 400")
                    .contains("application/problem+json", "urn:wsmesh:problem:bad-request", "%2F")
                    .doesNotContain("<html");
        }
    }

    @Test
    void a_trace_is_no_method_of_ours_either() throws Exception {
        assumeTrue(TOMCAT, "Jetty sends it back, as TRACE was meant");
        assertThat(raw("TRACE /api/mesh HTTP/1.1\r\nHost: localhost\r\n\r\n"))
                .startsWith("HTTP/1.1 405")
                .contains("application/problem+json", "urn:wsmesh:problem:method");
    }

    @Test
    void a_query_that_cannot_be_read_is_a_mistake_of_the_callers_and_not_of_the_nodes() throws Exception {
        assertThat(raw("GET /api/topics/a?since=%zz HTTP/1.1\r\nHost: localhost\r\n\r\n"))
                .startsWith("HTTP/1.1 400")
                .contains("application/problem+json", "urn:wsmesh:problem:bad-request", "write % as %25");
    }

    @Test
    void a_body_that_stops_coming_is_told_that_nothing_was_published() throws Exception {
        assertThat(raw("POST /api/topics/late HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\nhalf"))
                .startsWith("HTTP/1.1 408")
                .contains("application/problem+json", "urn:wsmesh:problem:late", "\"published\":false");
        assertThat(node.texts("late")).isEmpty();
    }

    @Test
    void a_body_that_is_not_as_its_headers_say_is_told_that_nothing_came_of_it() throws Exception {
        assertThat(
                        raw(
                                "POST /api/topics/broken HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"))
                .startsWith("HTTP/1.1 400")
                .contains("application/problem+json", "urn:wsmesh:problem:bad-request", "nothing was");
        assertThat(node.texts("broken")).isEmpty();
    }

    @Test
    void elsewhere_errors_are_those_of_spring_boot() throws Exception {
        HttpResponse<String> response = ask(node.port(), "GET", "/apinothing");
        assertThat(response.statusCode()).isEqualTo(404);
        assertThat(response.headers().firstValue("content-type")).hasValue("application/json");
        if (TOMCAT) {
            assertThat(raw("GET /elsewhere%2F HTTP/1.1\r\nHost: localhost\r\n\r\n"))
                    .startsWith("HTTP/1.1 400")
                    .contains("<html");
        }
    }

    /** Has an interface of its own under the same path. */
    @SpringBootConfiguration
    @EnableAutoConfiguration
    @RestController
    static class Shop {

        @GetMapping("/api/orders/{id}")
        String order() {
            throw new ResponseStatusException(HttpStatus.NOT_FOUND);
        }

        @PostMapping(path = "/api/orders", consumes = "application/xml")
        String take() {
            return "taken";
        }
    }

    /** Has something to say about errors. */
    @RestController
    static class OwnErrors implements ErrorController {

        @RequestMapping("/error")
        String error() {
            return "the application's own";
        }
    }

    @Test
    void what_a_controller_of_the_application_fails_at_stays_as_it_is() throws Exception {
        try (ConfigurableApplicationContext shop = shop(Shop.class)) {
            HttpResponse<String> own = ask(port(shop), "GET", "/shop/app/api/orders/7");
            assertThat(own.statusCode()).isEqualTo(404);
            assertThat(own.headers().firstValue("content-type")).hasValue("application/json");
            assertProblem(
                    ask(port(shop), "GET", "/shop/app/api/order/7"), 404, "not-found", "/shop/app/api/topics/{topic}");
            assertProblem(ask(port(shop), "PUT", "/shop/app/api/mesh"), 405, "method", "GET");
        }
    }

    @Test
    void what_a_controller_of_the_application_does_not_take_stays_as_it_is() throws Exception {
        try (ConfigurableApplicationContext shop = shop(Shop.class)) {
            HttpResponse<String> method = ask(port(shop), "PUT", "/shop/app/api/orders/7");
            assertThat(method.statusCode()).isEqualTo(405);
            assertThat(method.headers().firstValue("allow")).hasValue("GET");
            assertThat(method.headers().firstValue("content-type")).hasValue("application/json");
            HttpResponse<String> type = ask(port(shop), "POST", "/shop/app/api/orders");
            assertThat(type.statusCode()).isEqualTo(415);
            assertThat(type.headers().firstValue("content-type")).hasValue("application/json");
            assertProblem(
                    ask(port(shop), "PUT", "/shop/app/api/order/7"), 404, "not-found", "/shop/app/api/topics/{topic}");
        }
    }

    @Test
    void an_error_controller_of_the_application_keeps_its_say() throws Exception {
        try (ConfigurableApplicationContext shop = shop(Shop.class, OwnErrors.class)) {
            assertThat(ask(port(shop), "GET", "/shop/app/api/nothing").body()).isEqualTo("the application's own");
        }
    }

    @Test
    void a_body_that_the_application_has_taken_apart_is_refused_and_not_published_as_nothing() throws Exception {
        String parts = "--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n--b--\r\n";
        try (ConfigurableApplicationContext shop = shop(Shop.class)) {
            for (BodyPublisher body : List.of(
                    BodyPublishers.ofString(parts),
                    BodyPublishers.ofInputStream(
                            () -> new ByteArrayInputStream(parts.getBytes(StandardCharsets.US_ASCII))))) {
                HttpRequest request = HttpRequest.newBuilder(
                                URI.create("http://localhost:" + port(shop) + "/shop/app/api/topics/a"))
                        .header("Content-Type", "multipart/form-data; boundary=b")
                        .POST(body)
                        .build();
                assertProblem(
                        EventReader.HTTP.send(request, BodyHandlers.ofString()),
                        415,
                        "body-taken",
                        "resolve-lazily=true");
            }
        }
    }

    private static ConfigurableApplicationContext shop(Class<?>... classes) {
        return new SpringApplicationBuilder(classes)
                .properties(
                        "server.address=localhost",
                        "server.port=0",
                        "server.servlet.context-path=/shop",
                        "spring.mvc.servlet.path=/app",
                        "spring.main.banner-mode=off",
                        "mesh.presence.enabled=false",
                        "mesh.gateway.enabled=true")
                .run();
    }

    private static int port(ConfigurableApplicationContext application) {
        return Integer.parseInt(application.getEnvironment().getRequiredProperty("local.server.port"));
    }

    private static HttpResponse<String> ask(int port, String method, String path) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://localhost:" + port + path))
                .method(method, BodyPublishers.noBody())
                .build();
        return EventReader.HTTP.send(request, BodyHandlers.ofString());
    }

    /** Everything up to the end of the connection. */
    private static String raw(String request) throws IOException {
        try (Socket socket = new Socket(InetAddress.getByName("localhost"), node.port())) {
            socket.setSoTimeout((int) TestNode.PATIENCE.toMillis());
            String last = request.replaceFirst("\r\n", "\r\nConnection: close\r\n");
            socket.getOutputStream().write(last.getBytes(StandardCharsets.US_ASCII));
            socket.getOutputStream().flush();
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
