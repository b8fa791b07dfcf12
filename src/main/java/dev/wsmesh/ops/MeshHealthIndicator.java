package dev.wsmesh.ops;

import dev.wsmesh.node.ConfiguredPeerView;
import dev.wsmesh.node.ConfiguredPeerView.State;
import dev.wsmesh.node.Mesh;
import dev.wsmesh.node.MeshCounters;
import dev.wsmesh.node.NodeView;
import dev.wsmesh.node.RefusalView;
import dev.wsmesh.protocol.CloseCode;
import dev.wsmesh.protocol.Counter;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;

/**
 * Health component {@code mesh}: UP while the node runs and at least the minimum of peers is connected: neighbours, and plain
 * peers that this node dialled. Configured peers that cannot be reached are listed with the time since when; if one has not
 * been for a minute, neither directly nor through other nodes, the mesh may have fallen apart. Whatever makes the node DOWN is
 * among the reasons, and so are a core that failed and streams at their bound, which only a restart or a larger heap mend.
 */
public final class MeshHealthIndicator extends AbstractHealthIndicator {

    private final Mesh mesh;
    private final int minPeers;
    private final MeshCounters counters;
    private final ToLongFunction<Counter> core;
    private final InstantSource clock;

    /**
     * Creates the indicator.
     *
     * @param minPeers with fewer the node is DOWN
     * @param core how often the core counted something
     */
    public MeshHealthIndicator(
            Mesh mesh, int minPeers, MeshCounters counters, ToLongFunction<Counter> core, InstantSource clock) {
        super("the mesh could not be asked for its health");
        this.mesh = mesh;
        this.minPeers = minPeers;
        this.counters = counters;
        this.core = core;
        this.clock = clock;
    }

    @Override
    protected void doHealthCheck(Health.Builder builder) {
        NodeView view = mesh.view();
        int connected = view.peers();
        List<String> reasons = reasons(connected);
        if (!view.running()) {
            builder.outOfService();
        } else if (reasons.isEmpty()) {
            builder.up();
        } else {
            builder.down().withDetail("reasons", reasons);
        }
        builder.withDetail("connected", connected)
                .withDetail("minimum", minPeers)
                .withDetail("configured", view.configuredPeers().size())
                .withDetail("configuredConnected", count(view, State.CONNECTED))
                .withDetail("reachedThroughOthers", count(view, State.REACHED))
                .withDetail("notTried", count(view, State.NOT_TRIED))
                .withDetail("unreachable", unreachable(view))
                .withDetail("partitionSuspected", Partition.isSuspected(view.configuredPeers(), clock.instant()))
                .withDetail("identityInUse", identityInUse(view))
                .withDetail("dialledByOthers", counters.acceptedLinks() > 0);
    }

    private List<String> reasons(int connected) {
        List<String> reasons = new ArrayList<>();
        if (connected < minPeers) {
            reasons.add(
                    "fewer peers are connected than mesh.health.min-peers asks for: " + connected + " of " + minPeers);
        }
        long failures = counters.coreFailures();
        if (failures > 0) {
            reasons.add("the core failed at " + failures
                    + " inputs: a mistake of ours, the log has it; please report it" + " and restart the node");
        }
        long refused = core.applyAsLong(Counter.STREAMS_REFUSED);
        if (refused > 0) {
            reasons.add("more publishers are known than a node keeps: " + refused
                    + " times a new one was refused, and what it published is missing here; restart the node once"
                    + " fewer nodes come and go");
        }
        return reasons;
    }

    /** Handshakes that ended because two processes run with copies of one key, as far as they are still kept. */
    private static List<Conflict> identityInUse(NodeView view) {
        return view.refusals().stream()
                .filter(refusal -> refusal.isClosedWith(CloseCode.IDENTITY_IN_USE))
                .map(Conflict::of)
                .toList();
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

    /** A handshake with somebody who has the same identity as this node. */
    record Conflict(Instant at, String address, String why) {
        static Conflict of(RefusalView refusal) {
            return new Conflict(refusal.at(), refusal.address(), refusal.reason());
        }
    }

    /** A configured peer that is not reached: since when, why, and since when that is the reason. */
    record Unreachable(
            String url,
            Instant since,
            @Nullable String why,
            @Nullable Instant whySince) {
        static Unreachable of(ConfiguredPeerView peer) {
            return new Unreachable(peer.url(), peer.since(), peer.lastFailure(), peer.lastFailureSince());
        }
    }
}
