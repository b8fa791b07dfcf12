package dev.wsmesh.simulation;

import dev.wsmesh.protocol.NodeId;
import dev.wsmesh.protocol.Protocol;
import dev.wsmesh.protocol.Settings;
import dev.wsmesh.protocol.View;
import dev.wsmesh.protocol.View.LinkView;
import dev.wsmesh.protocol.View.StreamView;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.ToIntFunction;

/** Whether every log, window, map and queue of one run of one node is within its bound. */
final class Bounds {
    /** As the core has them: of nonces of its own Shuffles, and of the ways back for the replies to others'. */
    private static final int SHUFFLES_SENT = 8;

    private static final int SHUFFLE_ROUTES = 256;

    /** The own stream is not refused; nor is the one before it, after an epoch was taken. */
    private static final int OWN_STREAMS = 2;

    private record Bound(String what, Collection<?> kept, ToIntFunction<View> most) {}

    private final SimulatedNode node;
    private final List<Bound> bounds = new ArrayList<>();
    private final Queues queues;

    Bounds(SimulatedNode node) {
        this.node = node;
        this.queues = new Queues(node);
        boundWhatWaits(node.protocol(), node.settings);
        boundWhatIsKeptPerStream(node.protocol());
    }

    private void boundWhatWaits(Protocol core, Settings settings) {
        Settings.Membership membership = settings.membership();
        int acknowledgements = settings.broadcasting().publishing().pendingAcknowledgements();
        int dials = membership.dialling().most() + settings.bootstrap().size();
        int peers = membership.passiveView() + 1;
        bound("pending acknowledgements", acknowledgements, Insides.at(core, "broadcast", "publisher", "pending"));
        bound("dials under way", dials, Insides.at(core, "overlay", "dialling", "dials"));
        bound("peers with brief links", peers, Insides.at(core, "overlay", "briefLinks", "inARow"));
        bound("nonces of shuffles", SHUFFLES_SENT, Insides.at(core, "overlay", "shuffles", "sent"));
        bound("routes of shuffles", SHUFFLE_ROUTES, Insides.at(core, "overlay", "shuffles", "routes"));
    }

    private void bound(String what, int most, Collection<?> kept) {
        bounds.add(new Bound(what + " are bounded", kept, _ -> most));
    }

    /** Each holds streams, or what is known of their origins: a stream that is forgotten is gone from all. */
    private void boundWhatIsKeptPerStream(Protocol core) {
        perStream("the past of a stream is wanted once", Insides.at(core, "broadcast", "backfill", "wanted"));
        perStream("a stream is repaired once", Insides.at(core, "broadcast", "repair", "broken"));
        perStream("a change is announced once", Insides.at(core, "broadcast", "announcer", "changed"));
        perStream("a stream waits once in the window", Insides.at(core, "broadcast", "window", "holders"));
        perStream("origins that hold epochs have streams", Insides.at(core, "broadcast", "delivery", "holding"));
        perStream("origins have streams", Insides.at(core, "broadcast", "streams", "origins"));
        Collection<?> forgotten = Insides.at(core, "broadcast", "streams", "forgottenOf");
        bounds.add(new Bound("origins that are forgotten have positions", forgotten, View::forgottenStreams));
    }

    private void perStream(String what, Collection<?> kept) {
        bounds.add(new Bound(what, kept, view -> view.streams().size()));
    }

    void check(View view) {
        checkMemory(view);
        checkViews(view);
        for (Bound bound : bounds) {
            if (bound.kept.size() > bound.most.applyAsInt(view)) {
                throw new Violation(bound.what, node.index + " keeps " + bound.kept.size());
            }
        }
        queues.check();
    }

    private void checkMemory(View view) {
        Settings.Memory limits = node.settings.broadcasting().memory();
        int index = node.index;
        Violation.unless(view.logBytes() <= limits.logBytes(), "the log is bounded", index, view.logBytes());
        long bytes = 0;
        long waiting = 0;
        for (StreamView stream : view.streams()) {
            bytes += stream.bytes();
            waiting += stream.waiting();
        }
        int streams = limits.streams() + OWN_STREAMS;
        Violation.unless(bytes == view.logBytes(), "the log's bytes are those of its streams", index, bytes);
        Violation.unless(waiting == view.windowRecords(), "what waits, waits in the window", index, waiting);
        Violation.unless(view.windowRecords() <= limits.windowRecords(), "the window is bounded", index);
        Violation.unless(view.windowBytes() <= limits.windowBytes(), "the window's bytes are bounded", index);
        Violation.unless(view.streams().size() <= streams, "streams are bounded", index);
        Violation.unless(view.forgottenStreams() <= limits.forgottenPositions(), "positions are bounded", index);
    }

    private void checkViews(View view) {
        Settings.Membership membership = node.settings.membership();
        int index = node.index;
        Violation.unless(view.passive().size() <= membership.passiveView(), "the passive view is bounded", index);
        int neighbours = neighbours(view.links());
        Violation.unless(neighbours <= membership.activeView() + 1, "the active view is bounded", index, neighbours);
    }

    /** Two links with one peer count once. */
    private static int neighbours(List<LinkView> links) {
        Set<NodeId> peers = new HashSet<>();
        for (LinkView link : links) {
            if (link.neighbour()) {
                peers.add(link.id().peer());
            }
        }
        return peers.size();
    }
}
