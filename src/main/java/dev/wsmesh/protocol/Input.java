package dev.wsmesh.protocol;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Everything that can happen to a node. */
public sealed interface Input {

    /**
     * Both proofs were good.
     *
     * @param dialled the address that this node dialled, or null if the peer dialled
     * @param observed where others can dial the peer, as far as can be seen from here, unverified; null if it only dials out,
     *     or if that is where this node dialled it
     * @param intent the dialler's
     * @param peerFrameBytes the largest frame that the peer accepts
     * @param overlapped another handshake with the same peer, in the other direction, was running at the same time
     * @param peerAheadNanos for how long the peer may have had the link already: at the acceptor, since its Proof went out
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

    /** The link is gone, whoever closed it. It comes exactly once for each LinkUp, also after {@link Output.Close}. */
    record LinkDown(LinkId link, CloseCode code) implements Input {}

    /** A dial that never became a link. {@link Output.Dial} ends either in this or in a LinkUp with its address. */
    record DialFailed(Address address, CloseCode code) implements Input {}

    record Received(LinkId link, Frame frame) implements Input {}

    /** Bytes of a frame that is not complete yet: a slow link is slow, not dead. */
    record Heard(LinkId link) implements Input {}

    /** The link can take one more frame. Each of these is answered by one {@link Output.Send}, at once or later. */
    record Writable(LinkId link) implements Input {}

    /** The time of the last {@link Output.SetTimer} has come. */
    record Timer() implements Input {}

    /**
     * An application publishes.
     *
     * @param ticket names this call in the outputs that answer it; positive
     * @param record already encoded, so that its publisher pays for that, and learns of what cannot be encoded, outside
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
        FAIL,
        IGNORE
    }

    /**
     * How many neighbours must hold the record.
     *
     * @param waitForLinks whether fewer linked neighbours than {@code count} is reason to wait rather than to fail at once
     */
    record Acknowledgements(int count, long deadlineNanos, boolean waitForLinks) {}
}
