package dev.wsmesh;

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
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** One that subscribes by Server-Sent Events. */
final class RoamingSseClient extends RoamingClient {

    private static final JsonMapper JSON = new JsonMapper();

    private final HttpClient http;
    private volatile @Nullable InputStream body;
    /** Whether the first mark of the present stream is still to come: later ones come with heart-beats. Of the reading thread. */
    private boolean opening;

    RoamingSseClient(HttpClient http, String name, List<Integer> ports, int first) {
        super(name, ports, first);
        this.http = http;
    }

    @Override
    void read(int port, String token) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        URI.create("http://localhost:" + port + "/api/topics/" + ClientPublisher.TOPIC))
                .header("Accept", "text/event-stream");
        if (!token.isEmpty()) {
            request.header("Last-Event-ID", token);
        }
        HttpResponse<InputStream> answer = http.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
        if (answer.statusCode() != 200) {
            throw new IOException("status " + answer.statusCode());
        }
        body = answer.body();
        opening = true;
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(answer.body(), StandardCharsets.UTF_8))) {
            readEvents(lines);
        }
    }

    private void readEvents(BufferedReader lines) throws IOException {
        String id = "";
        String event = "";
        String data = "";
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (line.startsWith("id: ")) {
                id = line.substring(4);
            } else if (line.startsWith("event: ")) {
                event = line.substring(7);
            } else if (line.startsWith("data: ")) {
                data = line.substring(6);
            } else if (line.isEmpty() && !data.isEmpty()) {
                // An event counts once it is whole, and so does its id.
                took(event, JSON.readTree(data));
                hasToken(id);
                event = "";
                data = "";
            }
        }
    }

    private void took(String event, JsonNode data) {
        switch (event) {
            case "" -> ledger().took(data.path("text").asString());
            case "gap" ->
                ledger().missed(
                                data.path("stream").asString(""),
                                data.path("from").asLong(0),
                                data.path("to").asLong(0));
            case "mark" -> opened();
            default -> throw new IllegalStateException(event);
        }
    }

    private void opened() {
        if (opening) {
            opening = false;
            connected();
        }
    }

    @Override
    void cut() throws IOException {
        InputStream present = body;
        if (present != null) {
            present.close();
        }
    }
}
