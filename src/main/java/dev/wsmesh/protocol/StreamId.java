package dev.wsmesh.protocol;

import java.util.Comparator;

/**
 * Names everything that one run of one node publishes. Epochs of one origin only grow.
 *
 * @param epoch 0 to {@link Limits#MOST_NUMBER}, by custom milliseconds since 1970 when the run began
 */
public record StreamId(NodeId origin, long epoch) implements Comparable<StreamId> {
    private static final Comparator<StreamId> ORDER =
            Comparator.comparing(StreamId::origin).thenComparingLong(StreamId::epoch);

    /**
     * Refuses what cannot be an epoch at all; the upper end is the decoder's to see.
     *
     * @throws IllegalArgumentException if the epoch is negative
     */
    public StreamId {
        if (epoch < 0) {
            throw new IllegalArgumentException("negative epoch " + epoch);
        }
    }

    /** By origin, then older epochs first. */
    @Override
    public int compareTo(StreamId other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return origin + "/" + epoch;
    }
}
