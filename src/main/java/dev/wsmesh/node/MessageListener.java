package dev.wsmesh.node;

/**
 * Receives messages of one subscription, one at a time, on a thread of the subscription's own. What it throws is logged and
 * does not end the subscription.
 */
@FunctionalInterface
public interface MessageListener {

    /** A message arrived. */
    void onMessage(Message message);

    /** Messages are missing at this place. */
    default void onGap(Gap gap) {}

    /** The subscription has ended because its queue was full ({@link Overflow#CLOSE}); nothing follows. */
    default void onOverflow() {}
}
