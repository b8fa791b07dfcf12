package dev.wsmesh;

import dev.wsmesh.ClientLedger.Receipt;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Posts numbered texts to one node, one after the other, and keeps the receipts. A neighbour holds what there is a receipt for, so
 * that it outlives the node. Ends with the node.
 */
final class ClientPublisher {

    static final String TOPIC = "ledger.clients";

    private static final Duration PAUSE = Duration.ofMillis(50);
    private static final JsonMapper JSON = new JsonMapper();

    private final HttpClient http;
    private final String name;
    private final URI uri;
    private final List<Receipt> receipts = new CopyOnWriteArrayList<>();
    private final Thread thread;
    private volatile boolean stopping;

    private ClientPublisher(HttpClient http, String name, int port) {
        this.http = http;
        this.name = name;
        this.uri = URI.create("http://localhost:" + port + "/api/topics/" + TOPIC);
        this.thread = Thread.ofVirtual().unstarted(this::publish);
    }

    static ClientPublisher start(HttpClient http, String name, int port) {
        ClientPublisher publisher = new ClientPublisher(http, name, port);
        publisher.thread.start();
        return publisher;
    }

    List<Receipt> receipts() {
        return receipts;
    }

    /** The last text has its receipt. */
    void stop() throws InterruptedException {
        stopping = true;
        thread.join();
    }

    private void publish() {
        try {
            for (long number = 1; !stopping; number++) {
                HttpResponse<String> answer = http.send(
                        HttpRequest.newBuilder(uri)
                                .header("Mesh-Ack", "1")
                                .POST(HttpRequest.BodyPublishers.ofString(name + " " + number))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
                // One that nobody has acknowledged in time is published all the same, and may be lost with its node.
                if (answer.statusCode() == 202) {
                    JsonNode receipt = JSON.readTree(answer.body());
                    receipts.add(new Receipt(
                            name,
                            number,
                            receipt.path("stream").asString(),
                            receipt.path("sequence").asLong()));
                } else if (answer.statusCode() != 504) {
                    throw new IllegalStateException(answer.body());
                }
                LockSupport.parkNanos(PAUSE.toNanos());
            }
        } catch (IOException e) {
            // The node was killed. Nobody knows whether the last text was published.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
