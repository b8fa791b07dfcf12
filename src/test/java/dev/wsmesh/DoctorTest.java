package dev.wsmesh;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.wsmesh.cli.Terminal;
import dev.wsmesh.identity.ClusterKey;
import dev.wsmesh.seed.RawWebSocket;
import dev.wsmesh.seed.SeedProgram;
import dev.wsmesh.seed.SeedProgram.Habit;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.EnumSet;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The command {@code doctor} against real nodes, and against everything else that may be at the end of a URL. */
class DoctorTest {

    private static final Duration NEVER = Duration.ofHours(1);
    private static final String KEY = ClusterKey.generate();

    private final DoctorCalls doctor = new DoctorCalls();
    private final Terminal terminal = doctor.terminal();

    @Test
    void a_node_that_can_be_linked_with_is_well_and_knows_nothing_of_it_afterwards() {
        try (TestNode node = TestNode.start("--mesh.key=" + KEY, "--mesh.cluster=prod")) {
            terminal.with("MESH_KEY", KEY).with("MESH_CLUSTER", "prod");
            assertThat(terminal.run("doctor", node.url())).isZero();
            assertThat(terminal.lines().stream().map(line -> line.split(" ", 2)[0]))
                    .containsExactly("HOP", "route", "dns", "tcp", "upgrade", "handshake", "version", "all");
            assertThat(terminal.out()).contains("node " + node.id() + " of mesh prod, which knows the cluster key");
            assertThat(terminal.run("doctor", node.url().replace("ws:", "HTTP:")))
                    .isZero();
            assertThat(node.mesh().view().refusals()).isEmpty();
            assertThat(node.neighbours()).isEmpty();
            assertThat(node.core().links()).isEmpty();
        }
    }

    @Test
    void json_is_one_object_that_names_the_hop() {
        try (TestNode node = TestNode.start()) {
            assertThat(terminal.run("doctor", "--json", node.url())).isZero();
            assertThat(terminal.lines()).hasSize(1);
            assertThat(terminal.out()).contains("\"ok\":true,\"failed\":null", "{\"hop\":\"version\",\"state\":\"ok\"");
            assertThat(terminal.run("doctor", "--json", node.url() + "/no-such-path"))
                    .isEqualTo(1);
            assertThat(terminal.out()).contains("\"ok\":false,\"failed\":\"upgrade\"", "\"advice\":\"nothing is at");
        }
    }

    @Test
    void a_name_without_an_address_fails_at_dns() {
        doctor.fails("dns", "ws://no-such-host.invalid:8080");
        assertThat(terminal.lastLine())
                .contains("the host name no-such-host.invalid has no address here; check its spelling");
    }

