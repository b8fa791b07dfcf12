package dev.wsmesh.gateway.http;

import static dev.wsmesh.TestNode.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.wsmesh.TestNode;
import dev.wsmesh.node.MeshCounters;
import dev.wsmesh.node.MeshCounters.GatewayEvent;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A node with many streams of events leaves: those who read are told, and those who do not hold up nobody. */
class LeavingStreamsTest {

    private static final int READERS = 200;
    private static final int STUCK = 50;
    private static final String LARGE = "x".repeat(100_000);

    private final List<EventReader> readers = new ArrayList<>();
    private final List<Socket> stuck = new ArrayList<>();

    @AfterEach
    void closeAll() throws Exception {
        for (EventReader reader : readers) {
            reader.close();
        }
        for (Socket socket : stuck) {
            socket.close();
        }
    }

    @Test
    void readers_are_told_and_who_does_not_read_holds_up_nobody_beyond_the_bound_for_leaving() throws Exception {
        // The web server alone would wait a minute for a client that does not read.
        TestNode node =
                TestNode.start("--server.tomcat.connection-timeout=1m", "--server.jetty.connection-idle-timeout=1m");
        MeshCounters counters = node.counters();
        try {
            openReaders(node);
            for (int i = 0; i < STUCK; i++) {
                stuck.add(neverRead(node));
            }
            await().atMost(PATIENCE).until(() -> counters.gatewayEvents(GatewayEvent.SSE_OPENED) == READERS + STUCK);
            node.mesh().publish("orders.x", "before");
            await().atMost(PATIENCE)
                    .until(() ->
                            readers.stream().allMatch(reader -> reader.texts().size() == 1));
            // Far more than fits between the node and who does not read.
            for (int i = 0; i < 100; i++) {
                node.mesh().publish("stuck.x", LARGE);
            }
        } catch (Exception | AssertionError e) {
            node.close();
            throw e;
        }
        long begin = System.nanoTime();
        node.close();
        assertThat(Duration.ofNanos(System.nanoTime() - begin))
                .as("the bound that is promised, not a measure of speed")
                .isLessThan(Duration.ofSeconds(5));
        await().atMost(PATIENCE).until(() -> readers.stream().allMatch(EventReader::isEnded));
        assertThat(readers).allSatisfy(reader -> assertThat(reader.texts()).containsExactly("before"));
        // How many are dropped without a farewell is a matter of how busy the machine is.
        assertThat(readers)
                .anySatisfy(reader ->
                        assertThat(reader.comments()).anyMatch(comment -> comment.contains("this node leaves")));
        await().atMost(PATIENCE).until(() -> counters.gatewayEvents(GatewayEvent.SSE_CLOSED) >= READERS);
    }

    /** All at once: each waits for its first event. */
    private void openReaders(TestNode node) throws Exception {
        try (ExecutorService opening = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<EventReader>> opened = new ArrayList<>();
            for (int i = 0; i < READERS; i++) {
                opened.add(opening.submit(() -> EventReader.open(node, "orders.x")));
            }
            for (Future<EventReader> each : opened) {
                readers.add(each.get());
            }
        }
    }

    private static Socket neverRead(TestNode node) throws Exception {
        Socket socket = new Socket();
        socket.setReceiveBufferSize(4_096);
        socket.connect(new InetSocketAddress("localhost", node.port()));
        OutputStream out = socket.getOutputStream();
        out.write(("GET /api/topics/stuck.x HTTP/1.1\r\nHost: localhost:" + node.port() + "\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII));
        out.flush();
        return socket;
    }
}
