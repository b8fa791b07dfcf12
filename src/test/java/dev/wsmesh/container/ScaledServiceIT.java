package dev.wsmesh.container;

import static dev.wsmesh.container.NodeContainer.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.wsmesh.ops.MeshEndpoint;
import dev.wsmesh.ops.MeshEndpoint.ConfiguredPeer;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.Test;
import org.testcontainers.containers.Network;
import org.testcontainers.junit.jupiter.Testcontainers;
import org.testcontainers.lifecycle.Startables;

/** One service, several replicas, one configuration: the name of the service is the only peer that each of them knows. */
@Testcontainers(disabledWithoutDocker = true)
class ScaledServiceIT {

    private static final int REPLICAS = 3;

    private static final Map<String, String> settings = Map.of(
            "MESH_PEERS", "ws://service.cluster:8080",
            "MESH_DISCOVERY_INTERVAL", "1s",
            "MESH_DIAL_BACKOFFMAX", "1s",
            "MESH_BROADCAST_INTERVAL", "300ms");

    @Test
    void a_name_with_several_addresses_means_all_of_them_and_replicas_come_and_go() {
        List<NodeContainer> replicas = new ArrayList<>();
        try (Network control = Network.newNetwork();
                Network cluster = Network.newNetwork()) {
            try {
                for (int i = 0; i < REPLICAS; i++) {
                    replicas.add(replica(control, cluster));
                }
                Startables.deepStart(replicas).join();
                awaitAllToAll(replicas);
                eventually(() -> assertThat(states(replicas.getFirst()))
                        .as("every address, this node's own among them")
                        .containsExactlyInAnyOrder("connected", "connected", "self"));

                NodeContainer late = replica(control, cluster);
                replicas.add(late);
                late.start();
                awaitAllToAll(replicas);

                replicas.remove(late);
                late.stop();
                awaitAllToAll(replicas);
                eventually(() -> assertThat(states(replicas.getFirst())).hasSize(REPLICAS));
            } finally {
                replicas.forEach(NodeContainer::stop);
            }
        }
    }

    private static NodeContainer replica(Network control, Network cluster) {
        return new NodeContainer()
                .withNetwork(control)
                .joining(cluster, "service")
                .withEnv(settings);
    }

    private static void awaitAllToAll(List<NodeContainer> replicas) {
        eventually(() -> assertThat(replicas)
                .allSatisfy(node -> assertThat(node.mesh().links())
                        .hasSize(replicas.size() - 1)
                        .allMatch(MeshEndpoint.Link::neighbour)));
    }

    private static List<String> states(NodeContainer node) {
        return node.mesh().configuredPeers().stream().map(ConfiguredPeer::state).toList();
    }

    /** A node that is just starting does not answer yet. */
    private static void eventually(ThrowingRunnable assertion) {
        await().atMost(PATIENCE)
                .ignoreExceptionsInstanceOf(UncheckedIOException.class)
                .untilAsserted(assertion);
    }
}
