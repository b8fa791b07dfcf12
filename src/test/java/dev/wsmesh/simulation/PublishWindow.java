package dev.wsmesh.simulation;

import dev.wsmesh.protocol.LinkId;
import dev.wsmesh.protocol.Output;
import dev.wsmesh.protocol.View;
import dev.wsmesh.protocol.View.StreamLinkView;
import dev.wsmesh.protocol.View.StreamView;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * How long one run of one publisher is held up, and by whom: nobody may hold its window shut for longer than a laggard may,
 * and it must not be refused for the sake of somebody who did.
 */
final class PublishWindow {
    private static final long NEVER = Long.MAX_VALUE;
    private static final long MARGIN = Network.millis(100);

    private final SimulatedNode node;
    private final long patience;
    /** Of each link that is a window behind, when a publication was first refused while it was. */
    private final Map<LinkId, Long> blamedSince = new LinkedHashMap<>();

    private long shutSince = NEVER;
    private boolean refused;

    PublishWindow(SimulatedNode node) {
        this.node = node;
        this.patience = node.settings.broadcasting().publishing().laggardAfter().toNanos() + MARGIN;
    }

    void onOutput(Output output, long now) {
        if (output instanceof Output.WindowOpened) {
            shutSince = NEVER;
        }
        if (output instanceof Output.PublishRefused(var _, var reason) && reason == Output.Refusal.WINDOW_SHUT) {
            refused = true;
            shutSince = Math.min(shutSince, now);
        }
    }

    void afterEvent(View view, long now) {
        boolean opensInTime = shutSince == NEVER || now - shutSince <= patience;
        Violation.unless(opensInTime, "a publish window opens again in time", node.index, shutSince);
        if (!refused && blamedSince.isEmpty()) {
            return;
        }
        Set<LinkId> behind = behind(view);
        blamedSince.keySet().retainAll(behind);
        if (!refused) {
            return;
        }
        refused = false;
        behind.forEach(link -> blamedSince.putIfAbsent(link, now));
        boolean someoneIsNew = blamedSince.values().stream().anyMatch(since -> now - since <= patience);
        Violation.unless(someoneIsNew, "a laggard is not waited for", node.index, blamedSince);
    }

    private Set<LinkId> behind(View view) {
        Set<LinkId> behind = new LinkedHashSet<>();
        long window = node.settings.broadcasting().publishing().windowBytes();
        for (StreamView stream : view.streams()) {
            if (!stream.id().equals(view.own())) {
                continue;
            }
            for (StreamLinkView link : stream.links()) {
                if (link.lagBytes() >= window) {
                    behind.add(link.link());
                }
            }
        }
        return behind;
    }
}
