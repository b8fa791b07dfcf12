package dev.wsmesh.gateway.stomp;

import static dev.wsmesh.TestNode.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.wsmesh.TestNode;
import dev.wsmesh.node.MeshCounters.GatewayEvent;
import dev.wsmesh.seed.RawWebSocket;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Clients that do not read, read slowly, fall silent, or send much at once. */
class StompFaultsTest {

    private static final String LARGE = "x".repeat(50_000);
    private static final String NO_BEATS = "0,0";

    /** Less than the containers' own bounds, which are 20 s and more. */
    private static final Duration SOON = Duration.ofSeconds(12);

    @Test
    void who_never_reads_is_cut_off_and_slows_nobody_and_nothing_stays_of_it() throws Exception {
        try (TestNode node = TestNode.start("--mesh.stomp.send-timeout=1s");
                Quick quick = new Quick(node, "/topic/orders.x");
                RawStomp stuck = dead(node).subscribe("a", "/topic/orders.>")) {
            assertThat(stuck).isNotNull();
            MeshBroker broker = node.bean(MeshBroker.class);
            assertThat(broker.subscriptions()).isEqualTo(2);
            awaitCutOff(node, broker, quick);
            publishAndTake(node, quick);
        }
    }

    @Test
    void who_never_reads_several_subscriptions_is_cut_off_too() throws Exception {
        try (TestNode node = TestNode.start("--mesh.stomp.send-timeout=1s");
                Quick quick = new Quick(node, "/topic/orders.x");
                RawStomp stuck = dead(node).subscribe("a", "/topic/orders.>").subscribe("b", "/topic/orders.*")) {
            assertThat(stuck).isNotNull();
            MeshBroker broker = node.bean(MeshBroker.class);
            assertThat(broker.subscriptions()).isEqualTo(3);
            awaitCutOff(node, broker, quick);
        }
    }

    /** Far more than fits between the node and who does not read, in a moment; afterwards nobody writes anything to it. */
    private static void awaitCutOff(TestNode node, MeshBroker broker, Quick quick) {
        for (int i = 0; i < 300; i++) {
            node.mesh().publish("orders.stuck", LARGE);
        }
        publishAndTake(node, quick);
        await().atMost(SOON).until(() -> broker.subscriptions() == 1);
        await().atMost(SOON).until(() -> node.counters().gatewayEvents(GatewayEvent.STOMP_CUT_OFF) == 1);
    }

    private static void publishAndTake(TestNode node, Quick quick) {
        int before = quick.frames.size();
        int count = 20;
        for (int i = 0; i < count; i++) {
            node.mesh().publish("orders.x", LARGE);
        }
        await().atMost(PATIENCE).until(() -> quick.frames.size() == before + count);
        assertThat(quick.frames).noneMatch(frame -> frame.headers().containsKey(MeshBroker.GAP_HEADER));
    }

    @Test
    void who_reads_late_with_several_subscriptions_sees_gaps_and_is_not_cut_off() throws Exception {
        try (TestNode node = TestNode.start("--mesh.subscriptions.queue-messages=10", "--mesh.stomp.send-timeout=1m");
                RawStomp late = RawStomp.connect(
                                RawWebSocket.dialWithSmallBuffer("localhost", node.port(), "/stomp"), NO_BEATS)
                        .subscribe("a", "/topic/orders.x")
                        .subscribe("b", "/topic/orders.x")) {
            int count = 400;
            for (int i = 1; i <= count; i++) {
                node.mesh().publish("orders.x", i + " " + LARGE);
            }
            long[] next = {1, 1};
            boolean gaps = false;
            while (next[0] <= count || next[1] <= count) {
                RawStomp.Frame frame = Objects.requireNonNull(late.read(), "it is cut off");
                int subscription = "a".equals(frame.headers().get("subscription")) ? 0 : 1;
                String gap = frame.headers().get(MeshBroker.GAP_HEADER);
                long first = Long.parseLong(gap == null ? frame.body().split(" ", 2)[0] : gap.split("-", 2)[0]);
                assertThat(first).isEqualTo(next[subscription]);
                next[subscription] = gap == null ? first + 1 : Long.parseLong(gap.split("-", 2)[1]) + 1;
                gaps |= gap != null;
            }
            assertThat(gaps).isTrue();
        }
    }

    @Test
    void who_said_that_it_would_beat_and_does_not_is_disconnected_and_nobody_else() throws Exception {
        try (TestNode node = TestNode.start()) {
            MeshBroker broker = shortenBeats(node, 1_000);
            try (RawStomp silent = beating(node, "1000,0").subscribe("a", "/topic/x");
                    RawStomp beating = beating(node, "1000,0").subscribe("a", "/topic/x");
                    RawStomp quiet = beating(node, NO_BEATS).subscribe("a", "/topic/x")) {
                await().atMost(PATIENCE).pollInterval(Duration.ofMillis(50)).until(() -> {
                    beating.beat();
                    return broker.subscriptions() == 2;
                });
                RawStomp.Frame told = Objects.requireNonNull(silent.read());
                assertThat(told.command()).isEqualTo("ERROR");
                assertThat(silent.read()).isNull();
                node.mesh().publish("x", "still there");
                assertThat(Objects.requireNonNull(beating.read()).body()).isEqualTo("still there");
                assertThat(Objects.requireNonNull(quiet.read()).body()).isEqualTo("still there");
            }
        }
    }

