package dev.wsmesh;

import static dev.wsmesh.TestNode.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.wsmesh.identity.NodeKey;
import dev.wsmesh.node.ConfiguredPeerView;
import dev.wsmesh.node.RefusalView;
import dev.wsmesh.node.RefusalView.Phase;
import dev.wsmesh.protocol.CloseCode;
import dev.wsmesh.seed.RawWebSocket;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** Whoever is turned away is told why; both ends log it once, count it, and show it. */
@ExtendWith(OutputCaptureExtension.class)
class RefusalsTest {

    @Test
    void a_node_that_finds_no_place_for_its_handshake_is_told_so_and_both_ends_show_it(CapturedOutput output)
            throws Exception {
        try (TestNode full = TestNode.start("--mesh.links.max-handshakes=1", "--mesh.links.handshake-timeout=1m");
                HostilePeer holds = HostilePeer.dial(full.port())) {
            holds.sendBytes(HostilePeer.greeting(NodeKey.generate()));
            byte[] _ = holds.hear();
            try (TestNode dialler = TestNode.start("--mesh.peers=" + full.url())) {
                await().atMost(PATIENCE).until(() -> peer(dialler).failedDials() >= 5);
                assertThat(peer(dialler).lastFailure())
                        .startsWith("4008 (rate limited): as many handshakes as may be are under way");
                for (TestNode node : List.of(full, dialler)) {
                    assertThat(node.counters().handshakeFailures(CloseCode.RATE_LIMITED))
                            .isGreaterThanOrEqualTo(5);
                    assertThat(refusals(node)).singleElement().satisfies(refusal -> {
                        assertThat(refusal.phase()).isEqualTo(Phase.HANDSHAKE);
                        assertThat(refusal.code()).isEqualTo(4008);
                        assertThat(refusal.reason()).contains("mesh.links.max-handshakes");
                        assertThat(refusal.times()).isGreaterThanOrEqualTo(5);
                    });
                    assertThat(node.get("/actuator/mesh").body()).contains("\"code\":4008", "\"phase\":\"handshake\"");
                }
                assertThat(warnings(output, dialler.bind() + ": handshake with"))
                        .as("what repeats itself is told once")
                        .singleElement()
                        .asString()
                        .contains("ended by the peer with 4008 (rate limited): as many handshakes");
            }
        }
    }

    @Test
    void strangers_who_have_only_greeted_make_room_where_they_are_many_of_one_host() throws Exception {
        try (TestNode node = TestNode.start("--mesh.links.max-handshakes=8", "--mesh.links.handshake-timeout=1m")) {
            List<HostilePeer> strangers = new ArrayList<>();
            try {
                for (int i = 0; i < 8; i++) {
                    HostilePeer stranger = HostilePeer.dial(node.port());
                    stranger.sendBytes(HostilePeer.greeting(NodeKey.generate()));
                    byte[] _ = stranger.hear();
                    strangers.add(stranger);
                }
                HostilePeer.link(node.port()).close();
                assertThat(strangers.getFirst().closeCode()).isEqualTo(CloseCode.RATE_LIMITED.number());
            } finally {
                for (HostilePeer stranger : strangers) {
                    stranger.close();
                }
            }
        }
    }

    @Test
    void a_link_that_is_refused_is_counted_and_shown_by_the_one_that_refuses(CapturedOutput output) throws Exception {
        try (TestNode node = TestNode.start();
                HostilePeer peer = HostilePeer.link(node.port())) {
            assertThat(peer.closedOrNull())
                    .as("a first frame, and the link is up")
                    .isNull();
            peer.sendBytes(new byte[] {1, 2, 3});
            assertThat(peer.closeCode()).isEqualTo(1002);
            await().atMost(PATIENCE).until(() -> node.counters().linkEndings(CloseCode.MALFORMED) == 1);
            assertThat(refusals(node)).singleElement().satisfies(refusal -> {
                assertThat(refusal.phase()).isEqualTo(Phase.LINK);
                assertThat(refusal.code()).isEqualTo(1002);
                assertThat(refusal.how()).isEqualTo("closed by this node");
                assertThat(refusal.times()).isEqualTo(1);
            });
            assertThat(node.counters().handshakeFailures(CloseCode.MALFORMED)).isZero();
            assertThat(warnings(output, node.bind() + ": link with")).hasSize(1);
        }
    }

