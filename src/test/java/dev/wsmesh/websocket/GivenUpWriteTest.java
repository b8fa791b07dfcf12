package dev.wsmesh.websocket;

import static dev.wsmesh.TestNode.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.wsmesh.node.MeshCounters;
import dev.wsmesh.protocol.Limits;
import dev.wsmesh.seed.RawWebSocket;
import jakarta.websocket.server.ServerContainer;
import jakarta.websocket.server.ServerEndpointConfig;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.apache.catalina.Context;
import org.apache.catalina.servlets.DefaultServlet;
import org.apache.catalina.startup.Tomcat;
import org.apache.tomcat.websocket.server.WsSci;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.http.HttpHeaders;
import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.WebSocketHandler;
import org.springframework.web.socket.WebSocketSession;
import org.springframework.web.socket.adapter.standard.StandardWebSocketHandlerAdapter;
import org.springframework.web.socket.adapter.standard.StandardWebSocketSession;
import org.springframework.web.socket.handler.BinaryWebSocketHandler;

/**
 * A peer that reads on just as a write to it is given up gets what was written or nothing: no byte of anything else stands in it
 * (docs/adr/0515). On Tomcat, on either side of a connection.
 */
class GivenUpWriteTest {

    private static final Duration BOUND = Duration.ofMillis(300);

    /** So that a container that gave the write up by itself would have done so. */
    private static final Duration LATER = Duration.ofMillis(100);

    /** More than systems keep between two sockets. */
    private static final byte[] MESSAGE = message(16 << 20);

    private final CompletableFuture<WebSocketSession> opened = new CompletableFuture<>();
    private final WriteClock clock = new WriteClock(BOUND);

    @Test
    void by_who_accepted(@TempDir Path directory) throws Exception {
        Tomcat tomcat = new Tomcat();
        tomcat.setBaseDir(directory.toString());
        tomcat.setPort(0);
        Context context = tomcat.addContext("", directory.toString());
        context.addServletContainerInitializer(new WsSci(), null);
        Tomcat.addServlet(context, "default", new DefaultServlet()).addMapping("/");
        tomcat.getConnector();
        tomcat.start();
        try {
            addEndpoint((ServerContainer) context.getServletContext().getAttribute(ServerContainer.class.getName()));
            try (RawWebSocket peer = RawWebSocket.dialWithSmallBuffer(
                    "localhost", tomcat.getConnector().getLocalPort(), "/")) {
                assertWholeOrNothing(peer);
            }
        } finally {
            tomcat.stop();
            tomcat.destroy();
        }
    }

    @Test
    void by_who_dialled() throws Exception {
        try (ServerSocket server = new ServerSocket()) {
            server.setReceiveBufferSize(4_096);
            server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            CompletableFuture<RawWebSocket> accepted = CompletableFuture.supplyAsync(() -> accept(server));
            new Connector(PATIENCE, NoTls.CONTEXT, ProxySettings.NONE)
                    .connect(
                            new PeerTarget(PeerUrl.parse("ws://localhost:" + server.getLocalPort()), Map.of(), false),
                            List.of(),
                            handler());
            try (RawWebSocket peer = accepted.get(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                assertWholeOrNothing(peer);
            }
        }
    }

    private void assertWholeOrNothing(RawWebSocket peer) throws Exception {
        WebSocketSession session = opened.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        LinkWriter writer = new LinkWriter(
                session,
                new LinkLimits(Limits.DEFAULT, PATIENCE, 16, 10_000, 1 << 20, BOUND),
                new LinkTraffic(new MeshCounters()),
                clock);
        FutureTask<Boolean> writing = new FutureTask<>(() -> {
            writer.write(MESSAGE);
            return true;
        });
        Thread _ = Thread.ofVirtual().start(writing);
        await().atMost(PATIENCE).until(writer::isStuck);
        await().during(LATER).atMost(PATIENCE).until(writer::isStuck);

        CompletableFuture<Void> closed = new CompletableFuture<>();
        Thread _ = Thread.ofVirtual()
                .start(() -> writer.close(CloseStatus.SESSION_NOT_RELIABLE, () -> closed.complete(null)));
        assertThat(readWhole(peer)).as("bytes that came").isLessThan(MESSAGE.length);
        closed.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        clock.wake();
        assertThat(writing)
                .as("a thread of whose write nobody else would hear any more")
                .failsWithin(PATIENCE)
                .withThrowableOfType(ExecutionException.class);
        assertThat(session.isOpen()).isFalse();
    }

    /** To the Close or the end of the stream, which may be in the middle of a fragment; how much came in whole ones. */
    private static int readWhole(RawWebSocket peer) throws IOException {
        int read = 0;
        try {
            for (RawWebSocket.Frame frame = peer.read(); frame != null; frame = peer.read()) {
                if (frame.opcode() == RawWebSocket.CLOSE) {
                    assertThat(frame.closeCode()).isEqualTo(CloseStatus.SESSION_NOT_RELIABLE.getCode());
                    return read;
                }
                int end = read + frame.payload().length;
                assertThat(frame.opcode()).isEqualTo(read == 0 ? RawWebSocket.BINARY : RawWebSocket.CONTINUATION);
                assertThat(Arrays.equals(frame.payload(), Arrays.copyOfRange(MESSAGE, read, end)))
                        .as("bytes " + read + " to " + end + " are what was written")
                        .isTrue();
                read = end;
            }
        } catch (EOFException e) {
            assertThat(e).as("the end in the middle of a fragment").isNotNull();
        }
        return read;
    }

    private WebSocketHandler handler() {
        return new BinaryWebSocketHandler() {
            @Override
            public void afterConnectionEstablished(WebSocketSession session) {
                opened.complete(session);
            }

            @Override
            public boolean supportsPartialMessages() {
                return true;
            }
        };
    }

    private void addEndpoint(ServerContainer container) throws Exception {
        container.addEndpoint(ServerEndpointConfig.Builder.create(StandardWebSocketHandlerAdapter.class, "/")
                .configurator(new ServerEndpointConfig.Configurator() {
                    @Override
                    public <T> T getEndpointInstance(Class<T> type) {
                        StandardWebSocketSession session =
                                new StandardWebSocketSession(new HttpHeaders(), Map.of(), null, null);
                        return type.cast(new StandardWebSocketHandlerAdapter(handler(), session));
                    }
                })
                .build());
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

    private static byte[] message(int length) {
        byte[] message = new byte[length];
        for (int i = 0; i < length; i++) {
            message[i] = (byte) (i * 31 + (i >> 8));
        }
        return message;
    }
}