    @Test
    void whoever_falls_silent_and_does_not_read_holds_up_nobodys_heart_beats() throws Exception {
        try (TestNode node = TestNode.start("--mesh.stomp.send-timeout=1m")) {
            MeshBroker broker = shortenBeats(node, 200);
            AtomicInteger beats = new AtomicInteger();
            try (RawWebSocket beaten = RawWebSocket.dial("localhost", node.port(), "/stomp", Map.of());
                    RawStomp client = RawStomp.connect(beaten, "0,200");
                    RawStomp dead = RawStomp.connect(
                                    RawWebSocket.dialWithSmallBuffer("localhost", node.port(), "/stomp"), "1000,0")
                            .subscribe("a", "/topic/orders.x")) {
                assertThat(client).isNotNull();
                assertThat(dead).isNotNull();
                Thread.ofVirtual().start(() -> count(beaten, beats));
                for (int i = 0; i < 300; i++) {
                    node.mesh().publish("orders.x", LARGE);
                }
                await().atMost(SOON).until(() -> broker.subscriptions() == 0);
                int before = beats.get();
                await().atMost(SOON).until(() -> beats.get() > before + 5);
            }
        }
    }

    private static void count(RawWebSocket socket, AtomicInteger beats) {
        try {
            while (socket.readMessage() != null) {
                beats.incrementAndGet();
            }
        } catch (IOException e) {
            // The test is over.
        }
    }

    @Test
    void a_frame_may_be_as_large_as_a_message_in_one_piece_or_in_many() throws Exception {
        String text = "\u00e9\ud83d\ude00".repeat(100_000);
        byte[] frame = ("SEND\ndestination:/topic/large\n\n" + text + "\0").getBytes(StandardCharsets.UTF_8);
        try (TestNode node = TestNode.start();
                RawWebSocket socket = RawWebSocket.dial("localhost", node.port(), "/stomp", Map.of());
                RawStomp client = RawStomp.connect(socket, NO_BEATS).subscribe("a", "/topic/large")) {
            socket.send(RawWebSocket.TEXT, true, frame);
            assertThat(Objects.requireNonNull(client.read()).body()).isEqualTo(text);
            int piece = 10_001;
            for (int from = 0; from < frame.length; from += piece) {
                int to = Math.min(frame.length, from + piece);
                socket.send(
                        from == 0 ? RawWebSocket.TEXT : RawWebSocket.CONTINUATION,
                        to == frame.length,
                        java.util.Arrays.copyOfRange(frame, from, to));
            }
            assertThat(Objects.requireNonNull(client.read()).body()).isEqualTo(text);
        }
    }

    @Test
    void who_sends_without_end_is_told_and_ended() throws Exception {
        try (TestNode node = TestNode.start("--mesh.limits.max-message-bytes=100KB");
                RawWebSocket socket = RawWebSocket.dial("localhost", node.port(), "/stomp", Map.of());
                RawStomp client = RawStomp.connect(socket, NO_BEATS)) {
            socket.send(
                    RawWebSocket.TEXT, false, "SEND\ndestination:/topic/large\n\n".getBytes(StandardCharsets.UTF_8));
            List<String> told = new ArrayList<>();
            try {
                for (int i = 0; i < 100; i++) {
                    socket.send(RawWebSocket.CONTINUATION, false, LARGE.getBytes(StandardCharsets.UTF_8));
                }
                for (RawStomp.Frame frame = client.read(); frame != null; frame = client.read()) {
                    told.add(frame.command());
                }
            } catch (IOException e) {
                told.add("ended: " + e);
            }
            assertThat(told).isNotEmpty();
        }
    }

    private static RawStomp dead(TestNode node) throws IOException {
        return RawStomp.connect(RawWebSocket.dialWithSmallBuffer("localhost", node.port(), "/stomp"), NO_BEATS);
    }

    private static RawStomp beating(TestNode node, String heartBeat) throws IOException {
        return RawStomp.connect(RawWebSocket.dial("localhost", node.port(), "/stomp", Map.of()), heartBeat);
    }

    /** From 10 s, which nothing but Spring's default speaks for. */
    private static MeshBroker shortenBeats(TestNode node, long millis) {
        MeshBroker broker = node.bean(MeshBroker.class);
        broker.stop();
        broker.setHeartbeatValue(new long[] {millis, millis});
        broker.start();
        return broker;
    }

    /** One that reads whatever comes. */
    private static final class Quick implements AutoCloseable {

        private final List<RawStomp.Frame> frames = new CopyOnWriteArrayList<>();
        private final RawStomp client;

        private Quick(TestNode node, String destination) throws IOException {
            client = RawStomp.connect(RawWebSocket.dial("localhost", node.port(), "/stomp", Map.of()), NO_BEATS)
                    .subscribe("a", destination);
            Thread.ofVirtual().start(this::read);
        }

        private void read() {
            try {
                for (RawStomp.Frame next = client.read(); next != null; next = client.read()) {
                    frames.add(next);
                }
            } catch (IOException e) {
                // The test is over, or notices that nothing comes any more.
            }
        }

        @Override
        public void close() throws IOException {
            client.close();
        }
    }
}
