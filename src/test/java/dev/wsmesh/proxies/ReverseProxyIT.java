package dev.wsmesh.proxies;

import static dev.wsmesh.TestNode.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.wsmesh.TestCertificates;
import dev.wsmesh.TestNode;
import dev.wsmesh.node.MeshCounters.DialFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Nodes behind a reverse proxy that ends TLS and serves them at a path; the configurations are those of operations.md. */
class ReverseProxyIT {

    @TempDir
    static Path directory;

    private static TestCertificates certificates;

    @BeforeAll
    static void makeCertificates() throws Exception {
        certificates =
                new TestCertificates(directory).authority("authority").signed("proxy", "authority", "dns:localhost");
    }

    @Test
    void a_node_behind_nginx_is_dialled_by_the_name_and_path_of_nginx() throws Exception {
        Path nginx = Daemon.installed("nginx");
        try (TestNode node = TestNode.start();
                Daemon proxy = nginx(nginx, node.port())) {
            assertLinkedThrough(proxy, node);
        }
    }

    @Test
    void a_node_behind_haproxy_is_dialled_by_the_name_and_path_of_haproxy() throws Exception {
        Path haproxy = Daemon.installed("haproxy");
        try (TestNode node = TestNode.start();
                Daemon proxy = haproxy(haproxy, node.port())) {
            assertLinkedThrough(proxy, node);
        }
    }

    @Test
    void a_proxy_whose_node_is_down_is_told_by_its_status() throws Exception {
        Path nginx = Daemon.installed("nginx");
        try (Daemon proxy = nginx(nginx, Daemon.freePort());
                TestNode dialler = dialler(proxy)) {
            await().atMost(PATIENCE).until(() -> dialler.counters().dialFailures(DialFailure.UPGRADE) >= 1);
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(dialler.mesh()
                                    .view()
                                    .configuredPeers()
                                    .getFirst()
                                    .lastFailure())
                            .contains("502"));
        }
    }

    private static void assertLinkedThrough(Daemon proxy, TestNode node) {
        try (TestNode dialler = dialler(proxy).awaitNeighbours(1)) {
            node.awaitNeighbours(1);
            String large = "x".repeat(500_000);
            node.mesh().publish("a.topic", "from behind");
            dialler.mesh().publish("a.topic", large);
            await().atMost(PATIENCE).until(() -> dialler.texts("a.topic").contains("from behind"));
            await().atMost(PATIENCE).until(() -> node.texts("a.topic").contains(large));
        }
        node.awaitNeighbours(0);
    }

    private static TestNode dialler(Daemon proxy) {
        List<String> properties = certificates.bundle("mesh", "", "authority");
        properties.add("--mesh.ssl.bundle=mesh");
        properties.add("--mesh.peers=wss://localhost:" + proxy.port() + "/some/path/");
        return TestNode.start(properties.toArray(String[]::new));
    }

    private static Daemon nginx(Path program, int node) throws IOException {
        int port = Daemon.freePort();
        Path own = Files.createTempDirectory(directory, "nginx");
        Path file = Files.writeString(own.resolve("nginx.conf"), """
                daemon off;
                master_process off;
                pid nginx.pid;
                error_log stderr;
                events {}
                http {
                  access_log off;
                  client_body_temp_path body;
                  proxy_temp_path proxy;
                  fastcgi_temp_path fastcgi;
                  uwsgi_temp_path uwsgi;
                  scgi_temp_path scgi;
                  server {
                    listen 127.0.0.1:%d ssl;
                    server_name localhost;
                    ssl_certificate %s;
                    ssl_certificate_key %s;
                    location /some/path/ {
                      proxy_pass http://127.0.0.1:%d/;
                      proxy_http_version 1.1;
                      proxy_set_header Upgrade $http_upgrade;
                      proxy_set_header Connection "upgrade";
                      proxy_set_header Host $host;
                      proxy_read_timeout 1h;
                      proxy_send_timeout 1h;
                    }
                  }
                }
                """.formatted(
                        port, certificates.certificate("proxy"), certificates.key("proxy"), node));
        return Daemon.start(own, port, List.of(program.toString(), "-p", own + "/", "-c", file.toString()));
    }

    private static Daemon haproxy(Path program, int node) throws IOException {
        int port = Daemon.freePort();
        Path own = Files.createTempDirectory(directory, "haproxy");
        Path pem = Files.writeString(
                own.resolve("proxy.pem"),
                Files.readString(certificates.certificate("proxy")) + Files.readString(certificates.key("proxy")));
        Path file = Files.writeString(own.resolve("haproxy.cfg"), """
                defaults
                  mode http
                  timeout connect 5s
                  timeout client 60s
                  timeout server 60s
                  timeout tunnel 1h
                frontend mesh
                  bind 127.0.0.1:%d ssl crt %s alpn http/1.1
                  use_backend node if { path_beg /some/path/ }
                backend node
                  http-request replace-path /some/path/(.*) /\\1
                  server node 127.0.0.1:%d
                """.formatted(port, pem, node));
        return Daemon.start(own, port, List.of(program.toString(), "-db", "-f", file.toString()));
    }
}
