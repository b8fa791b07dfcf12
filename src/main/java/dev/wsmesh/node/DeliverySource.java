package dev.wsmesh.node;

import java.util.List;
import java.util.function.BooleanSupplier;

/** What a node offers to the ways in, beyond what applications need of {@link Mesh}. */
public interface DeliverySource {

    /**
     * Subscribes, for a thread of the caller's own.
     *
     * @throws IllegalStateException if the node has not started, or the application has ended
     */
    PulledSubscription pull(SubscribeOptions options);

    /**
     * The same, but one that goes on from somewhere, or wants a replay, waits for up to 5 s for a node that has just come to learn
     * of the past from the others. What is published meanwhile is not lost by that.
     *
     * @param givenUp asked now and then: whoever has given up does not wait any longer
     * @throws IllegalStateException if the node has not started, or the application has ended
     */
    PulledSubscription pullPast(SubscribeOptions options, BooleanSupplier givenUp) throws InterruptedException;

    /** Sets a {@link Mark} in each subscription that is pulled, where its queue has room. */
    void mark();

    /** The topics that were heard lately, by their names. */
    List<TopicView> topics();
}
