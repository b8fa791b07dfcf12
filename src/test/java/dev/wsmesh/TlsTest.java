package dev.wsmesh;

import static dev.wsmesh.TestNode.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.wsmesh.identity.ClusterKey;
import dev.wsmesh.node.MeshCounters.DialFailure;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** Plain peers and nodes with a cluster key over wss://, with certificates that the test makes. */
@ExtendWith(OutputCaptureExtension.class)
class TlsTest {

    private static final String LOCALHOST = "dns:localhost";

    private static final String KEY = ClusterKey.generate();

    /** What two nodes are to each other. */
    enum Peers {
        PLAIN("--plain-peers=", "--mesh.plain-peers.enabled=true"),
        LINKED("--mesh.peers=", "--mesh.key=" + KEY);

        private final String dialled;
        private final String common;

        Peers(String dialled, String common) {
            this.dialled = dialled;
            this.common = common;
        }

        TestNode start(List<String> properties, String... more) {
            return TestNode.start(Stream.of(Stream.of(common), properties.stream(), Stream.of(more))
                    .flatMap(each -> each)
                    .toArray(String[]::new));
        }
    }

    @TempDir
    static Path directory;

    private static TestCertificates certificates;

    @BeforeAll
    static void makeCertificates() throws Exception {
        certificates = new TestCertificates(directory)
                .authority("authority")
                .authority("stranger")
                .signed("server", "authority", LOCALHOST)
                .signed("other-name", "authority", "dns:elsewhere.mesh.test")
                .expired("expired", "authority", LOCALHOST)
                .signed("client", "authority", "dns:client.mesh.test")
                .signed("strange-client", "stranger", "dns:client.mesh.test");
    }

