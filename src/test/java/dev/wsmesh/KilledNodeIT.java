package dev.wsmesh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.http.HttpClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Clients of a node that is killed under load go on at the others; what each has got is counted outside of the nodes. */
class KilledNodeIT {

    private static final int NODES = 3;
    private static final int CLIENTS_OF_EACH_KIND = 100;
    private static final int MESSAGES_BEFORE = 60;
    private static final int MESSAGES_AFTER = 300;
    private static final Duration SETTLED_WITHIN = Duration.ofMinutes(3);

    private final List<NodeProcess> nodes = new ArrayList<>();
    private final List<RoamingClient> clients = new ArrayList<>();
    private final List<ClientPublisher> publishers = new ArrayList<>();
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @AfterEach
    void endAll() throws Exception {
        for (RoamingClient client : clients) {
            client.close();
        }
        nodes.forEach(NodeProcess::close);
        http.shutdownNow();
    }

    @Test
    void every_client_of_a_node_that_is_killed_has_every_message_once_and_in_order_or_a_gap() throws Exception {
        // The first is dialled by the others, the last by nobody.
        int victim = Lot.among(NODES, "KilledNodeIT");
        for (int i = 0; i < NODES; i++) {
            start();
        }
        List<Integer> ports = nodes.stream().map(NodeProcess::port).toList();
        for (int i = 0; i < CLIENTS_OF_EACH_KIND; i++) {
            clients.add(new RoamingSseClient(http, "sse-" + i, ports, victim));
            clients.add(new RoamingStompClient("stomp-" + i, ports, victim));
        }
        clients.forEach(RoamingClient::start);
        awaitAll(client -> client.connections() == 1);
        // Two publishers at each node: what both bring is one stream.
        for (int i = 0; i < 2 * NODES; i++) {
            publishers.add(ClientPublisher.start(http, "publisher-" + i, ports.get(i % NODES)));
        }
        awaitAll(client -> client.ledger().received() >= MESSAGES_BEFORE);
        nodes.get(victim).kill();
        awaitAll(client -> client.ledger().received() >= MESSAGES_BEFORE + MESSAGES_AFTER);
        for (ClientPublisher publisher : publishers) {
            publisher.stop();
        }
        List<ClientLedger.Receipt> receipts = publishers.stream()
                .flatMap(publisher -> publisher.receipts().stream())
                .toList();
        awaitAll(client -> client.ledger().missing(receipts).isEmpty());

        assertThat(publishers)
                .allSatisfy(publisher -> assertThat(publisher.receipts()).isNotEmpty());
        assertThat(clients)
                .allSatisfy(client -> assertThat(client.ledger().outOfOrder()).isEmpty());
        // All of them were at the node that was killed.
        assertThat(clients.stream().filter(client -> client.connections() > 1)).hasSize(2 * CLIENTS_OF_EACH_KIND);
        System.out.printf(
                "%d clients, %d receipts, %d gaps%n",
                clients.size(),
                receipts.size(),
                clients.stream().mapToInt(client -> client.ledger().gaps()).sum());
    }

    private void awaitAll(java.util.function.Predicate<RoamingClient> condition) {
        await().atMost(SETTLED_WITHIN)
                .pollInterval(Duration.ofMillis(500))
                .untilAsserted(() -> assertThat(clients.stream().filter(condition.negate()))
                        .as("clients that are not there yet")
                        .isEmpty());
    }

    /** The first one is there before the others dial it. */
    private void start() throws Exception {
        List<String> command = TestJvm.command(
                "-Xmx256m",
                "-cp",
                System.getProperty("java.class.path"),
                WsmeshApplication.class.getName(),
                "--mesh.bind=localhost:0",
                "--mesh.broadcast.enabled=false");
        if (!nodes.isEmpty()) {
            command.add("--mesh.peers="
                    + String.join(
                            ",",
                            nodes.stream()
                                    .map(node -> "ws://localhost:" + node.port())
                                    .toList()));
        }
        NodeProcess node = NodeProcess.launch(command, Map.of());
        nodes.add(node);
        node.awaitUp();
    }
}
