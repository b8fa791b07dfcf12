package dev.wsmesh.node;

/**
 * The bounds of each subscription's queue; at either of them the newest message is dropped, counted and told as a gap.
 *
 * @param messages at least 1
 * @param bytes at least 1; of the queued messages, topics and headers included
 */
public record SubscriptionLimits(int messages, long bytes) {

    /** Refuses a queue that could hold nothing. */
    public SubscriptionLimits {
        if (messages < 1 || bytes < 1) {
            throw new IllegalArgumentException(
                    "a queue of at most " + messages + " messages and " + bytes + " bytes: give at least 1 of each");
        }
    }
}
