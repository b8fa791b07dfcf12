package dev.wsmesh.node;

import java.time.Duration;
import java.util.function.IntFunction;
import java.util.function.Supplier;

/**
 * The node behind {@link Mesh}.
 *
 * <p>States: {@code stopped -> running -> stopped}, by {@link #started} and {@link #leaving}, as often as its application
 * is started and stopped; subscriptions last until the {@link Inbox} is closed. Thread-safe.
 */
public final class MeshNode implements Mesh {

    private final Transport transport;
    private final PeerStatus peers;
    private final Inbox inbox;
    private final int maxMessageBytes;
    private final Supplier<String> bind;
    private volatile boolean running;

    /**
     * Creates a node that has not started.
     *
     * @param maxMessageBytes larger texts are refused by {@link #publish}
     * @param bind tells the address the node shows to others
     */
    public MeshNode(Transport transport, PeerStatus peers, Inbox inbox, int maxMessageBytes, Supplier<String> bind) {
        this.transport = transport;
        this.peers = peers;
        this.inbox = inbox;
        this.maxMessageBytes = maxMessageBytes;
        this.bind = bind;
    }

    @Override
    public PublishReceipt publish(String text) {
        requireSendable(text);
        if (!running) {
            throw new IllegalStateException(
                    "the node is not running: publish after it has started and before it stops");
        }
        return publishToEach(index -> text);
    }

    /** Queues for each peer the text that belongs to its index; see {@link Transport#sendToEach}. */
    PublishReceipt publishToEach(IntFunction<String> textOfIndex) {
        return new PublishReceipt(transport.sendToEach(textOfIndex));
    }

    @Override
    public Subscription subscribe(MessageListener listener) {
        return inbox.subscribe(listener);
    }

    @Override
    public boolean awaitPeers(int count, Duration timeout) throws InterruptedException {
        return peers.awaitSessions(count, timeout);
    }

    @Override
    public NodeView view() {
        return new NodeView(bind.get(), running, peers.sessions(), peers.configuredPeers());
    }

    /** The node is up: publishing is allowed. */
    public void started() {
        running = true;
    }

    /** The node leaves: nothing more can be published. */
    public void leaving() {
        running = false;
    }

    private void requireSendable(String text) {
        if (!Utf8.canEncode(text)) {
            throw new IllegalArgumentException(
                    "the text cannot be written as UTF-8: it has an unpaired surrogate; send binary data as base64");
        }
        int bytes = Utf8.length(text);
        if (bytes > maxMessageBytes) {
            throw new IllegalArgumentException("the text has " + bytes + " bytes; mesh.limits.max-message-bytes allows "
                    + maxMessageBytes + ": send it in parts or raise the limit on every node");
        }
    }
}
