package dev.wsmesh.protocol;

/**
 * What is retained of one stream and is settled here, {@link #first} to {@link #last} without holes: delivered, or come too late
 * for that, or fetched from before this node listened. Good only until the core is given its next input.
 */
public final class Retained {
    private final Stream stream;

    Retained(Stream stream) {
        this.stream = stream;
    }

    /** Whose records these are. */
    public StreamId id() {
        return stream.id;
    }

    /** The oldest that is retained; {@link #last} + 1 or more if none is. */
    public long first() {
        return stream.log.base();
    }

    /** The newest that is retained and settled. */
    public long last() {
        return Math.min(stream.delivered, stream.log.contiguous());
    }

    /** Up to here everything was delivered or is in a gap; at least {@link #last}. */
    public long settled() {
        return stream.delivered;
    }

    /** The first of them that was born at this time or later, by this node's clock; {@link #settled} + 1 if none was. */
    public long firstBornSince(long nanos) {
        return Math.min(stream.log.firstBornSince(nanos), stream.delivered + 1);
    }

    /** When this one was born, by this node's clock. */
    public long born(long sequence) {
        return stream.log.born(sequence);
    }

    /** All that is no longer, or never was, retained was born before this time, by this node's clock. */
    public long bornBelow() {
        return stream.bornBelow;
    }

    /** Whether older ones may still come, or where it begins is not known yet. */
    public boolean isIncomplete() {
        return stream.backfilling || (!stream.started && stream.highestKnown > 0);
    }

    /** One of them. */
    public EncodedRecord get(long sequence) {
        return stream.log.get(sequence);
    }
}
