package dev.wsmesh.proxies;

import static dev.wsmesh.TestNode.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.wsmesh.NodeProcess;
import dev.wsmesh.TestCertificates;
import dev.wsmesh.TestNode;
import dev.wsmesh.node.MeshCounters.DialFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** Nodes that dial through Squid. */
@ExtendWith(OutputCaptureExtension.class)
class SquidIT {

    private static final Path BASIC_AUTH = Path.of("/usr/lib/squid/basic_ncsa_auth");
    private static final String PROXIED = "proxied.mesh.test";
    private static final String DIRECT = "direct.mesh.test";
    private static final String PASSWORD = "open-sesame";
    private static final String PASSWORD_HASH = "$1$saltsalt$Omjcn0qVxmemoOaJVnpUW.";

    @TempDir
    Path directory;

    @Test
    void a_peer_is_dialled_through_squid() throws Exception {
        try (TestNode peer = TestNode.start();
                Daemon squid = squid("http_access allow CONNECT");
                TestNode node = node(squid, "", peer.port()).awaitNeighbours(1)) {
            peer.awaitNeighbours(1);
            peer.mesh().publish("a.topic", "through squid");
            await().atMost(PATIENCE).until(() -> node.texts("a.topic").contains("through squid"));
        }
    }

    @Test
    void a_peer_is_dialled_through_squid_with_a_password(CapturedOutput output) throws Exception {
        try (TestNode peer = TestNode.start();
                Daemon squid = squidWithPassword();
                TestNode node =
                        node(squid, "mesh:" + PASSWORD + "@", peer.port()).awaitNeighbours(1)) {
            assertThat(node.neighbours()).containsExactly(peer.id());
            assertThat(output.getAll()).doesNotContain(PASSWORD);
        }
    }

    @Test
    void a_missing_and_a_wrong_password_are_told_as_such() throws Exception {
        try (Daemon squid = squidWithPassword();
                TestNode missing = node(squid, "", 1);
                TestNode wrong = node(squid, "mesh:wrong@", 1)) {
            assertProxyFailure(missing, "asks for credentials");
            assertProxyFailure(wrong, "does not accept the user and password of mesh.proxy (407)");
        }
    }

    @Test
    void a_port_that_squid_does_not_allow_and_a_peer_that_is_down_are_told_as_such() throws Exception {
        try (Daemon strict = squid("acl ssl port 443\nhttp_access deny CONNECT !ssl\nhttp_access allow all");
                Daemon squid = squid("http_access allow CONNECT");
                TestNode denied = node(strict, "", 1);
                TestNode down = node(squid, "", Daemon.freePort())) {
            assertProxyFailure(denied, "refuses a way to 127.0.0.1:1 (403)");
            assertProxyFailure(down, "does not reach 127.0.0.1:");
        }
    }

    /** Squid alone knows where the one host is, and lets nobody through to the other, which the node knows. */
    @ParameterizedTest
    @CsvSource({"wss, HTTPS_PROXY", "ws, HTTP_PROXY"})
    void a_process_dials_through_the_proxy_of_its_environment_and_directly_what_no_proxy_lists(
            String scheme, String variable) throws Exception {
        List<String> serverTls = new ArrayList<>();
        List<String> clientTls = new ArrayList<>();
        if (scheme.equals("wss")) {
            TestCertificates certificates = new TestCertificates(directory)
                    .authority("authority")
                    .signed("peer", "authority", "dns:" + PROXIED + ",dns:" + DIRECT);
            serverTls.addAll(certificates.bundle("server", "peer", ""));
            serverTls.add("--server.ssl.bundle=server");
            clientTls.addAll(certificates.bundle("mesh", "", "authority"));
            clientTls.add("--mesh.ssl.bundle=mesh");
        }
        try (TestNode proxied = TestNode.start(serverTls.toArray(String[]::new));
                TestNode direct = TestNode.start(serverTls.toArray(String[]::new));
                Daemon squid = squid("""
                        hosts_file %s
                        acl direct dstdomain %s
                        http_access deny CONNECT direct
                        http_access allow CONNECT
                        """.formatted(hosts("squid-hosts", PROXIED), DIRECT))) {
            List<String> arguments = new ArrayList<>(clientTls);
            arguments.addAll(List.of(
                    "--mesh.bind=localhost:0",
                    "--mesh.peers=" + scheme + "://" + PROXIED + ":" + proxied.port() + "," + scheme + "://" + DIRECT
                            + ":" + direct.port(),
                    "--mesh.dial.backoff-max=1s"));
            String proxy = "http://127.0.0.1:" + squid.port();
            try (NodeProcess node = process(Map.of(variable, proxy, "NO_PROXY", DIRECT), arguments)) {
                proxied.awaitNeighbours(1);
                direct.awaitNeighbours(1);
                assertThat(proxied.neighbours()).isEqualTo(direct.neighbours());
                assertThat(node.printed("WARN")).isFalse();
            }
            proxied.awaitNeighbours(0);
            direct.awaitNeighbours(0);
            try (NodeProcess node = process(Map.of(variable, proxy), arguments)) {
                proxied.awaitNeighbours(1);
                await().atMost(PATIENCE)
                        .until(() -> node.printed("refuses a way to " + DIRECT + ":" + direct.port() + " (403)"));
                assertThat(direct.neighbours()).isEmpty();
            }
        }
    }

