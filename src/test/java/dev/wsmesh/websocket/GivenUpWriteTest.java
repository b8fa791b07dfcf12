package dev.wsmesh.websocket;

import static dev.wsmesh.TestNode.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.wsmesh.node.MeshCounters;
import dev.wsmesh.protocol.Limits;
import dev.wsmesh.seed.RawWebSocket;
import jakarta.websocket.server.ServerContainer;
import jakarta.websocket.server.ServerEndpointConfig;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.catalina.core.StandardContext;
import org.apache.catalina.servlets.DefaultServlet;
import org.apache.catalina.startup.Tomcat;
import org.apache.tomcat.websocket.server.WsSci;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.http.HttpHeaders;
import org.springframework.util.FileSystemUtils;
import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.WebSocketHandler;
import org.springframework.web.socket.WebSocketSession;
import org.springframework.web.socket.adapter.standard.StandardWebSocketHandlerAdapter;
import org.springframework.web.socket.adapter.standard.StandardWebSocketSession;
import org.springframework.web.socket.handler.BinaryWebSocketHandler;

/**
 * Whoever reads on as a write is given up, or after that, gets what was written and then nothing: no byte of anything else stands in
 * it, and nobody waits for that write any more (docs/adr/0515). On Tomcat, on either side of a connection.
 */
class GivenUpWriteTest {

    private static final Duration BOUND = Duration.ofMillis(300);

    /** So that a container that gave the write up by itself would have done so, and waits to send its Close. */
    private static final Duration LATER = BOUND.plusMillis(100);

    /** More than systems keep between two sockets. */
    private static final byte[] MESSAGE = message(16 << 20);

    /** More than systems keep between two sockets, and less than the message. */
    private static final int SOME = 8 << 20;

    private static final byte[] NOTHING = {};

    private final CompletableFuture<WebSocketSession> opened = new CompletableFuture<>();
    private final CompletableFuture<CloseStatus> ended = new CompletableFuture<>();
    /** Stands still until a write is to be overdue. */
    private final AtomicLong nanos = new AtomicLong(1);

    /** What is done with a connection whose write is stuck. */
    @FunctionalInterface
    private interface Then {
        void with(Stuck write) throws Exception;
    }

    /** A write that has taken longer than it may, for the peer does not read. */
    private record Stuck(
            RawWebSocket peer, LinkWriter writer, FutureTask<Boolean> writing, CompletableFuture<CloseStatus> ended) {

        CompletableFuture<Void> close() {
            CompletableFuture<Void> closed = new CompletableFuture<>();
            Thread _ = Thread.ofVirtual()
                    .start(() -> writer.close(CloseStatus.SESSION_NOT_RELIABLE, () -> closed.complete(null)));
            return closed;
        }

        void assertOver() throws IOException {
            assertThat(writing).as("the write").failsWithin(PATIENCE).withThrowableOfType(ExecutionException.class);
            assertThat(ended).as("the session, as the container tells").succeedsWithin(PATIENCE);
            assertNothingElseFrom(0);
        }

        void assertNothingElseFrom(int read) throws IOException {
            peer.readTimeoutMillis((int) PATIENCE.toMillis());
            assertThat(readOn(peer, read, Integer.MAX_VALUE))
                    .as("bytes that came")
                    .isLessThan(MESSAGE.length);
        }
    }

    @Test
    void who_accepted_writes_nothing_more_once_a_write_is_given_up() throws Exception {
        asWhoAccepted(GivenUpWriteTest::giveUp);
    }

    @Test
    void who_dialled_writes_nothing_more_once_a_write_is_given_up() throws Exception {
        asWhoDialled(GivenUpWriteTest::giveUp);
    }

    @Test
    void who_accepted_gives_nothing_up_by_itself_nor_lets_a_close_into_a_write() throws Exception {
        asWhoAccepted(GivenUpWriteTest::readOnAndStop);
    }

    @Test
    void who_dialled_gives_nothing_up_by_itself_nor_lets_a_close_into_a_write() throws Exception {
        asWhoDialled(GivenUpWriteTest::readOnAndStop);
    }

    /** Tomcat waits for its turn to answer, and calls the session closing: a Close of ours does nothing then. */
    @Test
    void a_peer_that_says_goodbye_and_does_not_read_is_ended_all_the_same() throws Exception {
        asWhoAccepted(write -> {
            write.peer().send(RawWebSocket.CLOSE, true, NOTHING);
            await().during(LATER).atMost(PATIENCE).until(write.writer()::isStuck);
            giveUp(write);
        });
    }

