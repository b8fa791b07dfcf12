package dev.wsmesh;

import static dev.wsmesh.TestNode.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.wsmesh.node.MeshCounters.DialFailure;
import dev.wsmesh.node.PeerChanges;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ProxySelector;
import java.net.ServerSocket;
import java.net.URI;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** Peers that are dialled through an HTTP proxy. */
@ExtendWith(OutputCaptureExtension.class)
class ProxyTest {

    private static final String SECRET = "s3cret@%";
    private static final String SECRET_IN_URL = "s3cret%40%25";
    /** Of {@code user:s3cret@%}. */
    private static final String AUTHORIZATION = "Basic dXNlcjpzM2NyZXRAJQ==";

    @Test
    void a_peer_is_dialled_through_the_proxy_which_alone_needs_to_know_its_name() throws Exception {
        try (TestProxy proxy = TestProxy.open();
                TestNode peer = TestNode.start();
                TestNode node = TestNode.start(
                                "--mesh.proxy=" + proxy.url(), "--plain-peers=ws://far.mesh.test:" + peer.port())
                        .awaitSessions(1)) {
            assertThat(proxy.requests().getFirst().requestLine())
                    .isEqualTo("CONNECT far.mesh.test:" + peer.port() + " HTTP/1.1");
            assertThat(proxy.requests().getFirst().headers()).doesNotContainKey("proxy-authorization");
            peer.awaitSessions(1);
            peer.mesh().sendToPlainPeers("through the proxy");
            await().atMost(PATIENCE).until(() -> node.texts().contains("through the proxy"));
        }
    }

    @Test
    void a_node_whose_names_only_the_proxy_knows_dials_what_others_tell_and_operators_add() throws Exception {
        int[] ports = FreePorts.find(2);
        try (TestProxy proxy = TestProxy.open();
                TestNode hub = TestNode.start();
                TestNode told = TestNode.startAt(
                        ports[0],
                        "--mesh.peers=" + hub.url(),
                        "--mesh.advertised-url=ws://told.mesh.test:" + ports[0]);
                TestNode added = TestNode.startAt(ports[1]);
                TestNode node = TestNode.start(
                        "--mesh.proxy=" + proxy.url(),
                        "--mesh.peers=ws://hub.mesh.test:" + hub.port(),
                        // So that nobody dials it instead.
                        "--mesh.outbound-only=true")) {
            await().atMost(PATIENCE).until(() -> node.neighbours().contains(told.id()));
            assertThat(node.bean(PeerChanges.class).add("ws://added.mesh.test:" + added.port()))
                    .isTrue();
            await().atMost(PATIENCE).until(() -> node.neighbours().contains(added.id()));
            assertThat(proxy.requests())
                    .extracting(request -> request.requestLine())
                    .contains(
                            "CONNECT told.mesh.test:" + told.port() + " HTTP/1.1",
                            "CONNECT added.mesh.test:" + added.port() + " HTTP/1.1");
        }
    }

    @Test
    void credentials_are_sent_to_the_proxy_and_shown_to_nobody(CapturedOutput output) throws Exception {
        try (TestProxy proxy = TestProxy.wanting(AUTHORIZATION);
                TestNode peer = TestNode.start();
                TestNode node = TestNode.start(
                                "--mesh.proxy=http://user:" + SECRET_IN_URL + "@localhost:" + proxy.port(),
                                "--mesh.peers[0].url=" + peer.url(),
                                "--mesh.peers[0].headers.Authorization=Bearer hidden-token",
                                "--mesh.peers[0].plain=true",
                                "--remark=Bearer hidden-token user:" + SECRET_IN_URL,
                                "--management.endpoints.web.exposure.include=*",
                                "--management.endpoint.env.show-values=always",
                                "--management.endpoint.configprops.show-values=always")
                        .awaitSessions(1)) {
            assertThat(proxy.requests()).hasSize(1);
            for (String path : List.of("/actuator/env", "/actuator/env/mesh.proxy", "/actuator/configprops")) {
                String body = node.get(path).body();
                assertThat(body)
                        .as(path)
                        .contains("***@localhost:" + proxy.port())
                        .doesNotContain("s3cret", "dXNlcj");
            }
            assertThat(node.get("/actuator/env").body()).doesNotContain("hidden-token");
            assertThat(node.get("/actuator/configprops").body()).doesNotContain("hidden-token");
            assertThat(output.getAll()).doesNotContain(SECRET, "s3cret", "dXNlcj", "hidden-token");
        }
    }

