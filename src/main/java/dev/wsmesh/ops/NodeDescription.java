package dev.wsmesh.ops;

import dev.wsmesh.node.NodePresence;
import dev.wsmesh.protocol.NodeId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A node of the mesh in the answer of {@link MeshEndpoint}, as it told of itself; the names are part of the interface.
 *
 * @param self whether it is the node that answers
 * @param since when it started, by its own clock
 * @param links the mesh's edges that begin here; the other end may know of them or not yet
 * @param linksOmitted how many more it has
 */
public record NodeDescription(
        String id,
        String name,
        String version,
        @Nullable String url,
        boolean self,
        Instant since,
        Instant lastSeen,
        List<Edge> links,
        int linksOmitted,
        NodePresence.Counts counters) {

    /** An edge. */
    public record Edge(String peer, @Nullable Double roundTripMillis) {
        static Edge of(NodePresence.Link link) {
            Duration roundTrip = link.roundTrip();
            return new Edge(link.peer().toString(), roundTrip == null ? null : roundTrip.toNanos() / 1e6);
        }
    }

    static NodeDescription of(NodePresence node, @Nullable NodeId self) {
        return new NodeDescription(
                node.id().toString(),
                node.name(),
                node.version(),
                node.url(),
                node.id().equals(self),
                node.since(),
                node.lastSeen(),
                node.links().stream().map(Edge::of).toList(),
                node.linksOmitted(),
                node.counts());
    }
}
