package dev.wsmesh.websocket;

import static dev.wsmesh.TestNode.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wsmesh.TestCertificates;
import dev.wsmesh.TestNode;
import dev.wsmesh.node.MeshCounters.DialFailure;
import dev.wsmesh.seed.RawWebSocket;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.pem.PemSslStoreBundle;
import org.springframework.boot.ssl.pem.PemSslStoreDetails;
import org.springframework.web.socket.WebSocketSession;
import org.springframework.web.socket.handler.AbstractWebSocketHandler;

/** A target that says at which of its name's addresses it is dialled; here the names have no address at all. */
class PinnedAddressTest {

    @TempDir
    static Path directory;

    private static TestCertificates certificates;
    private static SSLContext trust;

    @BeforeAll
    static void makeCertificates() throws Exception {
        certificates = new TestCertificates(directory)
                .authority("authority")
                .signed("node", "authority", "dns:node.mesh.test")
                .signed("other", "authority", "dns:other.mesh.test");
        String pem = "file:" + certificates.certificate("authority");
        trust = SslBundle.of(new PemSslStoreBundle(null, PemSslStoreDetails.forCertificate(pem)))
                .createSslContext();
    }

    @Test
    void the_peer_sees_the_name_and_everything_else_of_the_url() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            CompletableFuture<RawWebSocket.UpgradeRequest> request = CompletableFuture.supplyAsync(() -> serve(server));
            dial("ws://node.mesh.test:" + server.getLocalPort() + "/a%20b?c=d%26e", ProxySettings.NONE);
            RawWebSocket.UpgradeRequest seen = request.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            assertThat(seen.requestLine()).isEqualTo("GET /a%20b?c=d%26e HTTP/1.1");
            assertThat(seen.headers())
                    .containsEntry("host", "node.mesh.test:" + server.getLocalPort())
                    .containsEntry("sec-websocket-protocol", "one,two")
                    .doesNotContainKeys("origin", "sec-websocket-extensions");
        }
    }

    @Test
    void the_certificate_is_checked_against_the_name() throws Exception {
        try (TestNode server = server("node")) {
            dial("wss://node.mesh.test:" + server.port(), ProxySettings.NONE);
            server.awaitSessions(1);
        }
    }

    @Test
    void a_certificate_of_another_name_is_refused() throws Exception {
        try (TestNode server = server("other")) {
            String url = "wss://node.mesh.test:" + server.port();
            assertThatThrownBy(() -> dial(url, ProxySettings.NONE))
                    .isInstanceOfSatisfying(ExecutionException.class, e -> {
                        DialException failure = DialException.of(PeerUrl.parse(url), e);
                        assertThat(failure.reason()).isEqualTo(DialFailure.TLS);
                        assertThat(failure).hasMessageContaining("node.mesh.test");
                    });
            assertThat(server.sessions()).isEmpty();
        }
    }

    @Test
    void an_interrupt_ends_a_dial() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            CompletableFuture<Throwable> outcome = new CompletableFuture<>();
            Thread dialling = Thread.ofVirtual().start(() -> {
                try {
                    dial("ws://node.mesh.test:" + silent.getLocalPort(), ProxySettings.NONE);
                } catch (ExecutionException | InterruptedException | java.net.UnknownHostException e) {
                    outcome.complete(e);
                }
            });
            try (Socket _ = silent.accept()) {
                dialling.interrupt();
                assertThat(outcome.get(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                        .isInstanceOf(InterruptedException.class);
            }
        }
    }

    private static void dial(String url, ProxySettings proxies)
            throws ExecutionException, InterruptedException, java.net.UnknownHostException {
        InetAddress pinned = InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
        PeerTarget target = new PeerTarget(PeerUrl.parse(url), Map.of(), false, pinned);
        CompletableFuture<WebSocketSession> up = new CompletableFuture<>();
        new Connector(PATIENCE, () -> trust, proxies)
                .connect(target, List.of("one", "two"), new AbstractWebSocketHandler() {
                    @Override
                    public void afterConnectionEstablished(WebSocketSession session) {
                        up.complete(session);
                    }
                });
        assertThat(up)
                .isCompletedWithValueMatching(session -> pinned.equals(
                        Objects.requireNonNull(session.getRemoteAddress()).getAddress()));
    }

    private static RawWebSocket.UpgradeRequest serve(ServerSocket server) {
        try {
            Socket socket = server.accept();
            DataInputStream in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
            RawWebSocket.UpgradeRequest request = Objects.requireNonNull(RawWebSocket.readRequest(in));
            RawWebSocket.accept(socket, in, request);
            return request;
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static TestNode server(String certificate) {
        List<String> properties = certificates.bundle("web", certificate, "");
        properties.add("--server.ssl.bundle=web");
        return TestNode.start(properties.toArray(String[]::new));
    }
}
