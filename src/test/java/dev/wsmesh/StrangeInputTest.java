package dev.wsmesh;

import static dev.wsmesh.TestNode.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

import dev.wsmesh.node.MeshCounters.Drop;
import dev.wsmesh.node.MeshCounters.Ending;
import dev.wsmesh.node.Message;
import dev.wsmesh.seed.RawWebSocket;
import dev.wsmesh.seed.RawWebSocket.Frame;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Whatever a peer sends, the node and its other peers live on. */
class StrangeInputTest {

    private static final int LIMIT = 10_000;

    private final TestNode node =
            TestNode.start("--mesh.limits.max-message-bytes=" + LIMIT + "B", "--mesh.limits.max-incoming-bytes=25000B");
    private final RawWebSocket honest = connect();

    @AfterEach
    void the_honest_peer_is_still_served() throws IOException {
        honest.sendText("still here");
        await().atMost(PATIENCE).until(() -> node.texts().contains("still here"));
        node.close();
        honest.close();
    }

    @Test
    void an_empty_text_is_a_message() throws IOException {
        honest.sendText("");
        await().atMost(PATIENCE).until(() -> node.texts().contains(""));
        assertThat(node.mesh().sendToPlainPeers("")).isEqualTo(1);
        assertThat(expectFrame(honest).text()).isEmpty();
    }

    @Test
    void a_text_as_large_as_the_limit_arrives_and_one_byte_more_closes_with_1009() throws IOException {
        String largest = "\u00e4".repeat(LIMIT / 2);
        honest.sendText(largest);
        await().atMost(PATIENCE).until(() -> node.texts().contains(largest));

        try (RawWebSocket greedy = connect()) {
            node.awaitSessions(2);
            greedy.sendText(largest + "x");
            assertThat(expectFrame(greedy).closeCode()).isEqualTo(1009);
            node.awaitSessions(1);
        }
        assertThat(node.counters().drops(Drop.OVERSIZED)).isEqualTo(1);
        assertThat(node.counters().endings(Ending.TOO_LARGE)).isEqualTo(1);
    }

    @Test
    void nothing_of_a_text_that_is_too_large_is_delivered_not_even_its_tail() throws IOException {
        try (RawWebSocket greedy = connect()) {
            node.awaitSessions(2);
            greedy.sendText("x".repeat(50 * LIMIT));
            assertThat(expectFrame(greedy).closeCode()).isEqualTo(1009);
            node.awaitSessions(1);
        }
        honest.sendText("after it");
        await().atMost(PATIENCE).until(() -> node.texts().contains("after it"));
        assertThat(node.texts()).containsExactly("after it");
        assertThat(node.counters().drops(Drop.OVERSIZED)).isEqualTo(1);
    }

    @Test
    void an_endless_message_in_fragments_is_cut_at_the_limit() throws IOException {
        try (RawWebSocket endless = connect()) {
            node.awaitSessions(2);
            byte[] fragment = "x".repeat(1_000).getBytes(StandardCharsets.US_ASCII);
            endless.send(RawWebSocket.TEXT, false, fragment);
            for (int i = 0; i < LIMIT / 1_000; i++) {
                endless.send(RawWebSocket.CONTINUATION, false, fragment);
            }
            assertThat(expectFrame(endless).closeCode()).isEqualTo(1009);
            node.awaitSessions(1);
        }
    }

    @Test
    void unfinished_texts_of_many_peers_together_stay_within_their_bound() throws IOException {
        // The budget is 25,000 bytes, so one of the three passes it, whichever the node reads last.
        byte[] unfinished = "x".repeat(9_000).getBytes(StandardCharsets.US_ASCII);
        List<RawWebSocket> strangers = List.of(connect(), connect(), connect());
        node.awaitSessions(4);
        for (RawWebSocket stranger : strangers) {
            stranger.send(RawWebSocket.TEXT, false, unfinished);
        }
        node.awaitSessions(3);
        assertThat(node.counters().drops(Drop.OVERLOADED)).isEqualTo(1);
        for (RawWebSocket stranger : strangers) {
            stranger.close();
        }
        node.awaitSessions(1);

        // What they held is free again.
        try (RawWebSocket later = connect();
                RawWebSocket alsoLater = connect()) {
            later.send(RawWebSocket.TEXT, false, unfinished);
            alsoLater.send(RawWebSocket.TEXT, false, unfinished);
            later.send(RawWebSocket.CONTINUATION, true, new byte[0]);
            alsoLater.send(RawWebSocket.CONTINUATION, true, new byte[0]);
            await().atMost(PATIENCE).until(() -> node.texts().size() == 2);
        }
        assertThat(node.counters().drops(Drop.OVERLOADED)).isEqualTo(1);
    }