    /** Another JVM, whose environment names these proxies and no others, and which knows one of the two hosts. */
    private NodeProcess process(Map<String, String> proxies, List<String> arguments) throws IOException {
        Map<String, String> environment = new HashMap<>();
        for (String name : List.of("HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY")) {
            environment.put(name, proxies.getOrDefault(name, ""));
            environment.put(name.toLowerCase(Locale.ROOT), "");
        }
        return NodeProcess.start(
                        List.of("-Djdk.net.hosts.file=" + hosts("node-hosts", DIRECT)),
                        environment,
                        arguments.toArray(String[]::new))
                .awaitUp();
    }

    private Path hosts(String file, String host) throws IOException {
        letOthersLookInto(directory);
        return Files.writeString(directory.resolve(file), "127.0.0.1 localhost\n127.0.0.1 " + host + "\n");
    }

    /** Where the tests run as root, Squid and its helper become another user, who must see its files. */
    private static void letOthersLookInto(Path directory) throws IOException {
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private static void assertProxyFailure(TestNode node, String expected) {
        await().atMost(PATIENCE).until(() -> node.counters().dialFailures(DialFailure.PROXY) >= 1);
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(
                                node.mesh().view().configuredPeers().getFirst().lastFailure())
                        .contains(expected));
    }

    private static TestNode node(Daemon squid, String credentials, int peer) {
        return TestNode.start(
                "--mesh.proxy=http://" + credentials + "127.0.0.1:" + squid.port(),
                "--mesh.peers=ws://127.0.0.1:" + peer);
    }

    private Daemon squidWithPassword() throws Exception {
        assumeTrue(Files.isExecutable(BASIC_AUTH), "squid's basic_ncsa_auth is not installed");
        Path users = Files.writeString(directory.resolve("users"), "mesh:" + PASSWORD_HASH + "\n");
        letOthersLookInto(directory);
        return squid("""
                auth_param basic program %s %s
                auth_param basic realm mesh
                acl known proxy_auth REQUIRED
                http_access allow CONNECT known
                """.formatted(BASIC_AUTH, users));
    }

    private Daemon squid(String access) throws IOException {
        Path program = Daemon.installed("squid");
        int port = Daemon.freePort();
        Path own = Files.createTempDirectory(directory, "squid");
        Path file = Files.writeString(own.resolve("squid.conf"), """
                http_port 127.0.0.1:%d
                pid_filename none
                %s
                http_access deny all
                access_log none
                cache_log /dev/null
                cache deny all
                coredump_dir none
                shutdown_lifetime 0 seconds
                """.formatted(port, access));
        // -N keeps it in the foreground, as one process; -n gives it shared memory of its own.
        return Daemon.start(
                own, port, List.of(program.toString(), "-n", "mesh" + port, "-N", "-d1", "-f", file.toString()));
    }
}
