package dev.wsmesh.protocol;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Everything that can happen to a node. {@link Protocol} says in which order; deadlines are times of the clock that is given with
 * each of them.
 */
public sealed interface Input {

    /**
     * Both proofs were good.
     *
     * @param link a name that was never used before
     * @param dialled the address that this node dialled, the very one of {@link Output.Dial}, or null if the peer dialled
     * @param observed where others can dial the peer, as far as can be seen from here, unverified; null if it only dials out,
     *     or if that is where this node dialled it
     * @param intent the dialler's
     * @param peerEpoch of the peer's run, as its Hello said
     * @param peerFrameBytes the largest frame that the peer accepts, {@link Limits#FRAME_TARGET_BYTES} at least
     * @param overlapped another handshake with the same peer, in the other direction, was running at the same time
     * @param peerAheadNanos for how long the peer may have had the link already: at the acceptor, since its Proof went out; 0 at
     *     the dialler
     */
    record LinkUp(
            LinkId link,
            @Nullable Address dialled,
            @Nullable Address observed,
            Intent intent,
            long peerEpoch,
            int peerFrameBytes,
            boolean overlapped,
            long peerAheadNanos)
            implements Input {}

    /**
     * The link is gone, whoever closed it. It comes exactly once for each LinkUp, also after {@link Output.Close}.
     *
     * @param code this node's if it decided to close, else the peer's
     */
    record LinkDown(LinkId link, CloseCode code) implements Input {}

    /**
     * A dial that never became a link. {@link Output.Dial} ends either in this or in a LinkUp with its address.
     *
     * @param code why, as if a link had been closed with it; {@link CloseCode#ABNORMAL} where nobody answered
     */
    record DialFailed(Address address, CloseCode code) implements Input {}

    /** A whole frame, valid: see the contract of {@link Protocol}. */
    record Received(LinkId link, Frame frame) implements Input {}

    /**
     * Bytes of a frame that is not complete yet: a slow link is slow, not dead, and what it brings is on its way. To be told several
     * times a second.
     */
    record Heard(LinkId link) implements Input {}

    /** The link can take one more frame. Each of these is answered by one {@link Output.Send}, at once or later. */
    record Writable(LinkId link) implements Input {}

    /** The time of the last {@link Output.SetTimer} has come. */
    record Timer() implements Input {}

    /**
     * An application publishes. Either {@link Output.PublishRefused} answers, or {@link Output.Published} and, where they are
     * asked for, later {@link Output.Acknowledged} or {@link Output.AcknowledgementFailed}.
     *
     * @param ticket names this call in the outputs that answer it; positive. One that was refused may be used again
     * @param record already encoded, so that its publisher pays for that, and learns of what cannot be encoded, outside
     * @param acknowledgements null if nobody has to be waited for
     */
    record Publish(
            long ticket,
            EncodedRecord record,
            Backpressure backpressure,
            @Nullable Acknowledgements acknowledgements) implements Input {}

    /**
     * The configured peers are these from now on. Links that are up stay; new addresses are dialled, and others no more.
     *
     * @param addresses the node's own among them does no harm
     */
    record Bootstrap(List<Address> addresses) implements Input {
        public Bootstrap {
            addresses = List.copyOf(addresses);
        }
    }

    /** Begin a graceful stop: {@link Output.Left} follows within the leave limit. */
    record Leave() implements Input {}

    /** What to do when the slowest neighbour lags a window behind. Waiting is {@code FAIL} repeated at each WindowOpened. */
    enum Backpressure {
        /** {@link Output.Refusal#WINDOW_SHUT}. */
        FAIL,
        /** Publish all the same: the neighbour may see a gap. */
        IGNORE
    }

    /**
     * How many neighbours must hold the record.
     *
     * @param count different nodes; with 0 it is acknowledged at once
     * @param deadlineNanos when to give up
     * @param waitForLinks whether fewer linked neighbours than {@code count} is reason to wait rather than to fail at once
     */
    record Acknowledgements(int count, long deadlineNanos, boolean waitForLinks) {}
}
