package dev.wsmesh.node;

import dev.wsmesh.protocol.StreamId;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Streams of which a subscription has had more than this node, elsewhere. Guarded by the monitor of its subscription, but for
 * {@link #isAny}.
 */
final class Ahead {

    /** Up to which number. */
    private final Map<StreamTag, Long> positions = new HashMap<>();

    /** Nearly always there are none, and nothing is to be looked up. */
    private volatile boolean some;

    void add(Map<StreamTag, Long> more) {
        positions.putAll(more);
        some = !positions.isEmpty();
    }

    /** Whether some stream has to be watched, whatever its topics. */
    boolean isAny() {
        return some;
    }

    /**
     * This node has come to this number of the stream, or begins with it. Where the subscription was ahead, it no longer is.
     *
     * @return what lies between, which is missing here; null if nothing does
     */
    @Nullable
    Gap heard(StreamId stream, long sequence) {
        Long last = positions.get(StreamTag.of(stream));
        if (last == null || sequence <= last) {
            return null;
        }
        forget(stream);
        return sequence == last + 1 ? null : new Gap(stream, last + 1, sequence - 1, Gap.Cause.NOT_RETAINED);
    }

    /** Whether the subscription has had that message elsewhere. */
    boolean hasHad(StreamId stream, long sequence) {
        Long last = positions.get(StreamTag.of(stream));
        return last != null && sequence <= last;
    }

    /** What of it the subscription has not had elsewhere; null if nothing. */
    @Nullable
    Gap unheard(Gap gap) {
        Long last = positions.get(StreamTag.of(gap.stream()));
        if (last == null || gap.from() > last) {
            return gap;
        }
        if (gap.to() <= last) {
            return null;
        }
        forget(gap.stream());
        return new Gap(gap.stream(), last + 1, gap.to(), gap.cause());
    }

    private void forget(StreamId stream) {
        positions.remove(StreamTag.of(stream));
        some = !positions.isEmpty();
    }
}
