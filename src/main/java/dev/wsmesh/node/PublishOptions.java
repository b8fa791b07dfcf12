package dev.wsmesh.node;

import java.time.Duration;

/**
 * How something is published.
 *
 * @param backpressure what happens while the slowest neighbour is a whole window behind
 * @param minPeers at least so many neighbours have to be linked; waited for
 * @param acknowledgements so many neighbours have to say that they hold the message; waited for
 * @param timeout bounds all the waiting together
 */
public record PublishOptions(Backpressure backpressure, int minPeers, int acknowledgements, Duration timeout) {

    /** What to do when the slowest neighbour lags. */
    public enum Backpressure {
        /** Wait until it has caught up, or is no longer waited for. */
        WAIT,
        /** Fail at once. */
        FAIL,
        /** Go on: it may see a gap. */
        IGNORE
    }

    /** Waits for slow neighbours up to 10 s, twice as long as the slowest of them is waited for, and asks for none. */
    public static final PublishOptions DEFAULT = new PublishOptions(Backpressure.WAIT, 0, 0, Duration.ofSeconds(10));

    /** Refuses negative numbers. */
    public PublishOptions {
        if (minPeers < 0 || acknowledgements < 0 || timeout.isNegative()) {
            throw new IllegalArgumentException("min-peers " + minPeers + ", acknowledgements " + acknowledgements
                    + ", timeout " + timeout + ": none of them may be negative");
        }
    }

    /** The same with another answer to a slow neighbour. */
    public PublishOptions on(Backpressure changed) {
        return new PublishOptions(changed, minPeers, acknowledgements, timeout);
    }

    /** The same, but only to so many neighbours or more. */
    public PublishOptions toAtLeast(int peers) {
        return new PublishOptions(backpressure, peers, acknowledgements, timeout);
    }

    /** The same, but held by so many neighbours. */
    public PublishOptions acknowledgedBy(int neighbours) {
        return new PublishOptions(backpressure, minPeers, neighbours, timeout);
    }

    /** The same with another bound on the waiting. */
    public PublishOptions within(Duration bound) {
        return new PublishOptions(backpressure, minPeers, acknowledgements, bound);
    }
}
