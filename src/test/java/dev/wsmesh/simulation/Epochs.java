package dev.wsmesh.simulation;

import dev.wsmesh.protocol.LinkId;
import dev.wsmesh.protocol.Output;
import dev.wsmesh.protocol.StreamId;
import dev.wsmesh.protocol.View;
import dev.wsmesh.protocol.View.LinkView;
import dev.wsmesh.protocol.View.StreamLinkView;
import dev.wsmesh.protocol.View.StreamView;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Whether an older epoch had its grace, at one run of one node.
 *
 * <p>Where a newer epoch is told of for the first time, the older ones of its origin are over: nothing more of them will ever be
 * delivered. That is right if they were finished, so far as the node could know; if the newer has waited for a whole grace; or if
 * the newer had to go on at once, because what waited was about to be evicted or is in a gap itself. An older epoch was not
 * finished if a neighbour had announced more of it before the event, and was still there after it; or if records of it waited for
 * an earlier one all the time.
 */
final class Epochs {
    private static final String INVARIANT = "an older epoch is not closed before its grace";

    private final SimulatedNode node;
    private final Ledger.Run run;
    private final long grace;
    /** Since when a newer epoch has waited for this one. */
    private final Map<StreamId, Long> awaitedSince = new HashMap<>();
    /** Told of for the first time in this event. */
    private final Set<StreamId> begun = new LinkedHashSet<>();

    private View before;

    Epochs(SimulatedNode node, Ledger.Run run) {
        this.node = node;
        this.run = run;
        this.grace = node.settings.broadcasting().repairing().gapGrace().toNanos();
        this.before = node.protocol().view();
    }

    /** To be called before the ledger is. */
    void onOutput(Output output) {
        if (output instanceof Output.Deliver deliver && run.told(deliver.stream()) == null) {
            begun.add(deliver.stream());
        } else if (output instanceof Output.Gap gap && run.told(gap.stream()) == null) {
            begun.add(gap.stream());
        }
    }

    void afterEvent(View view, long now) {
        if (!begun.isEmpty()) {
            checkBegun(view, now);
            begun.clear();
        }
        for (StreamView stream : view.streams()) {
            if (!stream.closed() && stream.delivered() < stream.next() - 1) {
                noteWaiting(stream.id(), view, now);
            }
        }
        before = view;
    }

    private void noteWaiting(StreamId newer, View view, long now) {
        for (StreamView older : view.streams()) {
            if (!older.closed() && isEarlier(older.id(), newer)) {
                awaitedSince.putIfAbsent(older.id(), now);
            }
        }
    }

    private void checkBegun(View view, long now) {
        for (StreamView older : before.streams()) {
            StreamView after = find(view, older.id());
            if (older.closed() || after == null || older.id().origin().equals(node.id) || !isOver(older.id())) {
                continue;
            }
            long since = awaitedSince.getOrDefault(older.id(), Long.MAX_VALUE);
            boolean waited = since <= now - grace;
            boolean fair = waited || !isUnfinished(older, after, view) || hadToGoOn(older.id(), view);
            Violation.unless(fair, INVARIANT, node.index, "told of", begun, "but", after, "awaited since", since);
        }
    }

    private boolean isOver(StreamId older) {
        return begun.stream().anyMatch(newer -> isEarlier(older, newer));
    }

    private boolean isUnfinished(StreamView older, StreamView after, View view) {
        boolean waits = older.waiting() > 0 && after.waiting() > 0 && older.next() == after.next();
        return waits || isMoreAnnounced(older, after, view);
    }

    private boolean isMoreAnnounced(StreamView older, StreamView after, View view) {
        Set<LinkId> lasting = askable(before);
        lasting.retainAll(askable(view));
        for (StreamLinkView link : older.links()) {
            if (link.theirs() >= after.next() && lasting.contains(link.link())) {
                return true;
            }
        }
        return false;
    }

    private static Set<LinkId> askable(View view) {
        Set<LinkId> askable = new HashSet<>();
        for (LinkView link : view.links()) {
            if (link.ready() && !link.leaving()) {
                askable.add(link.id());
            }
        }
        return askable;
    }

    /** The first record of a newer epoch is gone: it was evicted, or given up. */
    private boolean hadToGoOn(StreamId older, View view) {
        for (StreamId newer : begun) {
            StreamView stream = find(view, newer);
            Ledger.Told told = run.told(newer);
            if (isEarlier(older, newer) && stream != null && told != null && stream.base() > told.start) {
                return true;
            }
        }
        return false;
    }

    private static boolean isEarlier(StreamId one, StreamId other) {
        return one.origin().equals(other.origin()) && one.epoch() < other.epoch();
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