    @Test
    void fragments_are_put_together_even_where_they_cut_a_character() throws IOException {
        byte[] text = "caf\u00e9 \ud83d\ude00!".getBytes(StandardCharsets.UTF_8);
        honest.send(RawWebSocket.TEXT, false, new byte[] {text[0], text[1], text[2], text[3]});
        for (int i = 4; i < text.length; i++) {
            honest.send(RawWebSocket.CONTINUATION, i == text.length - 1, new byte[] {text[i]});
        }
        await().atMost(PATIENCE).until(() -> node.texts().contains("caf\u00e9 \ud83d\ude00!"));
        assertThat(node.counters().bytesIn()).isEqualTo(text.length);
    }

    @Test
    void text_that_is_not_utf8_ends_only_the_session_that_sent_it() throws IOException {
        try (RawWebSocket bad = connect()) {
            node.awaitSessions(2);
            bad.send(RawWebSocket.TEXT, true, new byte[] {(byte) 0xc3, 0x28});
            assertThat(expectFrame(bad).closeCode()).isEqualTo(1007);
            node.awaitSessions(1);
        }
        assertThat(node.texts()).isEmpty();
    }

    @Test
    void binary_messages_are_ignored_and_counted() throws IOException {
        honest.send(RawWebSocket.BINARY, false, new byte[20_000]);
        honest.send(RawWebSocket.CONTINUATION, true, new byte[20_000]);
        honest.send(RawWebSocket.BINARY, true, new byte[0]);
        await().atMost(PATIENCE).until(() -> node.counters().drops(Drop.BINARY) == 2);
        assertThat(node.sessions()).hasSize(1);
    }

    @Test
    void a_ping_is_answered() throws IOException {
        honest.send(RawWebSocket.PING, true, new byte[] {7});
        assertThat(expectFrame(honest).opcode()).isEqualTo(RawWebSocket.PONG);
    }

    @Test
    void a_frame_with_reserved_bits_ends_only_its_session() throws IOException {
        try (RawWebSocket bad = connect()) {
            node.awaitSessions(2);
            bad.send(RawWebSocket.TEXT | 0x30, true, new byte[] {1});
            assertThat(expectFrame(bad).closeCode()).isEqualTo(1002);
            node.awaitSessions(1);
        }
    }

    @Test
    void a_received_text_names_the_peer_it_came_from() throws IOException {
        honest.sendText("who am I");
        await().atMost(PATIENCE).until(() -> node.messages().size() == 1);
        Message message = node.messages().getFirst();
        assertThat(message.topic().name()).isEqualTo("plain");
        assertThat(message.header(Message.PEER_HEADER)).isEqualTo("127.0.0.1:" + honest.localPort());
    }

    @Test
    void a_text_that_is_too_large_to_send_is_refused_with_the_rule() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> node.mesh().sendToPlainPeers("x".repeat(LIMIT + 1)))
                .withMessageContaining("10001 bytes")
                .withMessageContaining("mesh.limits.max-message-bytes");
    }

    private RawWebSocket connect() {
        try {
            return RawWebSocket.dial("localhost", node.port(), "/", Map.of());
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Frame expectFrame(RawWebSocket peer) throws IOException {
        peer.readTimeoutMillis((int) PATIENCE.toMillis());
        @Nullable Frame frame = peer.read();
        assertThat(frame).isNotNull();
        return java.util.Objects.requireNonNull(frame);
    }
}
