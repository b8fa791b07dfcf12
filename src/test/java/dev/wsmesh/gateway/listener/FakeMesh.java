package dev.wsmesh.gateway.listener;

import dev.wsmesh.node.Gap;
import dev.wsmesh.node.Mesh;
import dev.wsmesh.node.Message;
import dev.wsmesh.node.MessageListener;
import dev.wsmesh.node.NodePresence;
import dev.wsmesh.node.NodeView;
import dev.wsmesh.node.Position;
import dev.wsmesh.node.Publication;
import dev.wsmesh.node.PublishReceipt;
import dev.wsmesh.node.SubscribeOptions;
import dev.wsmesh.node.Subscription;
import dev.wsmesh.protocol.Bytes;
import dev.wsmesh.protocol.NodeId;
import dev.wsmesh.protocol.StreamId;
import dev.wsmesh.protocol.Topic;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** A mesh without a node: keeps what is published, and delivers what a test says, on the test's thread. */
final class FakeMesh implements Mesh {

    static final StreamId SELF = stream(1);

    private final Map<MessageListener, SubscribeOptions> subscriptions = new ConcurrentHashMap<>();
    private final List<Publication> published = new ArrayList<>();

    static StreamId stream(long origin) {
        return new StreamId(new NodeId(0, origin), 1);
    }

    static Message message(StreamId stream, long sequence, String topic, byte[] payload, String contentType) {
        return new Message(
                new Position(stream, sequence),
                new Topic(topic),
                Bytes.wrap(payload),
                contentType,
                List.of(),
                Instant.EPOCH);
    }

    static Message text(StreamId stream, long sequence, String topic, String text) {
        return message(stream, sequence, topic, text.getBytes(StandardCharsets.UTF_8), "text/plain");
    }

    void deliver(Message message) {
        subscriptions.forEach((listener, options) -> {
            if (options.pattern().matches(message.topic())) {
                listener.onMessage(message);
            }
        });
    }

    void deliver(Gap gap) {
        subscriptions.keySet().forEach(listener -> listener.onGap(gap));
    }

    void overflow() {
        subscriptions.keySet().forEach(MessageListener::onOverflow);
    }

    List<SubscribeOptions> subscriptions() {
        return List.copyOf(subscriptions.values());
    }

    List<Publication> published() {
        return published;
    }

    /** What is published on a topic with a '!' is refused, as a node that does not run would. */
    @Override
    public PublishReceipt publish(Publication publication) {
        if (publication.topic().name().contains("!")) {
            throw new IllegalStateException("the node is not running");
        }
        published.add(publication);
        return new PublishReceipt(new Position(SELF, published.size()), 0, 0);
    }

    @Override
    public Subscription subscribe(SubscribeOptions options, MessageListener listener) {
        subscriptions.put(listener, options);
        return () -> subscriptions.remove(listener);
    }

    @Override
    public int sendToPlainPeers(String text) {
        throw new UnsupportedOperationException();
    }

    @Override
    public boolean awaitPeers(int count, Duration timeout) {
        throw new UnsupportedOperationException();
    }

    @Override
    public List<NodePresence> nodes() {
        return List.of();
    }

    @Override
    public NodeView view() {
        throw new UnsupportedOperationException();
    }
}
