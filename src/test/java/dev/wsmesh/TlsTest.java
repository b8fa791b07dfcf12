package dev.wsmesh;

import static dev.wsmesh.TestNode.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.wsmesh.node.MeshCounters.DialFailure;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Peers over wss://, with certificates that the test makes. */
class TlsTest {

    private static final String LOCALHOST = "dns:localhost";

    private static final String PLAIN = "--plain-peers=";
    private static final String LINKED = "--mesh.peers=";

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

    @Test
    void a_wss_peer_is_linked_when_its_certificate_is_trusted_and_names_it() {
        try (TestNode server = server("server");
                TestNode client = client(server, "", "authority").awaitSessions(1)) {
            server.awaitSessions(1);
            server.mesh().sendToPlainPeers("in private");
            await().atMost(PATIENCE).until(() -> client.texts().contains("in private"));
        }
    }

    @Test
    void a_certificate_that_names_another_host_is_refused() {
        try (TestNode server = server("other-name");
                TestNode client = client(server, "", "authority")) {
            assertTlsFailure(client);
        }
    }

    @Test
    void a_certificate_that_has_expired_is_refused() {
        try (TestNode server = server("expired");
                TestNode client = client(server, "", "authority")) {
            assertTlsFailure(client);
        }
    }

    @Test
    void a_certificate_of_another_authority_is_refused() {
        try (TestNode server = server("server");
                TestNode client = client(server, "", "stranger");
                TestNode withoutBundle = TestNode.start("--plain-peers=wss://localhost:" + server.port())) {
            assertTlsFailure(client);
            assertTlsFailure(withoutBundle);
        }
    }

    @Test
    void ws_to_a_tls_port_and_wss_to_a_plain_port_fail_and_are_dialled_again() {
        try (TestNode server = server("server");
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
    @ValueSource(strings = {PLAIN, LINKED})
    void a_server_that_asks_for_certificates_takes_peers_that_show_a_trusted_one_and_no_others(String peers) {
        try (TestNode server = server("server", "--server.ssl.client-auth=need");
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

    @Test
    void a_renewed_certificate_of_the_server_is_shown_without_a_restart(@TempDir Path own) throws Exception {
        TestCertificates renewed = new TestCertificates(own)
                .authority("authority")
                .expired("server", "authority", LOCALHOST)
                .signed("next", "authority", LOCALHOST);
        List<String> bundle = renewed.bundle("web", "server", "authority");
        bundle.add("--server.ssl.bundle=web");
        bundle.addAll(reloading("web"));
        try (TestNode server = TestNode.start(bundle.toArray(String[]::new));
                TestNode client = start(PLAIN, renewed.bundle("mesh", "", "authority"), server)) {
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
        try (TestNode server = TestNode.start(web.toArray(String[]::new));
                TestNode client = start(LINKED, mesh, server)) {
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

    private static TestNode server(String certificate, String... properties) {
        List<String> all = certificates.bundle("web", certificate, "authority");
        all.add("--server.ssl.bundle=web");
        all.addAll(List.of(properties));
        return TestNode.start(all.toArray(String[]::new));
    }

    private static TestNode client(TestNode server, String certificate, String trusted) {
        return client(PLAIN, server, certificate, trusted);
    }

    private static TestNode client(String peers, TestNode server, String certificate, String trusted) {
        return start(peers, certificates.bundle("mesh", certificate, trusted), server);
    }

    private static TestNode start(String peers, List<String> bundle, TestNode server) {
        List<String> properties = new ArrayList<>(bundle);
        properties.add("--mesh.ssl.bundle=mesh");
        properties.add(peers + "wss://localhost:" + server.port());
        return TestNode.start(properties.toArray(String[]::new));
    }
}
