package dev.wsmesh.node;

import java.time.Duration;

/**
 * The mesh as the program around a node sees it. All methods may be called from any thread.
 *
 * <p>In this version every peer is a plain peer, so what is published is one text to each peer that is connected at
 * that moment; nothing is kept for a peer that comes later.
 */
public interface Mesh {

    /** The topic of every text that a plain peer sends. */
    String PLAIN_TOPIC = "plain";

    /**
     * Queues one text for every connected peer and returns at once.
     *
     * @param text any text, the empty one included
     * @return how many peers it was queued for
     * @throws IllegalArgumentException if the text cannot be written as UTF-8 (an unpaired surrogate) or is larger than
     *     {@code mesh.limits.max-message-bytes}
     * @throws IllegalStateException if the node is not running
     */
    PublishReceipt publish(String text);

    /**
     * Hands every message received from now on to the listener, in the order of arrival, on a thread of the
     * subscription's own. A listener that is too slow for its bounded queue sees a {@link Gap}; it never slows the mesh.
     *
     * @return the subscription, which lasts until it is closed or the application ends
     * @throws IllegalStateException if the application has ended
     */
    Subscription subscribe(MessageListener listener);

    /**
     * Waits until at least this many peers are connected.
     *
     * @param count at least 0
     * @param timeout zero or more; how long to wait
     * @return whether they were connected in time
     * @throws InterruptedException if the waiting thread is interrupted
     */
    boolean awaitPeers(int count, Duration timeout) throws InterruptedException;

    /** What the node knows of itself and its peers at this moment. */
    NodeView view();
}
