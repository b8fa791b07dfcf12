package dev.wsmesh;

import static dev.wsmesh.TestNode.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.wsmesh.node.LinkView;
import dev.wsmesh.protocol.LinkId;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A certificate whose files are replaced while links are up, on the web container that a build swaps in, Tomcat or Jetty. */
class RenewedCertificateTest {

    private static final String AUTHORITY = "authority";
    private static final String LOCALHOST = "dns:localhost";

    @TempDir
    Path directory;

    @Test
    void whoever_connects_next_is_shown_the_renewed_certificate_and_the_link_that_is_up_stays() throws Exception {
        TestCertificates certificates = new TestCertificates(directory)
                .authority(AUTHORITY)
                .signed("server", AUTHORITY, LOCALHOST)
                .signed("next", AUTHORITY, LOCALHOST);
        Certificate first = read(certificates.certificate("server"));
        Certificate next = read(certificates.certificate("next"));
        Certificate authority = read(certificates.certificate(AUTHORITY));
        try (TestNode server = server(certificates);
                TestNode linked = client(certificates, server).awaitNeighbours(1)) {
            WebContainerTest.assertIsOnContainer(server);
            server.awaitNeighbours(1);
            List<LinkId> links = links(linked);
            assertThat(shownBy(server, authority)).isEqualTo(first);

            certificates.renew("server", "next");
            await().atMost(PATIENCE).until(() -> shownBy(server, authority).equals(next));

            server.mesh().publish("t", "over the link that was there before");
            await().atMost(PATIENCE).until(() -> linked.texts("t").size() == 1);
            assertThat(links(linked)).isEqualTo(links);
            try (TestNode newcomer = client(certificates, server)) {
                newcomer.awaitNeighbours(2);
                server.awaitNeighbours(2);
                assertThat(links(linked)).containsAll(links);
            }
        }
    }

    private static TestNode server(TestCertificates certificates) {
        List<String> properties = certificates.bundle("web", "server", "");
        properties.addAll(List.of(
                "--server.ssl.bundle=web",
                "--spring.ssl.bundle.pem.web.reload-on-update=true",
                "--spring.ssl.bundle.watch.file.quiet-period=100ms"));
        properties.addAll(certificates.bundle("mesh", "", AUTHORITY));
        properties.add("--mesh.ssl.bundle=mesh");
        return TestNode.start(properties.toArray(String[]::new));
    }

    private static TestNode client(TestCertificates certificates, TestNode server) {
        List<String> properties = certificates.bundle("mesh", "", AUTHORITY);
        properties.addAll(List.of("--mesh.ssl.bundle=mesh", "--mesh.peers=wss://localhost:" + server.port()));
        return TestNode.start(properties.toArray(String[]::new));
    }

    private static List<LinkId> links(TestNode node) {
        return node.mesh().view().links().stream().map(LinkView::id).toList();
    }

    /** What a client is shown that has never been here before: nothing of an earlier session is taken up again. */
    private static Certificate shownBy(TestNode server, Certificate trusted) throws Exception {
        SSLContext client = trusting(trusted);
        try (SSLSocket socket = (SSLSocket) client.getSocketFactory().createSocket("localhost", server.port())) {
            socket.startHandshake();
            return socket.getSession().getPeerCertificates()[0];
        }
    }

    private static SSLContext trusting(Certificate authority) throws Exception {
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry(AUTHORITY, authority);
        TrustManagerFactory managers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        managers.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, managers.getTrustManagers(), null);
        return context;
    }

    private static Certificate read(Path file) throws Exception {
        try (InputStream in = Files.newInputStream(file)) {
            return CertificateFactory.getInstance("X.509").generateCertificate(in);
        }
    }
}