    private static void giveUp(Stuck write) throws Exception {
        write.close().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        write.assertOver();
    }

    /** What is under way goes on, then stops again, and is not overdue yet: the Close gets no turn. */
    private static void readOnAndStop(Stuck write) throws Exception {
        int read = readOn(write.peer(), 0, SOME);
        assertThat(read).isGreaterThanOrEqualTo(SOME);
        assertThat(write.writer().isStuck()).isFalse();
        write.close().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        write.assertNothingElseFrom(read);
    }

    private void asWhoAccepted(Then then) throws Exception {
        Path directory = Files.createTempDirectory("wsmesh-given-up");
        Tomcat tomcat = new Tomcat();
        tomcat.setBaseDir(directory.toString());
        tomcat.setPort(0);
        StandardContext context = (StandardContext) tomcat.addContext("", directory.toString());
        // What Tomcat looks for when it stops an application, in a JVM that does not let it.
        context.setClearReferencesThreadLocals(false);
        context.setClearReferencesRmiTargets(false);
        context.addServletContainerInitializer(new WsSci(), null);
        Tomcat.addServlet(context, "default", new DefaultServlet()).addMapping("/");
        tomcat.start();
        try {
            addEndpoint((ServerContainer) context.getServletContext().getAttribute(ServerContainer.class.getName()));
            int port = tomcat.getConnector().getLocalPort();
            try (RawWebSocket peer = RawWebSocket.dialWithSmallBuffer("localhost", port, "/")) {
                then.with(stuck(peer));
            }
        } finally {
            tomcat.stop();
            tomcat.destroy();
            FileSystemUtils.deleteRecursively(directory);
        }
    }

    private void asWhoDialled(Then then) throws Exception {
        try (ServerSocket server = new ServerSocket()) {
            server.setReceiveBufferSize(4_096);
            server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            CompletableFuture<RawWebSocket> accepted = CompletableFuture.supplyAsync(() -> RawWebSocket.accept(server));
            new Connector(PATIENCE, NoTls.CONTEXT, ProxySettings.NONE)
                    .connect(
                            new PeerTarget(PeerUrl.parse("ws://localhost:" + server.getLocalPort()), Map.of(), false),
                            List.of(),
                            handler());
            try (RawWebSocket peer = accepted.get(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                then.with(stuck(peer));
            }
        }
    }

    private Stuck stuck(RawWebSocket peer) throws Exception {
        WebSocketSession session = opened.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        WriteClock clock = new WriteClock(BOUND, nanos::get);
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
        await().during(LATER).atMost(PATIENCE).until(clock::isUnderWay);
        nanos.addAndGet(BOUND.toNanos());
        assertThat(writer.isStuck()).isTrue();
        return new Stuck(peer, writer, writing, ended);
    }

    /**
     * Reads until there is so much, or to the Close or the end of the stream, which may be in the middle of a fragment.
     *
     * @param read what has been read already
     * @return how much has come in whole fragments
     */
    private static int readOn(RawWebSocket peer, int read, int enough) throws IOException {
        int from = read;
        try {
            for (RawWebSocket.Frame frame = next(peer, from < enough);
                    frame != null;
                    frame = next(peer, from < enough)) {
                if (frame.opcode() == RawWebSocket.CLOSE) {
                    assertThat(frame.closeCode()).isEqualTo(CloseStatus.SESSION_NOT_RELIABLE.getCode());
                    return from;
                }
                int end = from + frame.payload().length;
                assertThat(frame.opcode()).isEqualTo(from == 0 ? RawWebSocket.BINARY : RawWebSocket.CONTINUATION);
                assertThat(Arrays.equals(frame.payload(), Arrays.copyOfRange(MESSAGE, from, end)))
                        .as("bytes " + from + " to " + end + " are what was written")
                        .isTrue();
                from = end;
            }
        } catch (EOFException | SocketException e) {
            assertThat(e).as("the end in the middle of a fragment").isNotNull();
        }
        return from;
    }

    private static RawWebSocket.@Nullable Frame next(RawWebSocket peer, boolean more) throws IOException {
        return more ? peer.read() : null;
    }

    private WebSocketHandler handler() {
        return new BinaryWebSocketHandler() {
            @Override
            public void afterConnectionEstablished(WebSocketSession session) {
                opened.complete(session);
            }

            @Override
            public void afterConnectionClosed(WebSocketSession session, CloseStatus status) {
                ended.complete(status);
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

    private static byte[] message(int length) {
        byte[] message = new byte[length];
        for (int i = 0; i < length; i++) {
            message[i] = (byte) (i * 31 + (i >> 8));
        }
        return message;
    }
}
