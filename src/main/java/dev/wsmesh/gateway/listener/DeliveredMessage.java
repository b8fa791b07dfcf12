package dev.wsmesh.gateway.listener;

import dev.wsmesh.node.Message;
import dev.wsmesh.protocol.Header;
import java.util.HashMap;
import java.util.Map;
import org.springframework.messaging.MessageHeaders;
import org.springframework.messaging.support.GenericMessage;

/** A message of the mesh as Spring's handler methods see it. */
final class DeliveredMessage extends GenericMessage<byte[]> {

    private static final long serialVersionUID = 1L;

    private final transient Message original;

    DeliveredMessage(Message original) {
        super(original.payload().toArray(), headers(original));
        this.original = original;
    }

    Message original() {
        return original;
    }

    /** It ends up in complaints, which say the rest. */
    @Override
    public String toString() {
        return "message " + original.position();
    }

    private static Map<String, Object> headers(Message message) {
        Map<String, Object> headers = new HashMap<>();
        for (Header header : message.headers()) {
            headers.putIfAbsent(header.name(), header.value());
        }
        // Spring's own have other types than texts.
        headers.remove(MessageHeaders.ID);
        headers.remove(MessageHeaders.TIMESTAMP);
        headers.put(MeshHeaders.TOPIC, message.topic().name());
        headers.put(MeshHeaders.POSITION, message.position());
        headers.put(MeshHeaders.PUBLISHED_AT, message.publishedAt());
        if (message.contentType().isEmpty()) {
            headers.remove(MessageHeaders.CONTENT_TYPE);
        } else {
            headers.put(MessageHeaders.CONTENT_TYPE, message.contentType());
        }
        return headers;
    }
}
