package dev.wsmesh.gateway.stomp;

import dev.wsmesh.node.Gap;
import dev.wsmesh.node.Message;
import dev.wsmesh.node.MessageListener;
import dev.wsmesh.node.Position;
import org.springframework.messaging.MessageChannel;
import org.springframework.messaging.simp.stomp.StompCommand;
import org.springframework.messaging.simp.stomp.StompHeaderAccessor;
import org.springframework.messaging.support.MessageBuilder;
import org.springframework.util.InvalidMimeTypeException;
import org.springframework.util.MimeType;

/**
 * One subscription of one client. The channel writes on the calling thread, which is the subscription's own: while the client
 * does not take it, messages wait in the subscription's queue.
 */
final class ClientSubscription implements MessageListener {

    private static final byte[] NOTHING = new byte[0];

    private final MessageChannel client;
    private final String session;
    private final String name;

    ClientSubscription(MessageChannel client, String session, String name) {
        this.client = client;
        this.session = session;
        this.name = name;
    }

    @Override
    public void onMessage(Message message) {
        StompHeaderAccessor frame = frame(message.position());
        frame.setDestination(Destinations.of(message.topic()));
        ClientHeaders.copy(message.headers(), frame);
        setContentType(frame, message.contentType());
        send(frame, message.payload().toArray());
    }

    @Override
    public void onGap(Gap gap) {
        StompHeaderAccessor frame = frame(new Position(gap.stream(), gap.to()));
        frame.setDestination(Destinations.PREFIX + "$mesh.gap");
        frame.setNativeHeader(MeshBroker.GAP_HEADER, gap.from() + "-" + gap.to());
        frame.setNativeHeader(MeshBroker.GAP_HEADER + "-cause", gap.cause().name().toLowerCase(java.util.Locale.ROOT));
        send(frame, NOTHING);
    }

    private StompHeaderAccessor frame(Position position) {
        StompHeaderAccessor frame = StompHeaderAccessor.create(StompCommand.MESSAGE);
        frame.setSessionId(session);
        frame.setSubscriptionId(name);
        String named = position.stream().origin() + "-" + position.stream().epoch() + "-" + position.sequence();
        frame.setMessageId(named);
        frame.setNativeHeader(MeshBroker.POSITION_HEADER, named);
        return frame;
    }

    /** A publisher may have said anything. */
    private static void setContentType(StompHeaderAccessor frame, String contentType) {
        if (contentType.isEmpty()) {
            return;
        }
        try {
            frame.setContentType(MimeType.valueOf(contentType));
        } catch (InvalidMimeTypeException e) {
            frame.setNativeHeader("mesh-content-type", contentType);
        }
    }

    private void send(StompHeaderAccessor frame, byte[] body) {
        client.send(MessageBuilder.createMessage(body, frame.getMessageHeaders()));
    }
}
