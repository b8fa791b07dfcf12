package dev.wsmesh.simulation;

import dev.wsmesh.protocol.Counter;
import dev.wsmesh.protocol.Input;
import dev.wsmesh.protocol.Output;
import dev.wsmesh.protocol.Settings;
import dev.wsmesh.protocol.View;
import dev.wsmesh.protocol.View.LinkView;
import dev.wsmesh.protocol.View.StreamLinkView;
import dev.wsmesh.protocol.View.StreamView;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;

/** What must hold after every single event, whatever fails. */
final class Safety implements Observer {
    private final Network network;
    private final Ledger ledger;
    private final Map<Counter, Long> coverage = new EnumMap<>(Counter.class);
    private final Map<SimulatedLink, Long> readySince = new HashMap<>();

    Safety(Network network, Ledger ledger) {
        this.network = network;
        this.ledger = ledger;
    }

    /** What nodes counted, over all runs that ended so far and those that still go on. */
    Map<Counter, Long> coverage() {
        Map<Counter, Long> all = new EnumMap<>(coverage);
        for (SimulatedNode node : network.nodes) {
            if (node.isUp()) {
                add(all, node);
            }
        }
        return all;
    }

    @Override
    public void onStopped(SimulatedNode node) {
        add(coverage, node);
    }

    private static void add(Map<Counter, Long> sum, SimulatedNode node) {
        for (Counter counter : Counter.values()) {
            sum.merge(counter, node.protocol().counted(counter), Long::sum);
        }
    }

    @Override
    public void onOutput(SimulatedNode node, Output output) {
        if (output instanceof Output.Gap gap) {
            checkGap(node, gap);
        }
    }

    @Override
    public void afterEvent(SimulatedNode node, Input input) {
        View view = node.protocol().view();
        if (view.listening() && ledger.run(node).listeningAt == Long.MAX_VALUE) {
            ledger.run(node).listeningAt = network.now();
        }
        checkBounds(node, view);
        for (LinkView link : view.links()) {
            SimulatedLink.End end = node.ends.get(link.id());
            Violation.unless(
                    end != null && end.isAlive(), "a link of the core is a link of the network", node.index, link);
            if (end != null) {
                noteReady(end, link.ready());
            }
        }
        for (StreamView stream : view.streams()) {
            checkStream(node, stream);
        }
    }

    private void noteReady(SimulatedLink.End end, boolean ready) {
        if (!ready) {
            readySince.remove(end.link());
        } else {
            readySince.putIfAbsent(end.link(), network.now());
        }
    }

    private static void checkBounds(SimulatedNode node, View view) {
        Settings.Broadcasting limits = node.settings.broadcasting();
        Settings.Membership membership = node.settings.membership();
        int index = node.index;
        Violation.unless(view.logBytes() <= limits.logBytes(), "the log is bounded", index, view.logBytes());
        Violation.unless(view.windowRecords() <= limits.windowRecords(), "the window is bounded", index);
        Violation.unless(view.windowBytes() <= limits.windowBytes(), "the window's bytes are bounded", index);
        Violation.unless(view.streams().size() <= limits.streams() + 2, "streams are bounded", index);
        Violation.unless(view.forgottenStreams() <= limits.forgottenPositions(), "positions are bounded", index);
        Violation.unless(view.passive().size() <= membership.passiveView(), "the passive view is bounded", index);
        long neighbours = view.links().stream()
                .filter(LinkView::neighbour)
                .map(each -> each.id().peer())
                .distinct()
                .count();
        Violation.unless(neighbours <= membership.activeView() + 1, "the active view is bounded", index, neighbours);
        for (LinkView link : view.links()) {
            boolean bounded = link.queuedMessages() <= node.settings.liveness().controlQueue();
            Violation.unless(bounded, "control queues are bounded", index, link);
        }
    }

    private static void checkStream(SimulatedNode node, StreamView stream) {
        Violation.unless(stream.base() <= stream.next(), "base is never beyond next", node.index, stream);
        for (StreamLinkView link : stream.links()) {
            SimulatedLink.End end = node.ends.get(link.link());
            boolean live = end != null && end.isAlive();
            Violation.unless(live || !link.push(), "pushed links are live links", node.index, link);
            boolean home = link.link().peer().equals(stream.id().origin());
            Violation.unless(!home || !link.push(), "a stream is never sent to its origin", node.index, link);
        }
    }

    /** Who was linked all the time, and held the record all the time, could have been asked. */
    private void checkGap(SimulatedNode node, Output.Gap gap) {
        long grace = node.settings.broadcasting().gapGrace().toNanos();
        long before = network.now() - grace;
        boolean late = node.protocol().view().streams().stream()
                .anyMatch(each -> each.id().equals(gap.stream()) && each.closed());
        if (late || node.protocol().view().leaving()) {
            return;
        }
        for (SimulatedLink.End end : node.ends.values()) {
            SimulatedLink link = end.link();
            Long since = readySince.get(link);
            boolean slow = link.bytesPerSecond != 0
                    || end.wasSlowSince(before)
                    || end.other().wasSlowSince(before);
            boolean linked = link.isWhole() && !slow && since != null && since < before;
            SimulatedNode peer = end.other().node;
            if (!linked
                    || peer.protocol().view().leaving()
                    || network.isBlocked(node, peer)
                    || network.isBlocked(peer, node)) {
                continue;
            }
            checkNotHeld(node, peer, gap, before);
        }
    }

    private void checkNotHeld(SimulatedNode node, SimulatedNode peer, Output.Gap gap, long before) {
        Ledger.Told told = ledger.run(peer).told(gap.stream());
        if (told == null) {
            return;
        }
        for (StreamView stream : peer.protocol().view().streams()) {
            if (!stream.id().equals(gap.stream())) {
                continue;
            }
            for (long each = Math.max(gap.from(), stream.base()); each <= gap.to() && each < stream.next(); each++) {
                Violation.unless(
                        told.deliveredAt(each) > before,
                        "a gap covers only what no linked node retained",
                        node.index,
                        gap,
                        "held by",
                        peer.index,
                        stream);
            }
        }
    }
}