    @Test
    void a_link_that_is_refused_is_counted_and_shown_by_the_one_that_is_refused(CapturedOutput output)
            throws Exception {
        try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getByName("localhost"));
                TestNode node = TestNode.start("--mesh.peers=ws://localhost:" + server.getLocalPort())) {
            RawWebSocket acceptor = accept(server);
            OddPeer.admit(acceptor, NodeKey.generate());
            await().atMost(PATIENCE).until(() -> !node.mesh().view().links().isEmpty());
            acceptor.sendClose(1002, "that makes no sense");
            await().atMost(PATIENCE).until(() -> node.counters().linkEndings(CloseCode.MALFORMED) == 1);
            assertThat(refusals(node)).singleElement().satisfies(refusal -> {
                assertThat(refusal.phase()).isEqualTo(Phase.LINK);
                assertThat(refusal.reason()).isEqualTo("that makes no sense");
                assertThat(refusal.how()).isEqualTo("ended by the peer");
            });
            assertThat(warnings(output, node.bind() + ": link with"))
                    .singleElement()
                    .asString()
                    .contains("1002 (malformed): that makes no sense");
            assertThat(peer(node).lastFailure()).startsWith("the link ended: 1002 (malformed): that");
            acceptor.close();
        }
    }

    @Test
    void a_close_that_comes_before_anything_else_keeps_its_reason() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getByName("localhost"));
                TestNode node = TestNode.start("--mesh.peers=ws://localhost:" + server.getLocalPort())) {
            for (int i = 1; i <= 10; i++) {
                RawWebSocket acceptor = accept(server);
                acceptor.sendClose(4008, "it has had enough");
                int dials = i;
                await().atMost(PATIENCE).until(() -> peer(node).failedDials() >= dials);
                assertThat(peer(node).lastFailure()).isEqualTo("4008 (rate limited): it has had enough");
                acceptor.close();
            }
        }
    }

    @Test
    void upgrades_that_are_refused_are_shown_at_both_ends_with_what_they_may_mean() throws Exception {
        try (TestNode full = TestNode.start("--mesh.limits.max-sessions=1");
                HostilePeer one = HostilePeer.link(full.port())) {
            assertThat(one.closedOrNull()).isNull();
            try (TestNode dialler = TestNode.start("--mesh.peers=" + full.url())) {
                await().atMost(PATIENCE).until(() -> peer(dialler).failedDials() >= 1);
                assertThat(peer(dialler).lastFailure())
                        .contains("503")
                        .endsWith("from a node this means that it is full, starting or leaving");
                assertThat(refusals(dialler)).singleElement().satisfies(refusal -> {
                    assertThat(refusal.phase()).isEqualTo(Phase.UPGRADE);
                    assertThat(refusal.code()).isEqualTo(503);
                    assertThat(refusal.how()).isEqualTo("refused by the peer");
                });
            }
            assertThat(refusals(full)).singleElement().satisfies(refusal -> {
                assertThat(refusal.phase()).isEqualTo(Phase.UPGRADE);
                assertThat(refusal.code()).isEqualTo(503);
                assertThat(refusal.reason()).contains("the places for nodes (mesh.limits.max-sessions) are taken");
            });
            assertThat(full.get("/actuator/mesh").body())
                    .contains("\"phase\":\"upgrade\"", "\"code\":503", "\"name\":\"service unavailable\"");
        }
    }

    @Test
    void strangers_do_not_push_each_other_out_of_what_is_shown() throws Exception {
        try (TestNode node = TestNode.start()) {
            for (int i = 0; i < 50; i++) {
                assertThat(upgradeFails(node, Map.of("Origin", "https://evil.example")))
                        .isTrue();
            }
            assertThat(refusals(node)).singleElement().satisfies(refusal -> {
                assertThat(refusal.code()).isEqualTo(403);
                assertThat(refusal.times()).isEqualTo(50);
            });
        }
    }

    private static boolean upgradeFails(TestNode node, Map<String, String> headers) {
        try (RawWebSocket _ = RawWebSocket.dial("localhost", node.port(), "/", headers)) {
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    private static RawWebSocket accept(ServerSocket server) throws IOException {
        Socket socket = server.accept();
        DataInputStream in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
        return RawWebSocket.acceptAsNode(socket, in, Objects.requireNonNull(RawWebSocket.readRequest(in)));
    }

    private static List<String> warnings(CapturedOutput output, String text) {
        return output.getOut()
                .lines()
                .filter(line -> line.contains("WARN") && line.contains(text))
                .toList();
    }

    private static List<RefusalView> refusals(TestNode node) {
        return node.mesh().view().refusals();
    }

    private static ConfiguredPeerView peer(TestNode node) {
        return node.mesh().view().configuredPeers().getFirst();
    }
}
