package dev.wsmesh.node;

import dev.wsmesh.protocol.Contact;
import dev.wsmesh.protocol.Counter;
import dev.wsmesh.protocol.NodeId;
import dev.wsmesh.protocol.Protocol;
import dev.wsmesh.protocol.View;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The node as it describes itself; made of one look into its core. */
record SelfPortrait(View view, NodePresence.Counts counts) {

    /** Looks; the core must stand still meanwhile. */
    static SelfPortrait of(Protocol core) {
        return new SelfPortrait(
                core.outline(),
                new NodePresence.Counts(
                        core.counted(Counter.RECORDS_PUBLISHED),
                        core.counted(Counter.RECORDS_DELIVERED),
                        core.counted(Counter.GAPS)));
    }

    NodePresence presence(About about, Instant since, Instant now) {
        return new NodePresence(
                view.own().origin(),
                about.name().get(),
                about.version(),
                about.url().get(),
                links(),
                0,
                counts,
                since,
                now);
    }

    /** Everybody that this node has heard of lately, and itself. */
    int knownNodes(Set<NodeId> present) {
        Set<NodeId> known = new HashSet<>(present);
        known.add(view.own().origin());
        view.links().forEach(link -> known.add(link.id().peer()));
        view.passive().stream().map(Contact::id).forEach(known::add);
        view.streams().forEach(stream -> known.add(stream.id().origin()));
        return known.size();
    }

    private List<NodePresence.Link> links() {
        return view.links().stream()
                .filter(View.LinkView::neighbour)
                .map(link -> new NodePresence.Link(
                        link.id().peer(), link.roundTripNanos() < 0 ? null : Duration.ofNanos(link.roundTripNanos())))
                .toList();
    }
}
