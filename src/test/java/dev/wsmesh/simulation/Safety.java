package dev.wsmesh.simulation;

import dev.wsmesh.protocol.CloseCode;
import dev.wsmesh.protocol.Counter;
import dev.wsmesh.protocol.Input;
import dev.wsmesh.protocol.LinkId;
import dev.wsmesh.protocol.NodeId;
import dev.wsmesh.protocol.Output;
import dev.wsmesh.protocol.View;
import dev.wsmesh.protocol.View.LinkView;
import dev.wsmesh.protocol.View.StreamLinkView;
import dev.wsmesh.protocol.View.StreamView;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** What must hold after every single event, whatever fails: looked at where the event was handled. */
final class Safety implements Observer {
    /** What is looked at of one run of one node, from one event to the next. */
    private static final class Watch {
        final Bounds bounds;
        final PublishWindow window;
        final Epochs epochs;
        final Farewell farewell;

        Watch(SimulatedNode node, Ledger ledger) {
            this.bounds = new Bounds(node);
            this.window = new PublishWindow(node);
            this.epochs = new Epochs(node, ledger.run(node));
            this.farewell = new Farewell(node, ledger);
        }
    }

    private final Network network;
    private final Ledger ledger;
    private final Gaps gaps;
    private final Map<Counter, Long> coverage = new EnumMap<>(Counter.class);
    private final Map<Integer, Watch> watches = new HashMap<>();

    Safety(Network network, Ledger ledger) {
        this.network = network;
        this.ledger = ledger;
        this.gaps = new Gaps(network, ledger);
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
    public void onStarted(SimulatedNode node) {
        watches.put(node.index, new Watch(node, ledger));
    }

    @Override
    public void onStopped(SimulatedNode node) {
        add(coverage, node);
        watches.remove(node.index);
    }

    private static void add(Map<Counter, Long> sum, SimulatedNode node) {
        for (Counter counter : Counter.values()) {
            sum.merge(counter, node.protocol().counted(counter), Long::sum);
        }
    }

    @Override
    public void onOutput(SimulatedNode node, Output output) {
        if (output instanceof Output.Gap gap) {
            gaps.check(node, gap);
        }
        if (output instanceof Output.Published published) {
            noteCounted(node, published);
        }
        if (output instanceof Output.Close(var link, var code) && code == CloseCode.UNRESPONSIVE) {
            checkSilent(node, link);
        }
        Watch watch = watch(node);
        watch.window.onOutput(output, network.now());
        watch.epochs.onOutput(output);
        watch.farewell.onOutput(output, network.now());
    }

    @Override
    public void afterEvent(SimulatedNode node, Input input) {
        Watch watch = watch(node);
        View view = node.protocol().view();
        noteListening(node, view, input);
        ledger.run(node).noteLinked(view.links().stream().anyMatch(LinkView::ready), view);
        watch.bounds.check(view);
        for (LinkView link : view.links()) {
            checkLink(node, link);
        }
        for (StreamView stream : view.streams()) {
            checkStream(node, stream);
        }
        watch.window.afterEvent(input, view, network.now());
        watch.epochs.afterEvent(view, network.now());
        watch.farewell.afterEvent(input, view, network.now());
    }

    private void noteListening(SimulatedNode node, View view, Input input) {
        Ledger.Run run = ledger.run(node);
        if (view.listening() && run.listeningAt == SimulatedLink.NEVER) {
            run.listeningAt = network.now();
            run.firstLink = input instanceof Input.LinkUp up ? node.ends.get(up.link()) : null;
        }
    }

    /** Whom the publisher was told that its record is owed to has to be told of it, too. */
    private void noteCounted(SimulatedNode node, Output.Published published) {
        Set<NodeId> counted = new HashSet<>();
        for (LinkView link : node.protocol().view().links()) {
            SimulatedLink.End end = node.ends.get(link.id());
            if (link.ready() && end != null) {
                counted.add(link.id().peer());
                if (end.other().isAlive()) {
                    ledger.run(end.other().node).countedFrom.putIfAbsent(published.stream(), published.sequence());
                }
            }
        }
        boolean few = published.neighbours() <= counted.size();
        Violation.unless(few, "only neighbours are counted", node.index, published, counted);
    }

    /** A link is not dead on which something arrives, however slowly. */
    private void checkSilent(SimulatedNode node, LinkId link) {
        SimulatedLink.End end = Violation.unlessPresent(node.ends.get(link), "only live links are closed", link);
        long silence = network.now() - end.heardAt;
        boolean dead = silence >= node.settings.liveness().unresponsiveAfter().toNanos();
        Violation.unless(dead, "who is heard is not given up", node.index, link, "silent for", silence);
    }

    private Watch watch(SimulatedNode node) {
        return Violation.unlessPresent(watches.get(node.index), "only nodes that run are heard of", node.index);
    }

    private void checkLink(SimulatedNode node, LinkView link) {
        boolean bounded = link.queuedMessages() <= node.settings.liveness().controlQueue();
        Violation.unless(bounded, "control queues are bounded", node.index, link);
        SimulatedLink.End end = node.ends.get(link.id());
        if (end == null || !end.isAlive()) {
            throw new Violation("a link of the core is a link of the network", node.index + " " + link);
        }
        if (!link.ready()) {
            end.readySince = SimulatedLink.NEVER;
        } else if (end.readySince == SimulatedLink.NEVER) {
            end.readySince = network.now();
        }
    }

    private static void checkStream(SimulatedNode node, StreamView stream) {
        boolean ordered = stream.base() <= stream.next();
        Violation.unless(ordered, "base is never beyond next", node.index, stream);
        boolean due = stream.closed() || stream.delivered() < stream.next();
        Violation.unless(due, "nothing is delivered before its turn", node.index, stream);
        boolean fed = stream.parent() == null || node.ends.containsKey(stream.parent());
        Violation.unless(fed, "a parent is a live link", node.index, stream);
        for (StreamLinkView link : stream.links()) {
            SimulatedLink.End end = node.ends.get(link.link());
            boolean live = end != null && end.isAlive();
            Violation.unless(live || !link.push(), "pushed links are live links", node.index, link);
            Violation.unless(live, "nothing is kept about dead links", node.index, link);
            boolean home = end != null
                    && link.push()
                    && link.link().peer().equals(stream.id().origin())
                    && stream.id().epoch() >= end.peerEpoch;
            Violation.unless(!home, "a stream is never sent to its origin", node.index, link);
        }
    }
}
