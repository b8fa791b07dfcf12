package dev.wsmesh.simulation;

import dev.wsmesh.protocol.NodeId;
import dev.wsmesh.protocol.StreamId;
import dev.wsmesh.protocol.View;
import dev.wsmesh.protocol.View.LinkView;
import dev.wsmesh.protocol.View.StreamView;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What must hold once everything is healed, a bootstrap node is up and nobody publishes for a while. */
final class Quiet {
    private final Network network;
    private final Ledger ledger;
    /** Of each stream, the last record that a live node or a live origin held when the quiet began. */
    private final Map<StreamId, Long> owed = new LinkedHashMap<>();

    private final Map<StreamId, Long> oldestHeld = new HashMap<>();

    Quiet(Network network, Ledger ledger) {
        this.network = network;
        this.ledger = ledger;
        for (SimulatedNode node : up()) {
            for (StreamView stream : node.protocol().view().streams()) {
                if (stream.next() > stream.base()) {
                    owed.merge(stream.id(), stream.next() - 1, Math::max);
                    oldestHeld.merge(stream.id(), stream.base(), Math::min);
                }
            }
        }
        ledger.publications.forEach((stream, publication) -> {
            if (publication.origin.isRunning(publication.run) && !publication.numbers.isEmpty()) {
                owed.merge(stream, (long) publication.numbers.size(), Math::max);
            }
        });
    }

    void check() {
        checkOverlay();
        for (SimulatedNode node : up()) {
            owed.forEach((stream, last) -> checkDelivered(node, stream, last));
        }
        checkPositions();
    }

    private List<SimulatedNode> up() {
        return network.nodes.stream().filter(SimulatedNode::isUp).toList();
    }

    private void checkDelivered(SimulatedNode node, StreamId stream, long last) {
        Ledger.Run run = ledger.run(node);
        Ledger.Publication publication = ledger.publications.get(stream);
        if (publication == null || stream.origin().equals(node.id)) {
            return;
        }
        long first = publication.firstAfter(run.listeningAt);
        if (first > last) {
            return;
        }
        Ledger.Told told = run.told(stream);
        Violation.unless(
                told != null,
                "everything held is delivered or in a gap",
                node.index,
                "was told nothing of",
                stream,
                first,
                last);
        if (told != null) {
            Violation.unless(
                    told.at >= last,
                    "everything held is delivered or in a gap",
                    node.index,
                    stream,
                    "told up to",
                    told.at,
                    "of",
                    last);
            Violation.unless(
                    told.start <= first,
                    "who listens misses no beginning",
                    node.index,
                    stream,
                    "told from",
                    told.start,
                    "but listening since",
                    first);
        }
    }

    private void checkPositions() {
        Map<StreamId, Long> next = new HashMap<>();
        for (SimulatedNode node : up()) {
            for (StreamView stream : node.protocol().view().streams()) {
                boolean counts = stream.started() && !stream.closed() && owed.containsKey(stream.id());
                boolean own = stream.id().origin().equals(node.id);
                if (!counts
                        || (own && !stream.id().equals(node.protocol().view().own()))) {
                    continue;
                }
                Long other = next.putIfAbsent(stream.id(), stream.next());
                Violation.unless(
                        other == null || other == stream.next(),
                        "all positions are equal",
                        node.index,
                        stream.id(),
                        stream.next(),
                        other == null ? 0 : other);
            }
        }
    }

    private void checkOverlay() {
        Map<NodeId, Set<NodeId>> views = new LinkedHashMap<>();
        for (SimulatedNode node : up()) {
            List<NodeId> peers = new ArrayList<>();
            View view = node.protocol().view();
            for (LinkView link : view.links()) {
                if (link.neighbour()) {
                    peers.add(link.id().peer());
                }
            }
            views.put(node.id, new HashSet<>(peers));
            Violation.unless(views.get(node.id).size() == peers.size(), "one link per pair", node.index, peers);
        }
        views.forEach((node, peers) -> peers.forEach(peer -> Violation.unless(
                views.getOrDefault(peer, Set.of()).contains(node), "views are symmetric", node, peer)));
        Violation.unless(reachable(views) == views.size(), "the graph is connected", reachable(views), views.size());
    }

    private static int reachable(Map<NodeId, Set<NodeId>> views) {
        if (views.isEmpty()) {
            return 0;
        }
        NodeId first = views.keySet().iterator().next();
        Set<NodeId> seen = new HashSet<>(Set.of(first));
        ArrayDeque<NodeId> left = new ArrayDeque<>(seen);
        while (!left.isEmpty()) {
            for (NodeId peer : views.getOrDefault(left.remove(), Set.of())) {
                if (seen.add(peer)) {
                    left.add(peer);
                }
            }
        }
        return seen.size();
    }
}