    @Test
    void wrong_credentials_are_told_without_showing_them(CapturedOutput output) throws Exception {
        try (TestProxy proxy = TestProxy.wanting(AUTHORIZATION);
                TestNode node = TestNode.start(
                        "--mesh.proxy=http://user:s3cret@localhost:" + proxy.port(),
                        "--plain-peers=ws://localhost:1")) {
            assertProxyFailure(
                    node, "the proxy " + proxy.url() + " does not accept the user and password of mesh.proxy (407)");
            assertThat(output.getAll()).contains("(407)").doesNotContain("s3cret");
        }
    }

    @Test
    void missing_credentials_are_told_with_what_to_do() throws Exception {
        try (TestProxy proxy = TestProxy.wanting(AUTHORIZATION);
                TestNode node = TestNode.start("--mesh.proxy=" + proxy.url(), "--plain-peers=ws://localhost:1")) {
            assertProxyFailure(
                    node,
                    "the proxy " + proxy.url()
                            + " (407), or the peer behind it (401), asks for credentials; those for the proxy"
                            + " are given as http://user:password@host:port in mesh.proxy");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "HTTP/1.1 403 Forbidden, refuses a way to localhost:1 (403); allow CONNECT",
        "HTTP/1.1 503 Service Unavailable, does not reach localhost:1 (503); see whether the peer runs",
        "HTTP/1.1 405 Method Not Allowed, does not open a way to localhost:1 (405); check that mesh.proxy names"
    })
    void a_proxy_that_opens_no_way_is_told_as_such(String statusLine, String expected) throws Exception {
        try (TestProxy proxy = TestProxy.refusing(statusLine);
                TestNode node = TestNode.start("--mesh.proxy=" + proxy.url(), "--plain-peers=wss://localhost:1")) {
            assertProxyFailure(node, "the proxy " + proxy.url() + " " + expected);
        }
    }

    @Test
    void a_proxy_that_cannot_be_reached_is_told_as_such() throws Exception {
        try (TestNode node = TestNode.start("--mesh.proxy=localhost:" + freePort(), "--plain-peers=ws://far:1")) {
            assertProxyFailure(node, "cannot be reached (connection refused); check mesh.proxy");
        }
        try (TestNode node =
                TestNode.start("--mesh.proxy=http://no-such-host.invalid:1", "--plain-peers=ws://localhost:1")) {
            assertProxyFailure(
                    node, "the host name of the proxy http://no-such-host.invalid:1 has no address; check mesh.proxy");
        }
    }

    @Test
    void a_failure_of_the_peer_behind_the_proxy_is_the_peers() throws Exception {
        try (TestProxy proxy = TestProxy.open();
                TestNode peer = TestNode.start();
                TestNode node = TestNode.start(
                        "--mesh.proxy=" + proxy.url(), "--plain-peers=" + peer.url() + "/no-such-path")) {
            await().atMost(PATIENCE).until(() -> node.counters().dialFailures(DialFailure.UPGRADE) >= 1);
            await().atMost(PATIENCE).until(() -> lastFailure(node).endsWith("(through the proxy " + proxy.url() + ")"));
            assertThat(node.counters().dialFailures(DialFailure.PROXY)).isZero();
        }
    }

    @Test
    void the_rest_of_the_program_keeps_its_own_proxy_settings() throws Exception {
        try (TestProxy proxy = TestProxy.open();
                TestNode peer = TestNode.start();
                TestNode node = TestNode.start("--mesh.proxy=" + proxy.url(), "--plain-peers=" + peer.url())
                        .awaitSessions(1)) {
            assertThat(ProxySelector.getDefault().select(URI.create("http://localhost:" + peer.port())))
                    .containsExactly(java.net.Proxy.NO_PROXY);
            assertThat(node.sessions()).hasSize(1);
        }
    }

    private static void assertProxyFailure(TestNode node, String expected) {
        await().atMost(PATIENCE).until(() -> node.counters().dialFailures(DialFailure.PROXY) >= 1);
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(lastFailure(node)).contains(expected));
        assertThat(node.sessions()).isEmpty();
    }

    private static String lastFailure(TestNode node) {
        return String.valueOf(node.mesh().view().configuredPeers().getFirst().lastFailure());
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName("localhost"))) {
            return socket.getLocalPort();
        }
    }
}
