package dev.wsmesh.simulation;

import dev.wsmesh.protocol.Input;
import dev.wsmesh.protocol.LinkId;
import dev.wsmesh.protocol.Output;
import dev.wsmesh.protocol.View;
import dev.wsmesh.protocol.View.LinkView;
import dev.wsmesh.protocol.View.StreamLinkView;
import dev.wsmesh.protocol.View.StreamView;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * How long one run of one publisher is held up, and by whom: nobody may hold its window shut for longer than a laggard may,
 * and it must not be refused for the sake of somebody who did. Whoever is waited for gets what it is owed, whatever others publish.
 */
final class PublishWindow {
    private static final long NEVER = Long.MAX_VALUE;
    private static final long MARGIN = Network.millis(100);

    private record Owed(LinkId link, long sequence) {}

    private final SimulatedNode node;
    private final long window;
    private final long patience;
    /** Of each link that is a window behind, when a publication was first refused while it was. */
    private final Map<LinkId, Long> blamedSince = new LinkedHashMap<>();

    private long shutSince = NEVER;
    private boolean refused;

    /** What those are owed first that are waited for, and less than a window behind. */
    private final Set<Owed> owed = new HashSet<>();

    PublishWindow(SimulatedNode node) {
        this.node = node;
        this.window = node.settings.broadcasting().publishing().windowBytes();
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

    void afterEvent(Input input, View view, long now) {
        checkOwed(input, view);
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

    /** Age may evict what is owed, and so may a publication that does not wait; what others publish must not. */
    private void checkOwed(Input input, View view) {
        if (input instanceof Input.Received) {
            for (StreamLinkView link : ownLinks(view)) {
                boolean lost = link.lagBytes() > 0
                        && !holds(view, link)
                        && owed.contains(new Owed(link.link(), link.cursor()));
                Violation.unless(!lost, "what is owed within the window stays", node.index, link);
            }
        }
        Set<LinkId> laggards = new HashSet<>();
        for (LinkView link : view.links()) {
            if (link.laggard()) {
                laggards.add(link.id());
            }
        }
        owed.clear();
        for (StreamLinkView link : ownLinks(view)) {
            boolean within = link.lagBytes() > 0 && link.lagBytes() < window && holds(view, link);
            if (within && !laggards.contains(link.link())) {
                owed.add(new Owed(link.link(), link.cursor()));
            }
        }
    }

    private Set<LinkId> behind(View view) {
        Set<LinkId> behind = new LinkedHashSet<>();
        for (StreamLinkView link : ownLinks(view)) {
            if (link.lagBytes() >= window) {
                behind.add(link.link());
            }
        }
        return behind;
    }

    private static boolean holds(View view, StreamLinkView link) {
        return own(view).filter(stream -> stream.base() <= link.cursor()).isPresent();
    }

    private static List<StreamLinkView> ownLinks(View view) {
        return own(view).map(StreamView::links).orElse(List.of());
    }

    private static Optional<StreamView> own(View view) {
        for (StreamView stream : view.streams()) {
            if (stream.id().equals(view.own())) {
                return Optional.of(stream);
            }
        }
        return Optional.empty();
    }
}
