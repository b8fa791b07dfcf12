package dev.wsmesh.node;

import dev.wsmesh.protocol.Bytes;
import dev.wsmesh.protocol.Header;
import dev.wsmesh.protocol.MeshRecord;
import dev.wsmesh.protocol.Topic;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One message as a subscriber gets it.
 *
 * @param position names it in the whole mesh: no other message has the same
 * @param contentType what the payload is, empty if the publisher did not say
 * @param publishedAt the publisher's wall clock, to the microsecond; nothing is decided by it
 */
public record Message(
        Position position, Topic topic, Bytes payload, String contentType, List<Header> headers, Instant publishedAt)
        implements Delivery {

    /** Header that carries the address of the plain peer that sent a text. */
    public static final String PEER_HEADER = "Mesh-Peer";

    /** Copies the headers. */
    public Message {
        headers = List.copyOf(headers);
    }

    static Message of(Position position, MeshRecord content) {
        return new Message(
                position,
                content.topic(),
                content.payload(),
                content.contentType(),
                content.headers(),
                content.publishedAt());
    }

    /** The payload read as UTF-8; what is none becomes U+FFFD. */
    public String text() {
        return new String(payload.toArray(), StandardCharsets.UTF_8);
    }

    /**
     * The payload without a copy, read-only, big endian, from position 0 to its limit. Each call gives a view of its own: any
     * thread may move in it and keep it, as it may keep the message.
     */
    public ByteBuffer payloadBuffer() {
        return payload.readOnlyBuffer();
    }

    /** The value of the first header of this name, whatever its case; null if there is none. */
    public @Nullable String header(String name) {
        for (Header header : headers) {
            if (header.name().equalsIgnoreCase(name)) {
                return header.value();
            }
        }
        return null;
    }
}
