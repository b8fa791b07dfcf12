package dev.wsmesh;

import static dev.wsmesh.TestNode.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.wsmesh.node.ConfiguredPeerView;
import dev.wsmesh.node.ConfiguredPeerView.State;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A name with several addresses and {@code wss://}: every address is dialled, and at each of them a certificate counts that has the
 * name. Each node here has a loopback address of its own, as Linux allows, and no certificate has an address, but for one.
 */
class DiscoveryOverTlsTest {

    private static final String AUTHORITY = "authority";

    @TempDir
    static Path directory;

    private static TestCertificates certificates;

    private int port;

    @BeforeAll
    static void makeCertificates() throws Exception {
        certificates = new TestCertificates(directory)
                .authority(AUTHORITY)
                .signed("named", AUTHORITY, "dns:" + NamedAddresses.NAME)
                .signed("addressed", AUTHORITY, "ip:127.0.0.4");
    }

    @BeforeEach
    void choosePort() throws IOException {
        NamedAddresses.mean("127.0.0.4", "127.0.0.2", "127.0.0.3");
        port = FreePorts.find(1)[0];
    }

    @Test
    void replicas_behind_one_name_are_linked_with_all_others_whose_certificate_has_the_name() {
        try (TestNode one = replica("127.0.0.2");
                TestNode two = replica("127.0.0.3");
                TestNode three = replica("127.0.0.4")) {
            for (TestNode node : List.of(one, two, three)) {
                node.awaitNeighbours(2);
                await().atMost(PATIENCE)
                        .untilAsserted(() -> assertThat(states(node))
                                .containsExactlyInAnyOrder(State.SELF, State.CONNECTED, State.CONNECTED));
                assertThat(node.mesh().view().configuredPeers())
                        .allMatch(peer -> peer.url().startsWith("wss://" + NamedAddresses.NAME + ":" + port));
            }
            one.mesh().publish("t", "in private, to all");
            for (TestNode node : List.of(two, three)) {
                await().atMost(PATIENCE).until(() -> node.texts("t").equals(List.of("in private, to all")));
            }
        }
    }

    @Test
    void a_certificate_that_has_the_address_instead_of_the_name_is_refused_and_the_others_are_linked() {
        try (TestNode one = replica("127.0.0.2");
                TestNode two = replica("127.0.0.3");
                TestNode three = node("127.0.0.4", "addressed")) {
            one.awaitNeighbours(1);
            for (TestNode node : List.of(one, two)) {
                await().atMost(PATIENCE)
                        .untilAsserted(() -> assertThat(states(node))
                                .containsExactlyInAnyOrder(State.SELF, State.CONNECTED, State.UNREACHABLE));
                assertThat(node.mesh().view().configuredPeers())
                        .filteredOn(peer -> peer.state() == State.UNREACHABLE)
                        .singleElement()
                        .satisfies(peer -> assertThat(peer.url()).endsWith("127.0.0.4"))
                        .extracting(ConfiguredPeerView::lastFailure)
                        .asString()
                        .startsWith("TLS failed")
                        .contains(NamedAddresses.NAME);
            }
            assertThat(two.neighbours()).containsExactly(one.id());
            assertThat(three.neighbours()).isEmpty();
        }
    }

    /** One of those that all have the same configuration. */
    private TestNode replica(String host) {
        return node(host, "named", "--mesh.peers=wss://" + NamedAddresses.NAME + ":" + port);
    }

    private TestNode node(String host, String certificate, String... more) {
        List<String> properties = new ArrayList<>(certificates.bundle("web", certificate, ""));
        properties.addAll(certificates.bundle("mesh", "", AUTHORITY));
        properties.addAll(List.of(
                "--server.ssl.bundle=web",
                "--mesh.ssl.bundle=mesh",
                "--mesh.bind=" + host + ":" + port,
                "--mesh.membership.fill=false",
                "--mesh.discovery.interval=100ms",
                NamedAddresses.PROPERTY));
        properties.addAll(List.of(more));
        return TestNode.start(properties.toArray(String[]::new));
    }

    private static List<State> states(TestNode node) {
        return node.mesh().view().configuredPeers().stream()
                .map(ConfiguredPeerView::state)
                .toList();
    }
}
