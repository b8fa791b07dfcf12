package dev.wsmesh.cli;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.wsmesh.protocol.Bytes;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/** A stand-in for a node's HTTP gateway, which answers what the test gave it to say, and notes what it was asked. */
final class StandInGateway implements AutoCloseable {

    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final List<Request> requests = new CopyOnWriteArrayList<>();
    private final Deque<Answer> answers = new ArrayDeque<>();

    /** As it came. */
    record Request(String method, String uri, Map<String, List<String>> headers, Bytes body) {

        @Nullable
        String header(String name) {
            return headers.entrySet().stream()
                    .filter(each -> each.getKey().equalsIgnoreCase(name))
                    .map(each -> each.getValue().getFirst())
                    .findFirst()
                    .orElse(null);
        }

        String text() {
            return new String(body.toArray(), StandardCharsets.UTF_8);
        }
    }

    /**
     * To be said once; the last one again and again.
     *
     * @param status 0 says nothing, and ends the connection
     * @param ends whether the answer ends with its body, or stays open
     */
    private record Answer(int status, String type, String body, boolean ends, Map<String, String> headers) {}

    private StandInGateway() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getByName("localhost"), 0), 0);
        server.createContext("/", this::serve);
        server.setExecutor(threads);
        server.start();
    }

    static StandInGateway start() throws IOException {
        return new StandInGateway();
    }

    StandInGateway json(int status, String body) {
        return answer(new Answer(
                status, status < 300 ? "application/json" : "application/problem+json", body, true, Map.of()));
    }

    StandInGateway page(int status, String body, Map<String, String> headers) {
        return answer(new Answer(status, "text/html", body, true, headers));
    }

    /** An event stream that breaks off after these lines. */
    StandInGateway events(String... lines) {
        return answer(new Answer(200, "text/event-stream", String.join("\n", lines) + "\n", true, Map.of()));
    }

    /** An event stream that goes on for ever, in silence. */
    StandInGateway endlessEvents(String... lines) {
        return answer(new Answer(200, "text/event-stream", String.join("\n", lines) + "\n", false, Map.of()));
    }

    /** The connection ends, and nothing was said. */
    StandInGateway breakingOff() {
        return answer(new Answer(0, "", "", true, Map.of()));
    }

    String url() {
        return "http://localhost:" + server.getAddress().getPort();
    }

    List<Request> requests() {
        return requests;
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }

    private StandInGateway answer(Answer answer) {
        synchronized (answers) {
            answers.add(answer);
        }
        return this;
    }

    private void serve(HttpExchange exchange) throws IOException {
        requests.add(new Request(
                exchange.getRequestMethod(),
                exchange.getRequestURI().toString(),
                exchange.getRequestHeaders(),
                Bytes.wrap(exchange.getRequestBody().readAllBytes())));
        Answer answer = next();
        if (answer.status() == 0) {
            exchange.close();
            return;
        }
        exchange.getResponseHeaders().set("Content-Type", answer.type());
        answer.headers().forEach(exchange.getResponseHeaders()::set);
        exchange.sendResponseHeaders(answer.status(), 0);
        OutputStream out = exchange.getResponseBody();
        out.write(answer.body().getBytes(StandardCharsets.UTF_8));
        out.flush();
        if (answer.ends()) {
            exchange.close();
        }
    }

    private Answer next() {
        synchronized (answers) {
            return answers.size() > 1 ? answers.remove() : answers.getFirst();
        }
    }
}
