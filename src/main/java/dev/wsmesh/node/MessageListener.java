package dev.wsmesh.node;

/**
 * Receives messages of one subscription, one at a time. What it throws is logged and does not end the subscription.
 */
@FunctionalInterface
public interface MessageListener {

    /** A message arrived. */
    void onMessage(Message message);

    /** Messages are missing between the last one delivered and the next one. */
    default void onGap(Gap gap) {}
}
