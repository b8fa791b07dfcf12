package dev.wsmesh.gateway.stomp;

import static org.awaitility.Awaitility.await;

import dev.wsmesh.TestNode;
import dev.wsmesh.protocol.Bytes;
import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.springframework.messaging.MessageDeliveryException;
import org.springframework.messaging.simp.stomp.StompCommand;
import org.springframework.messaging.simp.stomp.StompFrameHandler;
import org.springframework.messaging.simp.stomp.StompHeaders;
import org.springframework.messaging.simp.stomp.StompSession;
import org.springframework.messaging.simp.stomp.StompSessionHandlerAdapter;
import org.springframework.scheduling.concurrent.SimpleAsyncTaskScheduler;
import org.springframework.web.socket.WebSocketHttpHeaders;
import org.springframework.web.socket.client.standard.StandardWebSocketClient;
import org.springframework.web.socket.messaging.WebSocketStompClient;

/** A client with Spring's WebSocketStompClient, and a record of everything that it received. */
final class StompPeer implements AutoCloseable {

    /** One MESSAGE. */
    record Received(StompHeaders headers, Bytes body) {
        String text() {
            return new String(body.toArray(), StandardCharsets.UTF_8);
        }
    }

    private final SimpleAsyncTaskScheduler scheduler = new SimpleAsyncTaskScheduler();
    private final WebSocketStompClient client = new WebSocketStompClient(new StandardWebSocketClient());
    private final List<Received> received = new CopyOnWriteArrayList<>();
    private final CompletableFuture<String> error = new CompletableFuture<>();
    private final StompSession session;

    private StompPeer(String url, StompHeaders connect, WebSocketHttpHeaders upgrade) throws Exception {
        client.setTaskScheduler(scheduler);
        client.setInboundMessageSizeLimit(4 << 20);
        session = client.connectAsync(url, upgrade, connect, new Handler()).get(20, TimeUnit.SECONDS);
        session.setAutoReceipt(true);
    }

    static StompPeer connect(String url) throws Exception {
        return new StompPeer(url, new StompHeaders(), new WebSocketHttpHeaders());
    }

    static StompPeer connect(String url, WebSocketHttpHeaders upgrade) throws Exception {
        return new StompPeer(url, new StompHeaders(), upgrade);
    }

    static StompPeer connect(String url, String passcode) throws Exception {
        StompHeaders headers = new StompHeaders();
        headers.setPasscode(passcode);
        return new StompPeer(url, headers, new WebSocketHttpHeaders());
    }

    /** Goes on behind this message. */
    StompPeer resumed(String destination, Received last) throws Exception {
        StompHeaders headers = new StompHeaders();
        headers.setDestination(destination);
        headers.set(MeshBroker.RESUME_HEADER, String.valueOf(last.headers().getFirst(MeshBroker.POSITION_HEADER)));
        awaitReceipt(session.subscribe(headers, new Frames()));
        return this;
    }

    /** Subscribes, and returns once the receipt has come. */
    StompPeer subscribed(String destination) throws Exception {
        awaitReceipt(session.subscribe(destination, new Frames()));
        return this;
    }

    /** Subscribes at a broker that gives no receipts. */
    StompPeer subscribe(String destination) {
        StompSession.Subscription _ = session.subscribe(destination, new Frames());
        return this;
    }

    /** Sends, and returns once the receipt has come. */
    void send(StompHeaders headers, byte[] body) throws Exception {
        awaitReceipt(session.send(headers, body));
    }

    void send(String destination, String text) throws Exception {
        StompHeaders headers = new StompHeaders();
        headers.setDestination(destination);
        headers.setContentType(org.springframework.util.MimeTypeUtils.TEXT_PLAIN);
        send(headers, text.getBytes(StandardCharsets.UTF_8));
    }

    /** Sends, and waits for nothing. */
    void fire(String destination, String text) {
        StompHeaders headers = new StompHeaders();
        headers.setDestination(destination);
        fire(headers, text);
    }

    void fire(StompHeaders headers, String text) {
        session.setAutoReceipt(false);
        StompSession.Receiptable _ = session.send(headers, text.getBytes(StandardCharsets.UTF_8));
        session.setAutoReceipt(true);
    }

    List<Received> received() {
        return received;
    }

    List<String> texts() {
        return received.stream().map(Received::text).toList();
    }

    /** The reason of the ERROR frame that comes. */
    String error() throws Exception {
        return error.get(20, TimeUnit.SECONDS);
    }

    void awaitTexts(List<String> expected) {
        await().atMost(TestNode.PATIENCE).until(() -> texts().size() >= expected.size());
        org.assertj.core.api.Assertions.assertThat(texts()).isEqualTo(expected);
    }

    private void awaitReceipt(StompSession.Receiptable receiptable) throws Exception {
        CompletableFuture<Boolean> done = new CompletableFuture<>();
        receiptable.addReceiptTask(() -> done.complete(true));
        receiptable.addReceiptLostTask(() -> done.complete(false));
        CompletableFuture.anyOf(done, error).get(20, TimeUnit.SECONDS);
    }

    @Override
    public void close() {
        try {
            session.disconnect();
        } catch (MessageDeliveryException | IllegalStateException e) {
            // The node has ended the session, as it does after an error.
        }
        client.stop();
        scheduler.close();
    }

    private final class Frames implements StompFrameHandler {
        @Override
        public Type getPayloadType(StompHeaders headers) {
            return byte[].class;
        }

        @Override
        public void handleFrame(StompHeaders headers, @Nullable Object payload) {
            received.add(new Received(headers, payload == null ? Bytes.EMPTY : Bytes.wrap((byte[]) payload)));
        }
    }

    private final class Handler extends StompSessionHandlerAdapter {
        @Override
        public Type getPayloadType(StompHeaders headers) {
            return byte[].class;
        }

        @Override
        public void handleFrame(StompHeaders headers, @Nullable Object payload) {
            error.complete(String.valueOf(headers.getFirst("message")));
        }

        @Override
        public void handleException(
                StompSession session,
                @Nullable StompCommand command,
                StompHeaders headers,
                byte[] payload,
                Throwable exception) {
            error.complete("failed: " + exception);
        }
    }
}
