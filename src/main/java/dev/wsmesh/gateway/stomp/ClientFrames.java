package dev.wsmesh.gateway.stomp;

import dev.wsmesh.node.Gap;
import dev.wsmesh.node.Message;
import dev.wsmesh.node.Position;
import java.util.Locale;
import java.util.concurrent.locks.Lock;
import org.springframework.messaging.MessageChannel;
import org.springframework.messaging.simp.stomp.StompCommand;
import org.springframework.messaging.simp.stomp.StompHeaderAccessor;
import org.springframework.messaging.support.MessageBuilder;

/** What one subscription of one client is sent. The channel writes on the calling thread. */
final class ClientFrames {

    private static final byte[] NOTHING = new byte[0];
    private static final String GAP_DESTINATION = Destinations.PREFIX + "$mesh.gap";

    private final MessageChannel client;
    private final String session;
    private final String name;
    private final Lock turn;

    /**
     * Frames of one subscription.
     *
     * @param turn of all subscriptions of the session: who waits for it leaves what is next in its own queue, where it is bounded, and
     *     not in that of Spring, which ends a session that is behind
     */
    ClientFrames(MessageChannel client, String session, String name, Lock turn) {
        this.client = client;
        this.session = session;
        this.name = name;
        this.turn = turn;
    }

    void send(Message message, String token) {
        StompHeaderAccessor frame = frame(token);
        frame.setMessageId(name(message.position()));
        frame.setDestination(Destinations.of(message.topic()));
        ClientHeaders.copy(message.headers(), frame);
        Bodies.setContentType(frame, message.contentType());
        send(frame, message.payload().toArray());
    }

    void send(Gap gap, String token) {
        StompHeaderAccessor frame = frame(token);
        frame.setMessageId(name(new Position(gap.stream(), gap.to())));
        sendGap(frame, gap.from() + "-" + gap.to(), gap.cause().name().toLowerCase(Locale.ROOT));
    }

    /** The token that the client brought lists only some of the streams that had delivered. */
    void sendUnknownGap(String token) {
        sendGap(frame(token), "unknown", "token_incomplete");
    }

    private void sendGap(StompHeaderAccessor frame, String what, String cause) {
        frame.setDestination(GAP_DESTINATION);
        frame.setNativeHeader(MeshBroker.GAP_HEADER, what);
        frame.setNativeHeader(MeshBroker.GAP_HEADER + "-cause", cause);
        send(frame, NOTHING);
    }

    /** The message-id: names the message in the whole mesh. */
    static String name(Position position) {
        return position.stream().origin() + "-" + position.stream().epoch() + "-" + position.sequence();
    }

    private StompHeaderAccessor frame(String token) {
        StompHeaderAccessor frame = StompHeaderAccessor.create(StompCommand.MESSAGE);
        frame.setSessionId(session);
        frame.setSubscriptionId(name);
        frame.setNativeHeader(MeshBroker.POSITION_HEADER, token);
        return frame;
    }

    private void send(StompHeaderAccessor frame, byte[] body) {
        turn.lock();
        try {
            client.send(MessageBuilder.createMessage(body, frame.getMessageHeaders()));
        } finally {
            turn.unlock();
        }
    }
}
