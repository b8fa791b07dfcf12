package dev.wsmesh.gateway.stomp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.wsmesh.TestNode;
import dev.wsmesh.node.Publication;
import dev.wsmesh.node.PublishOptions;
import dev.wsmesh.protocol.Bytes;
import dev.wsmesh.protocol.Topic;
import dev.wsmesh.seed.RawWebSocket;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.messaging.simp.stomp.StompHeaders;

/** What single frames do at a node's endpoint, and what of them travels. */
class StompFramesTest {

    private static TestNode node;

    @BeforeAll
    static void start() {
        node = TestNode.start();
    }

    @AfterAll
    static void stop() {
        node.close();
    }

    private static String stomp() {
        return node.url() + "/stomp";
    }

    private static RawStomp raw() throws IOException {
        return RawStomp.connect(RawWebSocket.dial("localhost", node.port(), "/stomp", Map.of()), "0,0");
    }

    @ParameterizedTest
    @ValueSource(strings = {"image/png", "text/plain", "application/x-protobuf", "no type at all", ""})
    void bytes_arrive_as_they_are_whatever_they_are_called(String contentType) throws Exception {
        byte[] bytes = new byte[256];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) i;
        }
        try (StompPeer peer = StompPeer.connect(stomp()).subscribed("/topic/pictures")) {
            node.mesh()
                    .publish(new Publication(
                            new Topic("pictures"),
                            Bytes.copyOf(bytes),
                            contentType,
                            List.of(),
                            PublishOptions.DEFAULT));
            node.mesh().publish("pictures", "a text with \uFFFD in it");
            await().atMost(TestNode.PATIENCE).until(() -> peer.received().size() == 2);
            assertThat(peer.received().getFirst().body().toArray()).isEqualTo(bytes);
            assertThat(peer.received().getLast().text()).isEqualTo("a text with \uFFFD in it");
        }
    }

    @Test
    void neither_credentials_nor_what_means_something_to_spring_reach_other_clients() throws Exception {
        try (StompPeer peer = StompPeer.connect(stomp()).subscribed("/topic/orders.>");
                StompPeer sender = StompPeer.connect(stomp())) {
            StompHeaders headers = new StompHeaders();
            headers.setDestination("/topic/orders.a");
            headers.set("Authorization", "Bearer secret");
            headers.set("login", "anna");
            headers.set("passcode", "secret");
            headers.set("simpOrigDestination", "/topic/payments.approved");
            headers.set("colour", "blue");
            sender.send(headers, "x".getBytes(StandardCharsets.UTF_8));
            peer.awaitTexts(List.of("x"));
            StompHeaders got = peer.received().getFirst().headers();
            assertThat(got.getDestination()).isEqualTo("/topic/orders.a");
            assertThat(got.getFirst("colour")).isEqualTo("blue");
            assertThat(got.toString()).doesNotContain("secret", "anna", "payments");
        }
    }

    @Test
    void there_are_no_transactions_and_who_begins_one_is_told_so() throws Exception {
        try (RawStomp client = raw()) {
            client.send("BEGIN\ntransaction:t\nreceipt:1\n\n");
            assertRefused(client.read(), "no transactions");
        }
        try (RawStomp client = raw()) {
            client.send("SEND\ndestination:/topic/a\ntransaction:t\n\nx");
            assertRefused(client.read(), "no transactions");
        }
    }

    @Test
    void receipts_are_given_for_frames_that_ask_for_nothing_else() throws Exception {
        try (RawStomp client = raw()) {
            client.send("ACK\nid:1\nreceipt:acknowledged\n\n");
            assertThat(client.read())
                    .isNotNull()
                    .extracting(RawStomp.Frame::command)
                    .isEqualTo("RECEIPT");
            client.send("UNSUBSCRIBE\nid:7\nreceipt:unsubscribed\n\n");
            assertThat(client.read())
                    .isNotNull()
                    .extracting(RawStomp.Frame::command)
                    .isEqualTo("RECEIPT");
        }
    }

    @Test
    void the_receipt_of_a_send_has_the_name_under_which_subscribers_get_the_message() throws Exception {
        try (RawStomp sender = raw();
                RawStomp subscriber = raw().subscribe("a", "/topic/orders.*")) {
            sender.send("SEND\ndestination:/topic/orders.x\nreceipt:sent\n\nx");
            RawStomp.Frame receipt = Objects.requireNonNull(sender.read());
            RawStomp.Frame message = Objects.requireNonNull(subscriber.read());
            assertThat(receipt.headers()).containsEntry("receipt-id", "sent").containsKey("message-id");
            assertThat(receipt.headers().get("message-id"))
                    .isEqualTo(message.headers().get("message-id"));
            subscriber.send("UNSUBSCRIBE\nid:a\nreceipt:done\n\n");
            assertThat(Objects.requireNonNull(subscriber.read()).headers()).doesNotContainKey("message-id");
        }
    }

    private static void assertRefused(RawStomp.@Nullable Frame frame, String reason) {
        RawStomp.Frame error = Objects.requireNonNull(frame);
        assertThat(error.command()).isEqualTo("ERROR");
        assertThat(error.headers().get("message")).contains(reason);
    }
}
