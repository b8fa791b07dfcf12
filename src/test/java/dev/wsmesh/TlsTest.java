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

/** Peers over wss://, with a certificate that the test makes. */
class TlsTest {

    private static final String PASSWORD = "not-a-secret";

    @TempDir
    static Path directory;

    @BeforeAll
    static void makeCertificate() throws Exception {
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "node",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=localhost",
                        "-ext",
                        "san=dns:localhost",
                        "-storetype",
                        "PKCS12",
                        "-storepass",
                        PASSWORD,
                        "-keystore",
                        directory.resolve("node.p12").toString())
                .inheritIO()
                .start();
        assertThat(keytool.waitFor()).isZero();
    }

    @Test
    void a_wss_peer_is_linked_when_its_certificate_is_trusted_and_names_it() {
        try (TestNode server = server();
                TestNode client =
                        client("wss://localhost:" + server.port(), true).awaitSessions(1)) {
            server.awaitSessions(1);
            server.mesh().publish("in private");
            await().atMost(PATIENCE).until(() -> client.texts().contains("in private"));
        }
    }

    @Test
    void a_certificate_that_names_another_host_is_refused() {
        try (TestNode server = server();
                TestNode client = client("wss://127.0.0.1:" + server.port(), true)) {
            assertTlsFailure(client);
        }
    }

    @Test
    void a_certificate_that_is_not_trusted_is_refused() {
        try (TestNode server = server();
                TestNode client = client("wss://localhost:" + server.port(), false)) {
            assertTlsFailure(client);
        }
    }

    @Test
    void ws_to_a_tls_port_and_wss_to_a_plain_port_fail_and_are_dialled_again() {
        try (TestNode server = server();
                TestNode plain = TestNode.start();
                TestNode client =
                        client("ws://localhost:" + server.port() + ",wss://localhost:" + plain.port(), true)) {
            await().atMost(PATIENCE)
                    .until(() ->
                            client.mesh().view().configuredPeers().stream().allMatch(peer -> peer.failedDials() >= 2));
            assertThat(client.sessions()).isEmpty();
        }
    }

    private static void assertTlsFailure(TestNode client) {
        await().atMost(PATIENCE).until(() -> client.counters().dialFailures(DialFailure.TLS) >= 1);
        assertThat(client.mesh().view().configuredPeers().getFirst().lastFailure())
                .startsWith("TLS failed");
        assertThat(client.sessions()).isEmpty();
    }

    private static TestNode server() {
        return TestNode.start(
                "--spring.ssl.bundle.jks.node.keystore.location=file:" + directory.resolve("node.p12"),
                "--spring.ssl.bundle.jks.node.keystore.password=" + PASSWORD,
                "--server.ssl.bundle=node");
    }

    private static TestNode client(String peers, boolean trusts) {
        List<String> properties = new ArrayList<>(List.of("--mesh.peers=" + peers));
        if (trusts) {
            properties.add("--spring.ssl.bundle.jks.trust.truststore.location=file:" + directory.resolve("node.p12"));
            properties.add("--spring.ssl.bundle.jks.trust.truststore.password=" + PASSWORD);
            properties.add("--mesh.ssl.bundle=trust");
        }
        return TestNode.start(properties.toArray(String[]::new));
    }
}
