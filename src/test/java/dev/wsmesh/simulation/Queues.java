package dev.wsmesh.simulation;

import java.lang.reflect.Field;
import java.util.Collection;
import java.util.HashSet;
import java.util.Map;

/**
 * The queues of a node's links that hold streams: those of which something is to be said, those of which something is owed, and
 * answers about those that it does not know, which are bounded. The first two name no stream twice, and none that is not known on that link.
 */
final class Queues {
    private static final Field FLAGGED = Insides.fieldOfLink("flagged");
    private static final Field OWED = Insides.fieldOfLink("owed");
    private static final Field DENIALS = Insides.fieldOfLink("denials");
    private static final Field STREAMS = Insides.fieldOfLink("streams");

    private final SimulatedNode node;
    private final int mostDenials;
    private final Collection<?> links;

    Queues(SimulatedNode node) {
        this.node = node;
        this.mostDenials = node.settings.broadcasting().memory().forgottenPositions();
        this.links = Insides.at(node.protocol(), "links", "live");
    }

    void check() {
        for (Object link : links) {
            Collection<?> known = ((Map<?, ?>) Insides.get(STREAMS, link)).values();
            checkStreams("a stream is flagged once on a link", (Collection<?>) Insides.get(FLAGGED, link), known);
            checkStreams("a stream is owed once on a link", (Collection<?>) Insides.get(OWED, link), known);
            checkDenials((Collection<?>) Insides.get(DENIALS, link));
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

    private void checkDenials(Collection<?> queue) {
        Violation.unless(
                queue.size() <= mostDenials, "answers about unknown streams are bounded", node.index, queue.size());
    }
}
