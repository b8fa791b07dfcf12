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
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What must hold once everything is healed, a bootstrap node is up and nobody publishes for a while. */
final class Quiet {
    /** Where all nodes stood that knew the stream. */
    private static final class Position {
        final long next;
        final Set<SimulatedNode> nodes = new HashSet<>();

        Position(long next) {
            this.next = next;
        }

        @Override
        public String toString() {
            return "others " + next;
        }
    }

    private record Pair(NodeId node, NodeId peer) {}

    private final Network network;
    private final Ledger ledger;
    /**
     * Of each stream, the last record that a live node or a live origin held when the quiet began, or had been delivered before
     * and could hand on.
     */
    private final Map<StreamId, Long> owed = new LinkedHashMap<>();

    private final Map<StreamId, Position> settled = new HashMap<>();

    /** Who has a neighbour that does not have it, as of the last check. */
    private final Set<Pair> oneSided = new LinkedHashSet<>();

    Quiet(Network network, Ledger ledger) {
        this.network = network;
        this.ledger = ledger;
        for (SimulatedNode node : up()) {
            for (StreamView stream : node.protocol().view().streams()) {
                if (stream.next() > stream.base()) {
                    owed.merge(stream.id(), stream.next() - 1, Math::max);
                }
            }
            ledger.run(node).told.forEach((stream, told) -> owed.merge(stream, told.lastShared, Math::max));
        }
        ledger.publications.forEach((stream, publication) -> {
            if (publication.origin.isRunning(publication.run) && !publication.records.isEmpty()) {
                owed.merge(stream, (long) publication.records.size(), Math::max);
            }
        });
    }

    /** Whether all holds at this moment. */
    void check() {
        settled.clear();
        checkOverlay();
        checkDeliveries();
        checkPositions();
    }

    /** After a moment at which all held: whether it still does, but for the overlay, which never rests completely. */
    void checkPeace() {
        checkDeliveries();
        for (SimulatedNode node : up()) {
            for (StreamView stream : positions(node)) {
                Position then = settled.get(stream.id());
                if (then != null) {
                    boolean stays = stream.next() == then.next || mayMove(node, stream, then);
                    Violation.unless(stays, "positions stay equal", node.index, stream, then);
                }
            }
        }
    }

    private void checkDeliveries() {
        for (SimulatedNode node : up()) {
            owed.forEach((stream, last) -> checkDelivered(node, stream, last));
        }
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
        long first = run.owedFrom(stream, publication);
        if (first > last) {
            return;
        }
        String invariant = "everything held is delivered or in a gap";
        Ledger.Told told = Violation.unlessPresent(run.told(stream), invariant, node.index, stream, first, last);
        Violation.unless(told.at >= last, invariant, node.index, stream, "told up to", told.at, "of", last);
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

    private void checkPositions() {
        for (SimulatedNode node : up()) {
            for (StreamView stream : positions(node)) {
                Position common = settled.computeIfAbsent(stream.id(), _ -> new Position(stream.next()));
                boolean equal = common.next == stream.next();
                Violation.unless(equal, "all positions are equal", node.index, stream.id(), stream.next(), common);
                boolean complete = stream.highestKnown() < stream.next() && stream.waiting() == 0;
                Violation.unless(complete, "nobody waits for what nobody has", node.index, stream);
                common.nodes.add(node);
            }
        }
    }

    /** Who hears of the stream only now comes from behind; and in peace beacons are still published. */
    private boolean mayMove(SimulatedNode node, StreamView stream, Position then) {
        if (stream.next() < then.next) {
            return !then.nodes.contains(node);
        }
        Ledger.Publication publication = ledger.publications.get(stream.id());
        return publication != null && stream.next() <= publication.records.size() + 1;
    }

    /** Of a stream that a node hears of only now, and of which it is owed nothing, it may have no position yet. */
    private List<StreamView> positions(SimulatedNode node) {
        View view = node.protocol().view();
        List<StreamView> positions = new ArrayList<>();
        for (StreamView stream : view.streams()) {
            boolean touched = stream.started() && (stream.delivered() > 0 || stream.next() > 1);
            boolean past = stream.id().origin().equals(node.id) && !stream.id().equals(view.own());
            if (touched && !past && !stream.closed() && owed.containsKey(stream.id())) {
                positions.add(stream);
            }
        }
        return positions;
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
        checkSymmetry(views);
        Violation.unless(reachable(views) == views.size(), "the graph is connected", reachable(views), views.size());
    }

    /** In a large mesh a few links are always coming or going: what one end knows, the other knows a moment later. */
    private void checkSymmetry(Map<NodeId, Set<NodeId>> views) {
        Set<Pair> before = Set.copyOf(oneSided);
        oneSided.clear();
        views.forEach((node, peers) -> {
            for (NodeId peer : peers) {
                if (!views.getOrDefault(peer, Set.of()).contains(node)) {
                    oneSided.add(new Pair(node, peer));
                }
            }
        });
        for (Pair pair : oneSided) {
            Violation.unless(!before.contains(pair), "views are symmetric", pair);
        }
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
