package dev.wsmesh.node;

import dev.wsmesh.protocol.NodeId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A node as it last told of itself. Names and numbers are its own words: nothing is decided by them.
 *
 * @param name {@code mesh.name}, or the address that it shows to others
 * @param url where it believes it can be dialled; null if nobody can
 * @param links its neighbours, in the order of linking
 * @param linksOmitted how many more it has: what a node tells is bounded
 * @param since when it started, by its own wall clock
 * @param lastSeen when its words arrived here; now, for this node itself
 */
public record NodePresence(
        NodeId id,
        String name,
        String version,
        @Nullable String url,
        List<Link> links,
        int linksOmitted,
        Counts counts,
        Instant since,
        Instant lastSeen) {

    /** Copies the links. */
    public NodePresence {
        links = List.copyOf(links);
    }

    /**
     * A link with a neighbour.
     *
     * @param roundTrip null before it was measured
     */
    public record Link(NodeId peer, @Nullable Duration roundTrip) {}

    /** What it published, delivered and declared lost since it started. */
    public record Counts(long published, long delivered, long gaps) {}

    /** The same, heard of at another time. */
    NodePresence seenAt(Instant instant) {
        return new NodePresence(id, name, version, url, links, linksOmitted, counts, since, instant);
    }

    /** The same with its first links only. */
    public NodePresence withFirstLinks(int count) {
        int omitted = linksOmitted + links.size() - count;
        return new NodePresence(id, name, version, url, links.subList(0, count), omitted, counts, since, lastSeen);
    }
}
