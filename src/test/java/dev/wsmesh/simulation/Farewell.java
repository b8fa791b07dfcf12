package dev.wsmesh.simulation;

import dev.wsmesh.protocol.CloseCode;
import dev.wsmesh.protocol.Input;
import dev.wsmesh.protocol.LinkId;
import dev.wsmesh.protocol.Output;
import dev.wsmesh.protocol.Protocol;
import dev.wsmesh.protocol.StreamId;
import dev.wsmesh.protocol.View;
import dev.wsmesh.protocol.View.LinkView;
import dev.wsmesh.protocol.View.StreamView;
import java.util.HashSet;
import java.util.Set;

/**
 * Whether a node that leaves, and is not hurried by the leave limit, goes only when each neighbour that stays holds all that it
 * retains of what it has published: what the neighbour was merely sent may be lost with the connection.
 */
final class Farewell {
    private final SimulatedNode node;
    private final Ledger ledger;
    private long began = SimulatedLink.NEVER;
    /** After the last event. */
    private View before;
    /** In this one, because the node leaves: not those of which the neighbour says at that moment that it ends them. */
    private final Set<LinkId> closed = new HashSet<>();

    Farewell(SimulatedNode node, Ledger ledger) {
        this.node = node;
        this.ledger = ledger;
        this.before = node.protocol().view();
    }

    void onOutput(Output output, long now) {
        if (output instanceof Output.Close close && close.code() == CloseCode.GOING_AWAY) {
            closed.add(close.link());
        }
        long limit = node.settings.broadcasting().publishing().leaveLimit().toNanos();
        boolean hurried = began != SimulatedLink.NEVER && now - began >= limit;
        if (!(output instanceof Output.Left) || hurried) {
            return;
        }
        StreamId own = before.own();
        for (LinkView link : before.links()) {
            SimulatedLink.End end = node.ends.get(link.id());
            boolean stays = closed.contains(link.id()) && link.ready() && !link.leaving();
            if (!stays || end == null || !end.other().isAlive()) {
                continue;
            }
            long last = lastHeld(own, end.other().node);
            Protocol there = end.other().node.protocol();
            boolean holds = there.view().leaving() || last(there, own) >= last;
            Violation.unless(holds, "who leaves has handed over", node.index, own, last, "to", end.other().node.index);
        }
    }

    void afterEvent(Input input, View view, long now) {
        if (input instanceof Input.Leave && began == SimulatedLink.NEVER) {
            began = now;
        }
        before = view;
        closed.clear();
    }

    /** What is evicted, or too large for the neighbour, cannot be handed over; 0 if all is. */
    private long lastHeld(StreamId own, SimulatedNode neighbour) {
        for (StreamView each : node.protocol().view().streams()) {
            if (each.id().equals(own)) {
                long last = each.next() - 1;
                while (last >= each.base() && !ledger.fits(neighbour, own, last)) {
                    last--;
                }
                return last >= each.base() ? last : 0;
            }
        }
        return 0;
    }

    private static long last(Protocol core, StreamId stream) {
        for (StreamView each : core.view().streams()) {
            if (each.id().equals(stream)) {
                return each.next() - 1;
            }
        }
        return 0;
    }
}
