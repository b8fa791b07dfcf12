package dev.wsmesh.protocol;

/** Everything that a node does. The caller carries them out in their order. */
public sealed interface Output {

    /** Answers one {@link Input.Writable}. */
    record Send(LinkId link, Frame frame) implements Output {}

    /**
     * In order, and once, per stream; own records included.
     *
     * @param bornNanos when it was published, by this core's clock and as far as can be told: before the run if negative
     */
    record Deliver(StreamId stream, long sequence, EncodedRecord record, long bornNanos) implements Output {}

    /** Records {@code from..to} of the stream will never be delivered. */
    record Gap(StreamId stream, long from, long to) implements Output {}

    record Dial(Address address, Intent intent) implements Output {}

    /** Close once the frames already sent are out; the link counts as gone for the core from here on. */
    record Close(LinkId link, CloseCode code) implements Output {}

    /** Streams flow on the link of a neighbour: whatever is published from now on is delivered there, or told as a gap. */
    record NeighbourUp(LinkId link) implements Output {}

    /** Follows each {@link NeighbourUp}, once: the link is gone, or the neighbour leaves and takes nothing more. */
    record NeighbourDown(LinkId link) implements Output {}

    /** Give {@link Input.Timer} at this time; replaces the time asked for before. */
    record SetTimer(long atNanos) implements Output {}

    /** The record is held by this process, and it is owed to {@code neighbours}. The node's own beacons have {@link #BEACON}. */
    record Published(long ticket, StreamId stream, long sequence, int neighbours) implements Output {
        public static final long BEACON = 0;
    }

    record PublishRefused(long ticket, Refusal reason) implements Output {}

    /** As many neighbours as asked for hold the record. */
    record Acknowledged(long ticket) implements Output {}

    /** The deadline passed, or the links were too few: {@code count} neighbours are known to hold the record. */
    record AcknowledgementFailed(long ticket, int count) implements Output {}

    /** A refused publisher may try again. */
    record WindowOpened() implements Output {}

    /** This node now publishes under a new epoch; persist it before anything that follows is carried out. */
    record EpochTaken(long epoch) implements Output {}

    /** Everything that could be handed over was: the process may stop. */
    record Left() implements Output {}

    enum Refusal {
        WINDOW_SHUT,
        RECORD_TOO_LARGE,
        TOO_FEW_NEIGHBOURS,
        TOO_MANY_PENDING,
        LEAVING
    }
}
