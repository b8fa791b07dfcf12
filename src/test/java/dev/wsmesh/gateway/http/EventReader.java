package dev.wsmesh.gateway.http;

import static org.awaitility.Awaitility.await;

import dev.wsmesh.TestNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A client of Server-Sent Events that reads as they are written down, and remembers everything. */
final class EventReader implements AutoCloseable {

    static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final JsonMapper JSON = new JsonMapper();

    /** An event with data; its name is empty where none was said. */
    record Event(String id, String name, JsonNode data) {
        String text() {
            return data.path("text").asString("");
        }
    }

    private final List<Event> events = new CopyOnWriteArrayList<>();
    private final List<String> comments = new CopyOnWriteArrayList<>();
    private final InputStream body;
    private volatile String lastId = "";
    private volatile boolean ended;

    private EventReader(InputStream body) {
        this.body = body;
        Thread.ofVirtual().start(this::read);
    }

    /** Begins where the node says: a path behind /api/topics/, with its query. */
    static EventReader open(TestNode node, String path, String... headers) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        URI.create("http://" + node.bind() + "/api/topics/" + path))
                .header("Accept", "text/event-stream");
        if (headers.length > 0) {
            request.headers(headers);
        }
        HttpResponse<InputStream> response = HTTP.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
        if (response.statusCode() != 200) {
            throw new IllegalStateException(
                    response.statusCode() + " " + new String(response.body().readAllBytes(), StandardCharsets.UTF_8));
        }
        EventReader reader = new EventReader(response.body());
        await().atMost(TestNode.PATIENCE).until(() -> !reader.lastId.isEmpty());
        return reader;
    }

    /** Goes on where this one ended, at a node. */
    EventReader resume(TestNode node, String path) throws Exception {
        return open(node, path, "Last-Event-ID", lastId);
    }

    /** The events with messages and gaps so far. */
    List<Event> events() {
        return events.stream().filter(event -> !event.name().equals("mark")).toList();
    }

    List<String> texts() {
        return events().stream()
                .map(event -> event.name().isEmpty() ? event.text() : event.name())
                .toList();
    }

    EventReader awaitTexts(int count) {
        await().atMost(TestNode.PATIENCE).until(() -> events().size() >= count);
        return this;
    }

    List<String> comments() {
        return List.copyOf(comments);
    }

    String lastId() {
        return lastId;
    }

    boolean isEnded() {
        return ended;
    }

    @Override
    public void close() throws IOException {
        body.close();
    }

    private void read() {
        String name = "";
        String data = null;
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(body, StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith(":")) {
                    comments.add(line.substring(1).strip());
                } else if (line.startsWith("id: ")) {
                    lastId = line.substring(4);
                } else if (line.startsWith("event: ")) {
                    name = line.substring(7);
                } else if (line.startsWith("data: ")) {
                    data = line.substring(6);
                } else if (line.isEmpty()) {
                    if (data != null) {
                        events.add(new Event(lastId, name, JSON.readTree(data)));
                    }
                    name = "";
                    data = null;
                }
            }
        } catch (IOException e) {
            comments.add("broken off: " + e);
        }
        ended = true;
    }
}
