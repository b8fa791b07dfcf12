package dev.wsmesh.gateway.stomp;

import dev.wsmesh.node.Publication;
import dev.wsmesh.node.PublishOptions;
import dev.wsmesh.protocol.Header;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.messaging.Message;
import org.springframework.messaging.simp.SimpMessageHeaderAccessor;
import org.springframework.messaging.simp.SimpMessageType;
import org.springframework.messaging.support.MessageBuilder;

/**
 * Messages of a broker as records of the mesh and back: the payload as it is, the destination and the headers that clients see
 * as headers.
 */
public final class BridgedMessages {

    private static final Logger log = LoggerFactory.getLogger(BridgedMessages.class);

    /** Marks what came from the mesh. */
    private static final String MARK = BridgedMessages.class.getName();

    private static final String DESTINATION = "destination";
    private static final String CLIENT_HEADER = "client:";

    private final PublishOptions options;

    /** Publishes in this way. */
    public BridgedMessages(PublishOptions options) {
        this.options = options;
    }

    static boolean isMarked(Message<?> message) {
        return message.getHeaders().containsKey(MARK);
    }

    Publication encode(String destination, Message<?> message) {
        SimpMessageHeaderAccessor said = SimpMessageHeaderAccessor.wrap(message);
        List<Header> headers = new ArrayList<>();
        headers.add(new Header(DESTINATION, destination));
        said.toNativeHeaderMap()
                .forEach((name, values) ->
                        values.forEach(value -> headers.add(new Header(CLIENT_HEADER + name, value))));
        return new Publication(MeshBridge.TOPIC, Bodies.payload(message), Bodies.contentType(said), headers, options);
    }

    /** The message, marked; null if it is none. */
    @Nullable
    Message<byte[]> decode(dev.wsmesh.node.Message record) {
        String destination = record.header(DESTINATION);
        if (destination == null) {
            log.warn("a message of {} for STOMP clients has no destination and is dropped", record.position());
            return null;
        }
        SimpMessageHeaderAccessor headers = SimpMessageHeaderAccessor.create(SimpMessageType.MESSAGE);
        headers.setDestination(destination);
        headers.setHeader(MARK, true);
        for (Header header : record.headers()) {
            if (header.name().startsWith(CLIENT_HEADER)) {
                headers.addNativeHeader(header.name().substring(CLIENT_HEADER.length()), header.value());
            }
        }
        Bodies.setContentType(headers, record.contentType());
        headers.setLeaveMutable(true);
        return MessageBuilder.createMessage(record.payload().toArray(), headers.getMessageHeaders());
    }
}
