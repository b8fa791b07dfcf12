package dev.wsmesh.protocol;

/**
 * Everything that a node does. The caller carries them out in their order. Times are nanoseconds of the clock that the caller
 * gives with each input.
 */
public sealed interface Output {

    /** Answers one {@link Input.Writable}. The frame is no larger than the peer accepts, and has at least one message. */
    record Send(LinkId link, Frame frame) implements Output {}

    /**
     * Consecutive records, one or more; in order, and each once, per stream; own records included.
     *
     * @param first the number of the first: 1 or more, and one more than the last of the Deliver, or the end of the Gap, before; the
     *     first of a stream may be any
     * @param bornNanos when they were published, by this core's clock and as far as can be told: before the run if negative
     */
    record Deliver(StreamId stream, long first, Records records, long bornNanos) implements Output {
        /** The number of the last. */
        public long last() {
            return first + records.size() - 1;
        }
    }

    /** Records {@code from..to} of the stream, both included, will never be delivered; it is said once, in its place. */
    record Gap(StreamId stream, long from, long to) implements Output {}

    /**
     * Ends in one {@link Input.LinkUp} or {@link Input.DialFailed} with this very address; until then it is not dialled again.
     *
     * @param intent to be said in the Hello
     */
    record Dial(Address address, Intent intent) implements Output {}

    /** Close once the frames already sent are out; the link counts as gone for the core from here on. */
    record Close(LinkId link, CloseCode code) implements Output {}

    /** Streams flow on the link of a neighbour: whatever is published from now on is delivered there, or told as a gap. */
    record NeighbourUp(LinkId link) implements Output {}

    /** Follows each {@link NeighbourUp}, once: the link is gone, or the neighbour leaves and takes nothing more. */
    record NeighbourDown(LinkId link) implements Output {}

    /** Give {@link Input.Timer} at this time, which may have come; replaces the time asked for before. */
    record SetTimer(long atNanos) implements Output {}

    /**
     * The record is held by this process, and it is owed to {@code neighbours}.
     *
     * @param ticket that of the {@link Input.Publish}, or {@link #BEACON}
     * @param sequence 1 for the first record under an epoch, then one more each time
     * @param neighbours nodes linked whose digest has come and that do not leave; one with two links counts once
     */
    record Published(long ticket, StreamId stream, long sequence, int neighbours) implements Output {
        /** No caller's: the node has published by itself, for those who probe it. */
        public static final long BEACON = 0;
    }

    /** Nothing was published, and nothing more is said about this ticket. */
    record PublishRefused(long ticket, Refusal reason) implements Output {}

    /** As many neighbours as asked for hold the record. */
    record Acknowledged(long ticket) implements Output {}

    /**
     * Before as many neighbours as asked for had said that they hold the record, the deadline passed or the node had left.
     *
     * @param count those that had, also if they are gone since
     */
    record AcknowledgementFailed(long ticket, int count) implements Output {}

    /** Who was refused with {@link Refusal#WINDOW_SHUT} may try again; said once, however many were. */
    record WindowOpened() implements Output {}

    /** This node now publishes under a new epoch; persist it before anything that follows is carried out. */
    record EpochTaken(long epoch) implements Output {}

    /** Everything that could be handed over was: the process may stop. */
    record Left() implements Output {}

    /** Why nothing was published. Only of the first is the caller told when it is over: by {@link WindowOpened}. */
    enum Refusal {
        /** {@link Input.Backpressure#FAIL}, and a pushed neighbour is {@link Settings.Publishing#windowBytes} behind. */
        WINDOW_SHUT,
        /** Larger than {@link Limits#recordBytes}, of this node's own limits. */
        RECORD_TOO_LARGE,
        /** Fewer neighbours count now than have to acknowledge it, and nobody wants to wait for more. */
        TOO_FEW_NEIGHBOURS,
        /** {@link Settings.Publishing#pendingAcknowledgements} publications wait for neighbours already, and this one wants to. */
        TOO_MANY_PENDING,
        /** {@link Input.Leave} was given. */
        LEAVING
    }
}
