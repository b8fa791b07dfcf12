package dev.wsmesh.node;

import java.time.Duration;
import java.util.List;

/**
 * The mesh as the program around a node sees it. All methods may be called from any thread.
 *
 * <p>The promise: of each publisher, in order, without duplicates, and nothing lost in silence. Every message that reached a
 * node that lives on, or whose publisher lives on, is delivered to each subscription that asks for its topic, or covered by
 * exactly one {@link Gap}. Messages of different publishers have no order among each other, and nothing is stored on disk.
 */
public interface Mesh {

    /** The topic of every text that a plain peer sends. */
    String PLAIN_TOPIC = "plain";

    /** The topic of the periodic broadcast. */
    String BROADCAST_TOPIC = "broadcast";

    /**
     * Publishes to the subscribers on every node, this one included.
     *
     * @return where it stands, once everything that the options ask for has happened
     * @throws IllegalArgumentException if the payload is larger than {@code mesh.limits.max-message-bytes}, the content
     *     type or the headers are beyond their limits, or the topic begins with {@code $}: those are the mesh's own
     * @throws IllegalStateException if the node is not running
     * @throws PublishException if it could not be done as the options ask
     */
    PublishReceipt publish(Publication publication);

    /** Publishes a text with the usual options; see {@link #publish(Publication)}. */
    default PublishReceipt publish(String topic, String text) {
        return publish(Publication.of(topic, text));
    }

    /**
     * Hands the messages of some topics to the listener, in the order of arrival. A listener that is too slow for its bounded
     * queue sees a {@link Gap}; it never slows the mesh.
     *
     * @return the subscription, which lasts until it is closed or the application ends
     * @throws IllegalStateException if the application has ended
     */
    Subscription subscribe(SubscribeOptions options, MessageListener listener);

    /** Subscribes from now on, with the configured bounds; see {@link #subscribe(SubscribeOptions, MessageListener)}. */
    default Subscription subscribe(String pattern, MessageListener listener) {
        return subscribe(SubscribeOptions.to(pattern), listener);
    }

    /**
     * Queues one text for every connected plain peer and returns at once. Nodes are not sent it; nothing is kept for a peer
     * that comes later, and whether a peer received it is not known.
     *
     * @return how many peers it was queued for
     * @throws IllegalArgumentException if the text cannot be written as UTF-8 (an unpaired surrogate) or is larger than
     *     {@code mesh.limits.max-message-bytes}
     * @throws IllegalStateException if the node is not running
     */
    int sendToPlainPeers(String text);

    /**
     * Waits until at least this many peers are connected: neighbours, and plain peers that this node dialled.
     *
     * @param count at least 0
     * @param timeout zero or more; how long to wait
     * @return whether they were connected in time
     * @throws InterruptedException if the waiting thread is interrupted
     */
    boolean awaitPeers(int count, Duration timeout) throws InterruptedException;

    /**
     * The nodes of the mesh as they tell of themselves: this one first (once it has started), then the others by their names.
     * A node is missing that has just joined, does not tell ({@code mesh.presence.enabled}), or is the 2,001st other one.
     */
    List<NodePresence> nodes();

    /** What the node knows of itself and its peers at this moment. */
    NodeView view();
}
