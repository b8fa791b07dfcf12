package dev.wsmesh.node;

import dev.wsmesh.protocol.StreamId;
import java.util.HashSet;
import java.util.Set;

/**
 * What was published before a run of the node began and is delivered to it because it asks for that when it joins: a
 * subscription gets it only as far as its own replay reaches back. Of the run's core, one at a time.
 */
final class FirstPast {

    /** Born in the run, or nobody can tell. */
    static final long PRESENT = Long.MAX_VALUE;

    /** More streams are looked up again. */
    private static final int MOST_STREAMS = 16_384;

    private final boolean delivered;

    /** Streams that have come to the present: their next records are younger still. */
    private final Set<StreamId> arrived = new HashSet<>();

    /** Tells when records were born, by the core's clock, whose zero is the beginning of the run. */
    @FunctionalInterface
    interface Births {

        /** {@link #PRESENT} if it is not retained any more. */
        long of(StreamId stream, long sequence);
    }

    /**
     * For one node.
     *
     * @param delivered whether such things are delivered at all
     */
    FirstPast(boolean delivered) {
        this.delivered = delivered;
    }

    void newRun() {
        arrived.clear();
    }

    /** When it was born; {@link #PRESENT} if that was in the run. */
    long born(StreamId stream, long sequence, Births births) {
        if (!delivered || arrived.contains(stream)) {
            return PRESENT;
        }
        long born = births.of(stream, sequence);
        if (born < 0) {
            return born;
        }
        if (born != PRESENT && arrived.size() < MOST_STREAMS) {
            arrived.add(stream);
        }
        return PRESENT;
    }
}
