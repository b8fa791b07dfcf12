package dev.wsmesh.gateway.stomp;

import dev.wsmesh.node.Gap;
import dev.wsmesh.node.MessageListener;
import dev.wsmesh.node.Publication;
import dev.wsmesh.node.PublishReceipt;
import dev.wsmesh.protocol.NodeId;
import dev.wsmesh.protocol.Topic;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.messaging.Message;
import org.springframework.messaging.MessageChannel;
import org.springframework.messaging.MessageHandler;
import org.springframework.messaging.simp.SimpMessageHeaderAccessor;
import org.springframework.messaging.simp.SimpMessageType;
import org.springframework.messaging.simp.broker.SimpleBrokerMessageHandler;
import org.springframework.messaging.simp.user.UserDestinationMessageHandler;
import org.springframework.messaging.support.ExecutorChannelInterceptor;

/**
 * Joins the simple brokers of all instances of an application: what one of them is about to hand to its subscribers goes to the
 * mesh, too, and what comes from the mesh is handed to the own broker, once.
 *
 * <p>It stands right before the broker, whichever way a message came there (from a client, or from the application), and before
 * the handler of user destinations: those are resolved by every instance for itself, because each knows only its own sessions.
 * A message that came from the mesh is marked and does not go there again; what the own node published is skipped on its way
 * back. So each subscriber gets each message once, in the order of its publisher.
 *
 * <p>Thread-safe.
 */
public final class MeshBridge implements ExecutorChannelInterceptor, MessageListener {

    /** Where the messages of all brokers travel. */
    public static final Topic TOPIC = new Topic("$mesh.stomp");

    private static final Logger log = LoggerFactory.getLogger(MeshBridge.class);

    private final Function<Publication, PublishReceipt> mesh;
    private final NodeId self;
    private final BridgedMessages messages;
    private final MessageChannel brokerChannel;
    private final UserDestinations users;

    /**
     * Creates the bridge; it has to be added to the channels of the broker, and subscribed to {@link #TOPIC}.
     *
     * @param mesh publishes on any topic
     * @param self this node
     * @param brokerChannel leads to the broker and to the handler of user destinations
     */
    public MeshBridge(
            Function<Publication, PublishReceipt> mesh,
            NodeId self,
            MessageChannel brokerChannel,
            UserDestinations users,
            BridgedMessages messages) {
        this.mesh = mesh;
        this.self = self;
        this.brokerChannel = brokerChannel;
        this.users = users;
        this.messages = messages;
    }

    @Override
    public Message<?> beforeHandle(Message<?> message, MessageChannel channel, MessageHandler handler) {
        String destination = SimpMessageHeaderAccessor.getDestination(message.getHeaders());
        boolean isMessage = SimpMessageHeaderAccessor.getMessageType(message.getHeaders()) == SimpMessageType.MESSAGE;
        if (isMessage
                && destination != null
                && !BridgedMessages.isMarked(message)
                && isFor(handler, destination, message, channel)) {
            PublishReceipt _ = mesh.apply(messages.encode(destination, message));
        }
        return message;
    }

    private boolean isFor(MessageHandler handler, String destination, Message<?> message, MessageChannel channel) {
        return switch (handler) {
            case UserDestinationMessageHandler _ ->
                users.contains(destination) && !users.isForOneSession(destination, sessionOf(message));
            case SimpleBrokerMessageHandler broker ->
                !users.contains(destination) && !isResolved(message, channel) && takes(broker, destination);
            default -> false;
        };
    }

    /** A user's message that was resolved here: the others resolve it for themselves. What a client says of that counts for nothing. */
    private boolean isResolved(Message<?> message, MessageChannel channel) {
        SimpMessageHeaderAccessor headers = SimpMessageHeaderAccessor.wrap(message);
        return channel.equals(brokerChannel)
                && headers.getFirstNativeHeader(SimpMessageHeaderAccessor.ORIGINAL_DESTINATION) != null;
    }

    private static @Nullable String sessionOf(Message<?> message) {
        return SimpMessageHeaderAccessor.getSessionId(message.getHeaders());
    }

    private static boolean takes(SimpleBrokerMessageHandler broker, String destination) {
        return broker.getDestinationPrefixes().isEmpty()
                || broker.getDestinationPrefixes().stream().anyMatch(destination::startsWith);
    }

    @Override
    public void onMessage(dev.wsmesh.node.Message message) {
        if (!message.position().stream().origin().equals(self)) {
            Message<byte[]> decoded = messages.decode(message);
            if (decoded != null) {
                brokerChannel.send(decoded);
            }
        }
    }

    @Override
    public void onGap(Gap gap) {
        if (!gap.stream().origin().equals(self)) {
            log.warn(
                    "{} messages of node {} for STOMP clients may be lost here ({})",
                    gap.to() - gap.from() + 1,
                    gap.stream().origin(),
                    gap.cause());
        }
    }
}