    @Test
    void a_closed_port_fails_at_tcp() throws IOException {
        doctor.fails("tcp", "ws://localhost:" + freePort());
        assertThat(terminal.lastLine()).contains("connection refused", "; see whether the node runs there");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "http:/x", "ftp://host", "ws://host:99999", "ws://user:pw@host"})
    void what_is_no_url_is_wrong_usage(String url) {
        assertThat(terminal.run("doctor", url)).isEqualTo(2);
        assertThat(terminal.err().lines()).hasSize(1);
        assertThat(terminal.err()).startsWith("wsmesh: ").doesNotContain("pw");
        assertThat(terminal.out()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "--key=a!,a cluster key is base64",
        "--key-file=no-such-file,cannot be read",
        "--ca=no-such-file,cannot be read",
        "--proxy=socks5://me:pw@host:1,is not an HTTP proxy",
        "--timeout=5,is not a duration",
        "--header=x,"
    })
    void a_wrong_option_is_wrong_usage(String option, String complaint) {
        assertThat(terminal.run("doctor", "ws://localhost:1", option)).isEqualTo(2);
        assertThat(terminal.err().lines()).hasSize(1);
        assertThat(terminal.err())
                .contains(complaint == null ? "header" : complaint)
                .doesNotContain("pw@");
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName("localhost"))) {
            return socket.getLocalPort();
        }
    }

    @Nested
    class Through_a_proxy {

        @Test
        void a_peer_that_only_the_proxy_knows_by_name_is_well() throws IOException {
            try (TestProxy proxy = TestProxy.wanting("Basic bWU6cHc=");
                    TestNode node = TestNode.start()) {
                String url = "ws://far.mesh.test:" + node.port();
                terminal.with("HTTP_PROXY", "http://me:pw@localhost:" + proxy.port());
                assertThat(terminal.run("doctor", url)).isZero();
                assertThat(terminal.out())
                        .contains("by the proxy " + proxy.url() + ", from HTTP_PROXY", "a way to far.mesh.test:")
                        .doesNotContain("me:pw", "bWU6cHc");
                assertThat(proxy.requests()).hasSize(1);
                assertThat(terminal.with("NO_PROXY", ".mesh.test").run("doctor", url))
                        .isEqualTo(1);
                assertThat(terminal.lastLine()).startsWith("dns fails");
                assertThat(proxy.requests()).hasSize(1);
            }
        }

        @ParameterizedTest
        @CsvSource({
            "403 Forbidden, refuses a way to far.mesh.test:1 (403); allow CONNECT",
            "503 Service Unavailable, does not reach far.mesh.test:1 (503); see whether the peer runs",
            "405 Method Not Allowed, does not open a way to far.mesh.test:1 (405); check that --proxy names",
            "407 Proxy Authentication Required, (407); give them as http://user:password@host:port in --proxy"
        })
        void a_proxy_that_refuses_fails_at_the_proxy(String status, String expected) throws IOException {
            try (TestProxy proxy = TestProxy.refusing("HTTP/1.1 " + status)) {
                doctor.fails("proxy", "ws://far.mesh.test:1", "--proxy", proxy.url());
                assertThat(terminal.lastLine()).contains(expected);
            }
        }

        @Test
        void a_proxy_that_is_not_there_fails_before() throws IOException {
            doctor.fails("tcp", "ws://far.mesh.test", "--proxy", "localhost:" + freePort());
            assertThat(terminal.lastLine()).contains("the proxy's; check --proxy");
            doctor.fails("dns", "ws://far.mesh.test", "--proxy", "no-such-host.invalid:3128");
            assertThat(terminal.lastLine())
                    .contains("the proxy http://no-such-host.invalid:3128 has no address; check --proxy");
        }
    }

    @Nested
    class What_is_no_node {

        @ParameterizedTest
        @ValueSource(ints = {200, 302, 400, 401, 403, 404, 405, 426, 429, 500, 502, 503, 504})
        void a_web_server_fails_at_the_upgrade_with_advice_for_its_answer(int status) throws IOException {
            HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getByName("localhost"), 0), 0);
            server.createContext("/", exchange -> {
                byte[] body = "because of this\nand that".getBytes(StandardCharsets.US_ASCII);
                exchange.getResponseHeaders().set("Content-Type", "text/plain");
                exchange.sendResponseHeaders(status, body.length);
                exchange.getResponseBody().write(body);
                exchange.close();
            });
            server.start();
            try {
                doctor.fails("upgrade", "ws://localhost:" + server.getAddress().getPort() + "/mesh");
                assertThat(terminal.lastLine())
                        .contains("the answer is " + status + " instead of 101: because of this and that; ");
            } finally {
                server.stop(0);
            }
        }

        @Test
        void a_plain_peer_fails_at_the_upgrade() throws Exception {
            try (SeedProgram seed = SeedProgram.start(NEVER)) {
                doctor.fails("upgrade", seed.url());
                assertThat(terminal.lastLine())
                        .contains(
                                "speaks no subprotocol instead of wsmesh.v1; it is a plain peer",
                                "mesh.peers[n].plain: true");
            }
        }

        @Test
        void a_program_that_does_not_answer_fails_at_the_upgrade() throws Exception {
            try (SeedProgram silent = SeedProgram.start(0, NEVER, EnumSet.of(Habit.NEVER_ANSWERS))) {
                doctor.fails("upgrade", silent.url(), "--timeout", "300ms");
                assertThat(terminal.lastLine()).contains("no answer in time");
            }
        }

        @Test
        void another_protocol_fails_at_the_upgrade() throws Exception {
            try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getByName("localhost"))) {
                Thread.ofVirtual().start(() -> greetAsSsh(server));
                doctor.fails("upgrade", "ws://localhost:" + server.getLocalPort());
                assertThat(terminal.lastLine())
                        .contains("does not speak HTTP, but 'SSH-2.0-OpenSSH'; check host and port");
            }
        }

        private static void greetAsSsh(ServerSocket server) {
            try (Socket socket = server.accept()) {
                socket.getOutputStream().write("SSH-2.0-OpenSSH\r\n".getBytes(StandardCharsets.US_ASCII));
                int _ = socket.getInputStream().read();
            } catch (IOException e) {
                Thread.currentThread().setName("ended by " + e.getMessage());
            }
        }

        @Test
        void who_agrees_to_any_subprotocol_fails_at_the_handshake() throws Exception {
            try (OddPeer texts = OddPeer.saying(peer -> peer.sendText("hello"));
                    OddPeer bytes = OddPeer.saying(peer -> peer.send(RawWebSocket.BINARY, true, new byte[] {1, 2, 3}));
                    OddPeer leaves = OddPeer.saying(RawWebSocket::close)) {
                doctor.fails("handshake", texts.url());
                assertThat(terminal.lastLine()).contains("talks in texts; it is no node");
                doctor.fails("handshake", bytes.url());
                assertThat(terminal.lastLine()).contains("what it says is no handshake");
                doctor.fails("handshake", leaves.url());
                assertThat(terminal.lastLine()).contains("ended in the middle");
            }
        }
    }
}