    @ParameterizedTest
    @EnumSource
    void a_wss_peer_is_linked_when_its_certificate_is_trusted_and_names_it(Peers peers) {
        try (TestNode server = server(peers, "server");
                TestNode client = client(peers, server, "", "authority")) {
            awaitPeer(server);
            awaitPeer(client);
            if (peers == Peers.PLAIN) {
                server.mesh().sendToPlainPeers("in private");
                await().atMost(PATIENCE).until(() -> client.texts().contains("in private"));
            } else {
                assertThat(client.neighbours()).containsExactly(server.id());
                server.mesh().publish("t", "in private");
                await().atMost(PATIENCE).until(() -> client.texts("t").contains("in private"));
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_certificate_that_names_another_host_is_refused_in_one_line(Peers peers, CapturedOutput output) {
        assertRefusesCertificate(peers, "other-name", "No subject alternative DNS name matching localhost", output);
    }

    @ParameterizedTest
    @EnumSource
    void a_certificate_that_has_expired_is_refused_in_one_line(Peers peers, CapturedOutput output) {
        assertRefusesCertificate(peers, "expired", "validity check failed", output);
    }

    private static void assertRefusesCertificate(
            Peers peers, String certificate, String complaint, CapturedOutput output) {
        try (TestNode server = server(peers, certificate);
                TestNode client = client(peers, server, "", "authority")) {
            assertTlsFailure(client);
            await().atMost(PATIENCE)
                    .until(() ->
                            client.mesh().view().configuredPeers().getFirst().failedDials() >= 3);
            assertThat(peers(server)).isZero();
            assertThat(peers(client)).isZero();
            assertThat(output.getOut().lines().filter(line -> line.contains("WARN")))
                    .as("what repeats itself is told once")
                    .singleElement()
                    .asString()
                    .contains("dialling wss://localhost:" + server.port(), "TLS failed: ", complaint);
        }
    }

    @Test
    void a_certificate_of_another_authority_is_refused() {
        try (TestNode server = server(Peers.PLAIN, "server");
                TestNode client = client(Peers.PLAIN, server, "", "stranger");
                TestNode withoutBundle = TestNode.start("--plain-peers=wss://localhost:" + server.port())) {
            assertTlsFailure(client);
            assertTlsFailure(withoutBundle);
        }
    }

    @Test
    void ws_to_a_tls_port_and_wss_to_a_plain_port_fail_and_are_dialled_again() {
        try (TestNode server = server(Peers.PLAIN, "server");
                TestNode plain = TestNode.start();
                TestNode client = TestNode.start(
                        "--plain-peers=ws://localhost:" + server.port() + ",wss://localhost:" + plain.port())) {
            await().atMost(PATIENCE)
                    .until(() ->
                            client.mesh().view().configuredPeers().stream().allMatch(peer -> peer.failedDials() >= 2));
            assertThat(client.sessions()).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_server_that_asks_for_certificates_takes_peers_that_show_a_trusted_one_and_no_others(Peers peers) {
        try (TestNode server = server(peers, "server", "--server.ssl.client-auth=need");
                TestNode none = client(peers, server, "", "authority");
                TestNode stranger = client(peers, server, "strange-client", "authority");
                TestNode client = client(peers, server, "client", "authority")) {
            awaitPeer(client);
            await().atMost(PATIENCE)
                    .until(() -> List.of(none, stranger).stream()
                            .allMatch(node -> node.mesh()
                                            .view()
                                            .configuredPeers()
                                            .getFirst()
                                            .failedDials()
                                    >= 2));
            assertThat(peers(none)).isZero();
            assertThat(peers(stranger)).isZero();
            assertThat(peers(client)).isEqualTo(1);
            awaitPeer(server);
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_renewed_certificate_of_the_server_is_shown_without_a_restart(Peers peers, @TempDir Path own)
            throws Exception {
        TestCertificates renewed = new TestCertificates(own)
                .authority("authority")
                .expired("server", "authority", LOCALHOST)
                .signed("next", "authority", LOCALHOST);
        List<String> bundle = renewed.bundle("web", "server", "authority");
        bundle.add("--server.ssl.bundle=web");
        bundle.addAll(reloading("web"));
        try (TestNode server = peers.start(bundle);
                TestNode client = start(peers, renewed.bundle("mesh", "", "authority"), server)) {
            assertTlsFailure(client);
            renewed.renew("server", "next");
            awaitPeer(client);
        }
    }

    @Test
    void a_renewed_trust_and_certificate_of_the_client_are_used_without_a_restart(@TempDir Path own) throws Exception {
        TestCertificates renewed = new TestCertificates(own)
                .authority("authority")
                .authority("old")
                .signed("server", "authority", LOCALHOST)
                .signed("client", "old", "dns:client.mesh.test")
                .signed("next", "authority", "dns:client.mesh.test");
        List<String> web = renewed.bundle("web", "server", "authority");
        web.addAll(List.of("--server.ssl.bundle=web", "--server.ssl.client-auth=need"));
        List<String> mesh = renewed.bundle("mesh", "client", "old");
        mesh.addAll(reloading("mesh"));
        try (TestNode server = Peers.LINKED.start(web);
                TestNode client = start(Peers.LINKED, mesh, server)) {
            assertTlsFailure(client);
            renewed.renew("old", "authority");
            renewed.renew("client", "next");
            awaitPeer(client);
            awaitPeer(server);
        }
    }

    private static void assertTlsFailure(TestNode client) {
        await().atMost(PATIENCE).until(() -> client.counters().dialFailures(DialFailure.TLS) >= 1);
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(client.mesh()
                                .view()
                                .configuredPeers()
                                .getFirst()
                                .lastFailure())
                        .startsWith("TLS failed"));
        assertThat(peers(client)).isZero();
    }

    private static void awaitPeer(TestNode node) {
        await().atMost(PATIENCE).until(() -> peers(node) == 1);
    }

    private static int peers(TestNode node) {
        return node.sessions().size() + node.neighbours().size();
    }

    private static List<String> reloading(String bundle) {
        return List.of(
                "--spring.ssl.bundle.pem." + bundle + ".reload-on-update=true",
                "--spring.ssl.bundle.watch.file.quiet-period=100ms");
    }

    private static TestNode server(Peers peers, String certificate, String... properties) {
        List<String> all = certificates.bundle("web", certificate, "authority");
        all.add("--server.ssl.bundle=web");
        return peers.start(all, properties);
    }

    private static TestNode client(Peers peers, TestNode server, String certificate, String trusted) {
        return start(peers, certificates.bundle("mesh", certificate, trusted), server);
    }

    private static TestNode start(Peers peers, List<String> bundle, TestNode server) {
        return peers.start(bundle, "--mesh.ssl.bundle=mesh", peers.dialled + "wss://localhost:" + server.port());
    }
}
