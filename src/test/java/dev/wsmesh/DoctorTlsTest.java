package dev.wsmesh;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wsmesh.cli.Terminal;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command {@code doctor} against nodes that speak TLS. */
class DoctorTlsTest {

    private final DoctorCalls doctor = new DoctorCalls();
    private final Terminal terminal = doctor.terminal();

    @TempDir
    static Path directory;

    private static TestCertificates certificates;

    @BeforeAll
    static void makeCertificates() throws Exception {
        certificates = new TestCertificates(directory)
                .authority("authority")
                .signed("server", "authority", "dns:localhost")
                .signed("other-name", "authority", "dns:elsewhere.mesh.test")
                .expired("expired", "authority", "dns:localhost");
    }

    @Test
    void a_certificate_that_is_trusted_and_names_the_peer_is_well() {
        try (TestNode node = server("server")) {
            assertThat(terminal.run("doctor", wss(node), "--ca", authority())).isZero();
            assertThat(terminal.out())
                    .containsPattern("tls +ok .* TLSv1.3; CN=server for localhost, by CN=authority, good until");
        }
    }

    @Test
    void a_certificate_of_an_unknown_authority_fails_at_tls() {
        try (TestNode node = server("server")) {
            doctor.fails("tls", wss(node));
            assertThat(terminal.lastLine())
                    .contains(
                            "the certificate of CN=server is by CN=authority, which is not trusted here; give that authority's certificate by --ca");
        }
    }

    @Test
    void a_certificate_for_another_name_fails_at_tls() {
        try (TestNode node = server("other-name")) {
            doctor.fails("tls", wss(node), "--ca", authority());
            assertThat(terminal.lastLine())
                    .contains("the certificate is for elsewhere.mesh.test, not for localhost; dial it by a name");
        }
    }

    @Test
    void a_certificate_whose_time_is_over_fails_at_tls() {
        try (TestNode node = server("expired")) {
            doctor.fails("tls", wss(node), "--ca", authority());
            assertThat(terminal.lastLine()).contains("was good until").contains("; renew it");
        }
    }

    @Test
    void the_wrong_scheme_is_told() {
        try (TestNode tls = server("server");
                TestNode plain = TestNode.start()) {
            doctor.fails("upgrade", tls.url());
            assertThat(terminal.lastLine()).endsWith("; dial it by wss:// instead of ws://");
            doctor.fails("tls", wss(plain));
            assertThat(terminal.lastLine()).endsWith("; dial it by ws:// instead of wss://");
        }
    }

    @Test
    void a_server_that_wants_a_certificate_is_told() {
        try (TestNode node = server("server", "--server.ssl.client-auth=need")) {
            doctor.fails("tls", wss(node), "--ca", authority());
            assertThat(terminal.lastLine()).contains("it wants a certificate of ours");
            assertThat(terminal.out()).containsPattern("tls +warning .*asks for a certificate of ours");
        }
    }

    private static TestNode server(String certificate, String... more) {
        List<String> properties = certificates.bundle("web", certificate, "authority");
        properties.add("--server.ssl.bundle=web");
        properties.addAll(List.of(more));
        return TestNode.start(properties.toArray(String[]::new));
    }

    private static String wss(TestNode node) {
        return "wss://localhost:" + node.port();
    }

    private static String authority() {
        return certificates.certificate("authority").toString();
    }
}
