package dev.wsmesh.ops;

import dev.wsmesh.node.ConfiguredPeerView;
import dev.wsmesh.node.ConfiguredPeerView.State;
import dev.wsmesh.node.Mesh;
import dev.wsmesh.node.NodeView;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;

/**
 * Health component {@code mesh}: UP while the node runs and at least the minimum of peers is connected. Configured peers
 * that cannot be reached are listed with the time since when.
 */
public final class MeshHealthIndicator extends AbstractHealthIndicator {

    private final Mesh mesh;
    private final int minPeers;

    /** Creates the indicator; with fewer peers than the minimum the node is DOWN. */
    public MeshHealthIndicator(Mesh mesh, int minPeers) {
        super("the mesh could not be asked for its health");
        this.mesh = mesh;
        this.minPeers = minPeers;
    }

    @Override
    protected void doHealthCheck(Health.Builder builder) {
        NodeView view = mesh.view();
        int connected = view.sessions().size();
        if (!view.running()) {
            builder.outOfService();
        } else if (connected < minPeers) {
            builder.down();
        } else {
            builder.up();
        }
        builder.withDetail("connected", connected)
                .withDetail("minimum", minPeers)
                .withDetail("configured", view.configuredPeers().size())
                .withDetail("configuredConnected", count(view, State.CONNECTED))
                .withDetail("notTried", count(view, State.NOT_TRIED))
                .withDetail("unreachable", unreachable(view));
    }

    private static long count(NodeView view, State state) {
        return view.configuredPeers().stream()
                .filter(peer -> peer.state() == state)
                .count();
    }

    private static List<Unreachable> unreachable(NodeView view) {
        return view.configuredPeers().stream()
                .filter(peer -> peer.state() == State.UNREACHABLE)
                .map(Unreachable::of)
                .toList();
    }

    /** A configured peer that is not connected. */
    record Unreachable(String url, Instant since, @Nullable String why) {
        static Unreachable of(ConfiguredPeerView peer) {
            return new Unreachable(peer.url(), peer.since(), peer.lastFailure());
        }
    }
}
