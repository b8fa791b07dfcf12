package dev.wsmesh.simulation;

import dev.wsmesh.protocol.Message;
import java.lang.reflect.Field;
import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * The queues of a node's links that hold streams: those of which something is to be said, those of which something is owed, and
 * those that the node has forgotten. None names a stream twice, and the first two name none that is not known on that link.
 */
final class Queues {
    private static final Field FLAGGED = Insides.fieldOfLink("flagged");
    private static final Field OWED = Insides.fieldOfLink("owed");
    private static final Field FORGOTTEN = Insides.fieldOfLink("forgotten");
    private static final Field STREAMS = Insides.fieldOfLink("streams");

    private final SimulatedNode node;
    private final int mostForgotten;
    private final Collection<?> links;

    Queues(SimulatedNode node) {
        this.node = node;
        this.mostForgotten = node.settings.broadcasting().memory().forgottenPositions();
        this.links = Insides.at(node.protocol(), "links", "live");
    }

    void check() {
        for (Object link : links) {
            Collection<?> known = ((Map<?, ?>) Insides.get(STREAMS, link)).values();
            checkStreams("a stream is flagged once on a link", (Collection<?>) Insides.get(FLAGGED, link), known);
            checkStreams("a stream is owed once on a link", (Collection<?>) Insides.get(OWED, link), known);
            checkForgotten((Collection<?>) Insides.get(FORGOTTEN, link));
        }
    }

    private void checkStreams(String invariant, Collection<?> queue, Collection<?> known) {
        boolean distinct = queue.size() < 2 || new HashSet<Object>(queue).size() == queue.size();
        if (!distinct || !isAmong(known, queue)) {
            throw new Violation(invariant, node.index + " has " + queue.size() + " of " + known.size());
        }
    }

    /** Nearly all queues are empty or hold one: to look through what is known costs less than to make a set of it. */
    private static boolean isAmong(Collection<?> known, Collection<?> queue) {
        for (Object each : queue) {
            if (!known.contains(each)) {
                return false;
            }
        }
        return true;
    }

    private void checkForgotten(Collection<?> queue) {
        if (queue.isEmpty()) {
            return;
        }
        Violation.unless(queue.size() <= mostForgotten, "forgotten streams are bounded", node.index, queue.size());
        Set<Object> seen = new HashSet<>();
        for (Object each : queue) {
            boolean first = seen.add(((Message.Miss) each).stream());
            Violation.unless(first, "a forgotten stream is told of once on a link", node.index, each);
        }
    }
}
