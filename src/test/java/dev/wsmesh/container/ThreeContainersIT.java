package dev.wsmesh.container;

import static dev.wsmesh.container.NodeContainer.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.wsmesh.ops.MeshEndpoint.ConfiguredPeer;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.testcontainers.containers.Network;
import org.testcontainers.junit.jupiter.Testcontainers;
import org.testcontainers.lifecycle.Startables;

/**
 * The mesh of the first example, in containers: node2 dials node1, node3 dials both. Its nodes reach each other by the
 * network {@code cluster} alone, and the test reaches them by the network {@code control}. Every test leaves the mesh
 * whole, for it is the same one for all.
 */
@Testcontainers(disabledWithoutDocker = true)
class ThreeContainersIT {

    /** Broadcasts and dials are frequent, so that the tests are quick. A peer that is cut off is noticed after 30 s. */
    private static final Map<String, String> settings =
            Map.of("MESH_BROADCAST_INTERVAL", "300ms", "MESH_BROADCAST_JITTER", "200ms", "MESH_DIAL_BACKOFFMAX", "1s");

    @AutoClose
    private static final Network control = Network.newNetwork();

    @AutoClose
    private static final Network cluster = Network.builder()
            .createNetworkCmdModifier(command -> command.withInternal(true))
            .build();

    @AutoClose
    private static final NodeContainer node1 = node("node1");

    @AutoClose
    private static final NodeContainer node2 = node("node2", "--peers", "ws://node1.cluster:8080");

    @AutoClose
    private static final NodeContainer node3 =
            node("node3", "--peers", "ws://node1.cluster:8080,ws://node2.cluster:8080");

    @BeforeAll
    static void startInNoParticularOrder() {
        Startables.deepStart(node1, node2, node3).join();
    }

    @BeforeEach
    void theMeshIsWhole() {
        awaitAllToAll();
    }

    @Test
    void each_node_hears_the_broadcasts_of_both_others_under_their_host_names() {
        eventually(() -> {
            assertThat(node1.getLogs()).contains("from node2:8080", "from node3:8080");
            assertThat(node2.getLogs()).contains("from node1:8080", "from node3:8080");
            assertThat(node3.getLogs()).contains("from node1:8080", "from node2:8080");
        });
    }

    @Test
    void a_killed_node_is_reported_unreachable_and_linked_again_once_it_is_back() {
        node1.crash();
        eventually(() -> {
            assertThat(unreachable(node2)).containsExactly("ws://node1.cluster:8080");
            assertThat(unreachable(node3)).containsExactly("ws://node1.cluster:8080");
        });

        node1.startAgain();
        awaitAllToAll();
    }

    @Test
    void a_node_cut_from_the_network_is_reported_unreachable_and_linked_again_once_it_is_connected() {
        node2.leaveCluster();
        eventually(() -> {
            assertThat(unreachable(node2)).containsExactly("ws://node1.cluster:8080");
            assertThat(unreachable(node3)).containsExactly("ws://node2.cluster:8080");
            assertThat(node1.mesh().links()).as("node3 alone").hasSize(1);
            assertThat(node2.mesh().links()).isEmpty();
        });

        node2.rejoinCluster();
        awaitAllToAll();
    }

    @Test
    void a_stopped_node_says_goodbye_to_its_peers_and_exits_with_the_code_of_the_signal() {
        long goodbyesToNode1 = goodbyes(node1);
        long goodbyesToNode3 = goodbyes(node3);

        assertThat(node2.stopGracefully())
                .as("143 is SIGTERM; Docker would have killed a slower node, which is 137")
                .isEqualTo(143);

        eventually(() -> {
            assertThat(goodbyes(node1)).isEqualTo(goodbyesToNode1 + 1);
            assertThat(goodbyes(node3)).isEqualTo(goodbyesToNode3 + 1);
        });
        node2.startAgain();
        awaitAllToAll();
    }

    private static NodeContainer node(String name, String... arguments) {
        return new NodeContainer(arguments)
                .withNetwork(control)
                .joining(cluster, name)
                .withEnv(settings);
    }

    private static void awaitAllToAll() {
        eventually(() -> assertThat(Stream.of(node1, node2, node3))
                .allSatisfy(node -> assertThat(node.mesh().links())
                        .hasSize(2)
                        .allSatisfy(link -> assertThat(link.frames().in()).isPositive()))
                // A configured peer that is linked under another address is dialled once more, for a second link of a
                // moment.
                .allSatisfy(node -> assertThat(node.mesh().configuredPeers())
                        .allSatisfy(peer -> assertThat(peer.state()).isEqualTo("connected"))));
    }

    private static List<String> unreachable(NodeContainer node) {
        return node.mesh().configuredPeers().stream()
                .filter(peer -> peer.state().equals("unreachable"))
                .map(ConfiguredPeer::url)
                .toList();
    }

    private static long goodbyes(NodeContainer node) {
        return node.getLogs()
                .lines()
                .filter(line -> line.endsWith("ended: 1001 (going away)"))
                .count();
    }

    /** A node that is just starting does not answer yet. */
    private static void eventually(ThrowingRunnable assertion) {
        await().atMost(PATIENCE)
                .ignoreExceptionsInstanceOf(UncheckedIOException.class)
                .untilAsserted(assertion);
    }
}
