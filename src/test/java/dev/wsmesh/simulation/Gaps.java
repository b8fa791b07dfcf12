package dev.wsmesh.simulation;

import dev.wsmesh.protocol.Counter;
import dev.wsmesh.protocol.Output;
import dev.wsmesh.protocol.Settings;
import dev.wsmesh.protocol.StreamId;
import dev.wsmesh.protocol.View;
import dev.wsmesh.protocol.View.StreamView;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Whether a gap was honest.
 *
 * <p>Nodes ask their neighbours, and nobody else. So nothing may be in a gap that a neighbour retained that could have been
 * asked for a whole grace. Of what is retained further away this can be said: a neighbour that waits for the same record asks
 * its own neighbours, and so on. So the record at which a node waited may not be in its gap if it was retained several hops
 * away, and all nodes between waited for it too, for a grace per hop. A node in between that lies elsewhere in the stream, or
 * no longer holds the record, or never listened to it, ends the chain: nobody asks on behalf of others.
 *
 * <p>What is too large for a node's frames is not asked of anybody on its behalf.
 *
 * <p>And nothing may be in it that a neighbour retained when the link came up, however long the gap was waited for since, up to the
 * time after which a silent neighbour is given up and the longest grace: unless that neighbour needed the room, or the record is
 * from before the node listened, to which it has no claim.
 *
 * <p>Of an epoch that is closed all this is not promised: when it may be closed is for {@link Epochs} to say, and what comes later is
 * too late.
 */
final class Gaps {
    /** Ages travel in milliseconds. */
    private static final long ROUNDING = Network.seconds(1);

    private record Reached(SimulatedNode node, int hops) {}

    private record Holder(SimulatedNode node, StreamView stream, Ledger.Told told, int hops) {}

    private final Network network;
    private final Ledger ledger;

    Gaps(Network network, Ledger ledger) {
        this.network = network;
        this.ledger = ledger;
    }

    void check(SimulatedNode node, Output.Gap gap) {
        View view = node.protocol().view();
        StreamView given = find(view, gap.stream());
        boolean late = given != null && given.closed();
        if (late || view.leaving()) {
            return;
        }
        Set<SimulatedNode> seen = new HashSet<>(Set.of(node));
        ArrayDeque<Reached> frontier = new ArrayDeque<>();
        frontier.add(new Reached(node, 0));
        while (!frontier.isEmpty()) {
            Reached at = frontier.remove();
            long since = network.now()
                    - (at.hops + 1)
                            * node.settings
                                    .broadcasting()
                                    .repairing()
                                    .gapGrace()
                                    .toNanos();
            for (SimulatedLink.End end : at.node.ends.values()) {
                SimulatedNode peer = end.other().node;
                if (!wasGoodSince(end, since) || !seen.add(peer)) {
                    continue;
                }
                StreamView there = find(peer.protocol().view(), gap.stream());
                Ledger.Told told = ledger.run(peer).told(gap.stream());
                if (there == null || told == null) {
                    continue;
                }
                long last = at.hops == 0 ? gap.to() : gap.from();
                if (at.hops == 0) {
                    checkNotRetainedAtLinkUp(node, gap, end.link().readySince(), new Holder(peer, there, told, 1));
                }
                checkNotHeld(node, gap, last, since, new Holder(peer, there, told, at.hops + 1));
                boolean waited = !there.closed() && there.next() == gap.from() && told.at == gap.from() - 1;
                if (waited && told.since < since && ledger.fits(peer, gap.stream(), gap.from())) {
                    frontier.add(new Reached(peer, at.hops + 1));
                }
            }
        }
    }

    private boolean wasGoodSince(SimulatedLink.End end, long since) {
        SimulatedLink link = end.link();
        SimulatedNode node = end.node;
        SimulatedNode peer = end.other().node;
        return link.isWhole()
                && link.readySince() < since
                && !link.wasSlowSince(since)
                && !network.isBlocked(node, peer)
                && !network.isBlocked(peer, node)
                && !peer.protocol().view().leaving();
    }

    private void checkNotHeld(SimulatedNode node, Output.Gap gap, long last, long since, Holder holder) {
        StreamView there = holder.stream;
        String invariant = holder.hops == 1
                ? "a gap covers only what no linked node retained"
                : "a gap does not begin with what a reachable node retained";
        for (long each = Math.max(gap.from(), there.base()); each <= last && each < there.next(); each++) {
            boolean held = holder.told.deliveredAt(each) <= since && ledger.fits(node, gap.stream(), each);
            Violation.unless(!held, invariant, node.index, gap, "but", each, "is held by", holder);
        }
    }

    private void checkNotRetainedAtLinkUp(SimulatedNode node, Output.Gap gap, long upSince, Holder holder) {
        Settings.Broadcasting settings = holder.node.settings.broadcasting();
        long silence = holder.node.settings.liveness().unresponsiveAfter().toNanos();
        long patience = Math.max(settings.memory().retention().toNanos(), silence)
                + settings.repairing().longestGrace().toNanos();
        boolean waited = upSince + patience < network.now();
        Ledger.Publication publication = ledger.publications.get(gap.stream());
        if (waited || publication == null || holder.node.protocol().counted(Counter.RECORDS_EVICTED_FOR_ROOM) > 0) {
            return;
        }
        long retained = upSince - settings.memory().retention().toNanos() + ROUNDING;
        long oldest = Math.max(retained, ledger.run(node).listeningAt);
        for (long each = Math.max(gap.from(), holder.told.lastGap + 1); each <= gap.to(); each++) {
            boolean held = holder.told.deliveredAt(each) < upSince
                    && publication.times.get((int) each - 1) > oldest
                    && ledger.fits(node, gap.stream(), each);
            Violation.unless(
                    !held,
                    "a gap covers nothing that a neighbour held when linked",
                    node.index,
                    gap,
                    each,
                    upSince,
                    holder);
        }
    }

    private static @Nullable StreamView find(View view, StreamId stream) {
        for (StreamView each : view.streams()) {
            if (each.id().equals(stream)) {
                return each;
            }
        }
        return null;
    }
}
