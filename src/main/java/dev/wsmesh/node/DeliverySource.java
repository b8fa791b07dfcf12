package dev.wsmesh.node;

import java.util.List;

/** What a node offers to the ways in, beyond what applications need of {@link Mesh}. */
public interface DeliverySource {

    /**
     * Subscribes, for a thread of the caller's own.
     *
     * @throws IllegalStateException if the node has not started, or the application has ended
     */
    PulledSubscription pull(SubscribeOptions options);

    /** Whether the node has just come and may still learn of the past: who goes on from somewhere waits a little. */
    boolean isCatchingUp();

    /** Sets a {@link Mark} in each subscription that is pulled, where its queue has room. */
    void mark();

    /** The topics that were heard lately, by their names. */
    List<TopicView> topics();
}
