package dev.wsmesh.gateway.listener;

import dev.wsmesh.node.Mesh;
import dev.wsmesh.node.Publication;
import dev.wsmesh.node.PublishException;
import dev.wsmesh.node.PublishReceipt;
import dev.wsmesh.protocol.Bytes;
import dev.wsmesh.protocol.Header;
import dev.wsmesh.protocol.Topic;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.messaging.Message;
import org.springframework.messaging.MessageHeaders;
import org.springframework.messaging.converter.MessageConversionException;
import org.springframework.messaging.converter.MessageConverter;

/**
 * Publishes what {@link MeshListener} methods can read: {@code String} and {@code byte[]} as they are, other objects as the
 * message converters write them, usually JSON. Thread-safe.
 */
public final class MeshTemplate {

    private final Mesh mesh;
    private final MessageConverter converter;

    /** Creates a template. */
    public MeshTemplate(Mesh mesh, MessageConverter converter) {
        this.mesh = mesh;
        this.converter = converter;
    }

    /** Publishes in the usual way; see {@link #convertAndSend(String, Object, SendOptions)}. */
    public PublishReceipt convertAndSend(String topic, Object payload) {
        return convertAndSend(topic, payload, SendOptions.DEFAULT);
    }

    /** Publishes with headers; see {@link #convertAndSend(String, Object, SendOptions)}. */
    public PublishReceipt convertAndSend(String topic, Object payload, Map<String, String> headers) {
        return convertAndSend(topic, payload, new SendOptions("", headers, SendOptions.DEFAULT.publishing()));
    }

    /**
     * Publishes now, whether or not a transaction is under way; {@link #afterCommit} waits for it.
     *
     * @throws MessageConversionException if no converter can write the payload
     * @throws IllegalArgumentException if {@link Mesh#publish(Publication)} does not allow it
     * @throws IllegalStateException if the node is not running
     * @throws PublishException if it could not be done as the options ask
     */
    public PublishReceipt convertAndSend(String topic, Object payload, SendOptions options) {
        return mesh.publish(publication(topic, payload, options));
    }

    /** Publishes once the transaction of the calling thread has been committed; at once where there is none. */
    public AfterCommit afterCommit() {
        return afterCommit(AfterCommit.WithoutTransaction.PUBLISH);
    }

    /** Publishes once the transaction of the calling thread has been committed. */
    public AfterCommit afterCommit(AfterCommit.WithoutTransaction otherwise) {
        return new AfterCommit(this, mesh, otherwise);
    }

    Publication publication(String topic, Object payload, SendOptions options) {
        MessageHeaders headers = options.contentType().isEmpty()
                ? null
                : new MessageHeaders(Map.of(MessageHeaders.CONTENT_TYPE, options.contentType()));
        @Nullable Message<?> message = converter.toMessage(payload, headers);
        if (message == null || !(message.getPayload() instanceof byte[] bytes)) {
            throw new MessageConversionException("no message converter writes a "
                    + payload.getClass().getName()
                    + (headers == null ? "" : " as '" + options.contentType() + "'")
                    + "; send a String or a byte[], or make a converter that can the bean meshMessageConverter");
        }
        List<Header> own = options.headers().entrySet().stream()
                .map(header -> new Header(header.getKey(), header.getValue()))
                .toList();
        return new Publication(
                new Topic(topic),
                Bytes.copyOf(bytes),
                MeshMessageConverter.contentType(message.getHeaders()),
                own,
                options.publishing());
    }
}
