package dev.wsmesh.protocol;

import java.util.Comparator;

/** Names everything that one run of one node publishes. Epochs of one origin only grow. */
public record StreamId(NodeId origin, long epoch) implements Comparable<StreamId> {
    private static final Comparator<StreamId> ORDER =
            Comparator.comparing(StreamId::origin).thenComparingLong(StreamId::epoch);

    public StreamId {
        if (epoch < 0) {
            throw new IllegalArgumentException("negative epoch " + epoch);
        }
    }

    @Override
    public int compareTo(StreamId other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return origin + "/" + epoch;
    }
}
