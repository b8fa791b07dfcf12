package dev.wsmesh.websocket;

import static dev.wsmesh.TestNode.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.wsmesh.protocol.Limits;
import dev.wsmesh.seed.RawWebSocket;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.springframework.web.socket.BinaryMessage;
import org.springframework.web.socket.WebSocketHandler;
import org.springframework.web.socket.WebSocketSession;
import org.springframework.web.socket.handler.BinaryWebSocketHandler;

/** Of a session that this node dialled (docs/adr/0513). */
class ReadSizeTest {

    private static final int FRAME_BYTES = 60_000;
    private static final int PART_BYTES = 8 << 10;

    /** Parts are how a slow peer is seen to be alive, whatever the size of its fragments. */
    @Test
    void what_comes_is_seen_by_and_by() throws Exception {
        BlockingQueue<BinaryMessage> parts = new LinkedBlockingQueue<>();
        try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            CompletableFuture<RawWebSocket> peer = CompletableFuture.supplyAsync(() -> RawWebSocket.accept(server));
            connector()
                    .connect(
                            new PeerTarget(PeerUrl.parse("ws://localhost:" + server.getLocalPort()), Map.of(), false),
                            List.of(),
                            partsTo(parts));
            try (RawWebSocket accepted = peer.get(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                accepted.send(RawWebSocket.BINARY, true, new byte[FRAME_BYTES]);
                int left = FRAME_BYTES;
                for (boolean last = false; !last; ) {
                    BinaryMessage part =
                            Objects.requireNonNull(parts.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS), "nothing came");
                    assertThat(part.getPayloadLength()).isBetween(1, PART_BYTES);
                    left -= part.getPayloadLength();
                    last = part.isLast();
                }
                assertThat(left).isZero();
            }
        }
    }

    /** It cannot be seen from without how much is read at a time: this is what Tomcat's client makes the buffer for it by. */
    @Test
    void a_usual_frame_is_read_at_once() {
        assertThat(connector().readBytes()).isEqualTo(Limits.FRAME_TARGET_BYTES);
    }

    private static Connector connector() {
        return new Connector(PATIENCE, NoTls.CONTEXT, ProxySettings.NONE);
    }

    private static WebSocketHandler partsTo(BlockingQueue<BinaryMessage> parts) {
        return new BinaryWebSocketHandler() {
            @Override
            public void afterConnectionEstablished(WebSocketSession session) {
                SessionTuning.tune(session, PATIENCE);
            }

            @Override
            protected void handleBinaryMessage(WebSocketSession session, BinaryMessage message) {
                parts.add(message);
            }

            @Override
            public boolean supportsPartialMessages() {
                return true;
            }
        };
    }
}
