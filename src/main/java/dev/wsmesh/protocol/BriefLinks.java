package dev.wsmesh.protocol;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Whose links end again and again soon after they came up. A dial that becomes a link is no failure; so without
 * this, a peer that takes every link and ends it would be dialled without a pause.
 */
final class BriefLinks {
    /** A link that lasts for longer was a good one. A guess. */
    private static final Duration STABLE = Duration.ofSeconds(10);

    private static final int MOST_DOUBLINGS = 16;

    private final Context context;
    private final Map<NodeId, Integer> inARow = new LinkedHashMap<>();

    BriefLinks(Context context) {
        this.context = context;
    }

    /** A link has ended; returns how many brief ones that makes in a row. */
    int onEnd(Link link) {
        if (context.now - link.upAt >= STABLE.toNanos()) {
            inARow.remove(link.peer());
            return 0;
        }
        int count = inARow.merge(link.peer(), 1, Integer::sum);
        if (inARow.size() > context.settings.membership().passiveView() + 1) {
            inARow.remove(inARow.keySet().iterator().next());
        }
        return count;
    }

    /**
     * How long to leave the peer alone: not at all after the first, for links do break; from then on twice as long each time. Long
     * at once if only an operator can mend it, however long the link had lasted.
     */
    Duration pause(int count, CloseCode code) {
        Settings.Dialling settings = context.settings.membership().dialling();
        if (code.retry() == CloseCode.Retry.LONG_BACKOFF) {
            return settings.longBackoff();
        }
        if (count < 2) {
            return Duration.ZERO;
        }
        Duration pause = settings.backoff().multipliedBy(1L << Math.min(count - 2, MOST_DOUBLINGS));
        return pause.compareTo(settings.backoffLimit()) < 0 ? pause : settings.backoffLimit();
    }

    /**
     * As how many failures in a row that counts, for who is in a hurry minds nothing else: the first is none, for links do break,
     * unless only an operator can mend it.
     */
    int failures(int count, CloseCode code) {
        return code.retry() == CloseCode.Retry.LONG_BACKOFF ? Math.max(1, count) : Math.max(0, count - 1);
    }
}
