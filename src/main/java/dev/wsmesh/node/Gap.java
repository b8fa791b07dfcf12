package dev.wsmesh.node;

import dev.wsmesh.protocol.StreamId;

/**
 * Messages of one stream that the subscription will not get, told where they would have stood. Whatever it would have got is
 * either delivered or within exactly one gap; a gap may also cover messages of topics that it never asked for.
 *
 * @param from the first missing number, at least 1
 * @param to the last missing number, at least {@code from}
 */
public record Gap(StreamId stream, long from, long to, Cause cause) implements Delivery, Waiting {

    /** Why messages are missing. */
    public enum Cause {
        /** No node that could be reached retains them any more. */
        NOT_RETAINED,
        /** The subscription's queue was full; or this node retained them when the replay began, and not when it came to them. */
        SLOW_SUBSCRIBER,
        /** The message is here, and this node could not read it: for lack of memory, for one. Its log says why. */
        UNREADABLE
    }
}
