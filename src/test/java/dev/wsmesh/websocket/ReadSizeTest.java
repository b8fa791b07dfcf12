package dev.wsmesh.websocket;

import static dev.wsmesh.TestNode.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.wsmesh.seed.RawWebSocket;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.springframework.web.socket.BinaryMessage;
import org.springframework.web.socket.WebSocketHandler;
import org.springframework.web.socket.WebSocketSession;
import org.springframework.web.socket.handler.BinaryWebSocketHandler;

/** By itself Tomcat's client hands on what comes 8 KiB at a time, which costs a busy link a fifth of its throughput (docs/adr/0513). */
class ReadSizeTest {

    private static final int FRAME_BYTES = 60_000;

    @Test
    void what_a_peer_sends_in_one_piece_comes_in_one() throws Exception {
        BlockingQueue<BinaryMessage> parts = new LinkedBlockingQueue<>();
        try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            CompletableFuture<RawWebSocket> peer = CompletableFuture.supplyAsync(() -> accept(server));
            new Connector(PATIENCE, ReadSizeTest::noTls, ProxySettings.NONE)
                    .connect(
                            new PeerTarget(PeerUrl.parse("ws://localhost:" + server.getLocalPort()), Map.of(), false),
                            List.of(),
                            partsTo(parts));
            try (RawWebSocket accepted = peer.get(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                accepted.send(RawWebSocket.BINARY, true, new byte[FRAME_BYTES]);
                BinaryMessage first = parts.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
                assertThat(Objects.requireNonNull(first).getPayloadLength()).isEqualTo(FRAME_BYTES);
                assertThat(first.isLast()).isTrue();
            }
        }
    }

    private static WebSocketHandler partsTo(BlockingQueue<BinaryMessage> parts) {
        return new BinaryWebSocketHandler() {
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

    private static RawWebSocket accept(ServerSocket server) {
        try {
            Socket socket = server.accept();
            DataInputStream in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
            return RawWebSocket.accept(socket, in, Objects.requireNonNull(RawWebSocket.readRequest(in)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static SSLContext noTls() {
        try {
            return SSLContext.getDefault();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
