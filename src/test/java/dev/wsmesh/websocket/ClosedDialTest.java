package dev.wsmesh.websocket;

import static dev.wsmesh.TestNode.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.wsmesh.node.MeshCounters.DialFailure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.web.socket.handler.AbstractWebSocketHandler;

/** A peer that takes the connection and closes it before it has said anything. */
class ClosedDialTest {

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void it_is_told_in_words_with_the_way_out(boolean reset) throws Exception {
        try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            CompletableFuture<Void> closed = CompletableFuture.runAsync(() -> acceptAndClose(server, reset));
            PeerTarget target =
                    new PeerTarget(PeerUrl.parse("ws://localhost:" + server.getLocalPort()), Map.of(), false);
            Connector connector = new Connector(PATIENCE, NoTls.CONTEXT, ProxySettings.NONE);
            ExecutionException failure = catchThrowableOfType(
                    ExecutionException.class,
                    () -> connector.connect(target, List.of(Subprotocol.NAME), new AbstractWebSocketHandler() {}));
            closed.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            DialException told = connector.failure(target, failure);
            assertThat(told.reason()).isEqualTo(DialFailure.CLOSED);
            assertThat(told)
                    .hasMessageStartingWith("the connection was closed before the upgrade was answered; see whether")
                    .hasMessageContaining("dial wss://")
                    .hasMessageNotContaining("Exception");
        }
    }

    private static void acceptAndClose(ServerSocket server, boolean reset) {
        try (Socket socket = server.accept()) {
            // All of the request is read, or else the system resets the connection by itself.
            byte[] end = {'\r', '\n', '\r', '\n'};
            for (int matched = 0; matched < end.length; ) {
                matched = socket.getInputStream().read() == end[matched] ? matched + 1 : 0;
            }
            if (reset) {
                socket.setSoLinger(true, 0);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
