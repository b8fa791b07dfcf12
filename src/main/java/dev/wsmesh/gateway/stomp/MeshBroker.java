package dev.wsmesh.gateway.stomp;

import dev.wsmesh.node.Mesh;
import dev.wsmesh.node.PublishException;
import dev.wsmesh.node.PublishOptions;
import dev.wsmesh.node.Publication;
import dev.wsmesh.node.SubscribeOptions;
import dev.wsmesh.node.Subscription;
import dev.wsmesh.protocol.Bytes;
import dev.wsmesh.protocol.Topic;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.messaging.Message;
import org.springframework.messaging.MessageChannel;
import org.springframework.messaging.SubscribableChannel;
import org.springframework.messaging.simp.SimpMessageHeaderAccessor;
import org.springframework.messaging.simp.SimpMessageType;
import org.springframework.messaging.simp.broker.SimpleBrokerMessageHandler;
import org.springframework.messaging.simp.stomp.StompCommand;
import org.springframework.messaging.simp.stomp.StompHeaderAccessor;
import org.springframework.messaging.support.MessageBuilder;
import org.springframework.messaging.support.NativeMessageHeaderAccessor;
import org.springframework.util.MimeType;

/**
 * The broker of a node's STOMP clients: there is none, but the mesh. What is sent to {@code /topic/...} is published, and each
 * subscription of a client is one of the mesh, with its own bounded queue; so a client that is too slow sees a gap, and slows
 * nobody. Connections and heart-beats are Spring's simple broker's, as they are.
 *
 * <p>Thread-safe.
 */
public final class MeshBroker extends SimpleBrokerMessageHandler {

    /** On a MESSAGE: names it in the whole mesh. */
    public static final String POSITION_HEADER = "mesh-position";

    /** On a MESSAGE without a body: messages are missing here. */
    public static final String GAP_HEADER = "mesh-gap";

    private static final Logger log = LoggerFactory.getLogger(MeshBroker.class);

    private static final byte[] NOTHING = new byte[0];

    /** Bounds per session, so that one client cannot make threads without end. A guess. */
    static final int MOST_SUBSCRIPTIONS = 256;

    private final Mesh mesh;
    private final PublishOptions publishing;
    /** By session, then by the name that the client has given. */
    private final Map<String, Map<String, Subscription>> subscriptions = new ConcurrentHashMap<>();

    /**
     * Creates the broker.
     *
     * @param publishTimeout how long a sender may be held back while a neighbour lags, before it is refused
     */
    public MeshBroker(
            SubscribableChannel inbound,
            MessageChannel outbound,
            SubscribableChannel broker,
            Mesh mesh,
            Duration publishTimeout) {
        super(inbound, outbound, broker, List.of(Destinations.PREFIX));
        this.mesh = mesh;
        this.publishing = PublishOptions.DEFAULT.within(publishTimeout);
    }

    /** The session is over, however it ended. */
    public void forget(String session) {
        Map<String, Subscription> gone = subscriptions.remove(session);
        if (gone != null) {
            gone.values().forEach(Subscription::close);
        }
    }

    /** How many there are, of all clients. */
    public int subscriptions() {
        return subscriptions.values().stream().mapToInt(Map::size).sum();
    }

    @Override
    public void stopInternal() {
        super.stopInternal();
        List.copyOf(subscriptions.keySet()).forEach(this::forget);
    }

    @Override
    protected void handleMessageInternal(Message<?> message) {
        SimpMessageType type = SimpMessageHeaderAccessor.getMessageType(message.getHeaders());
        String destination = SimpMessageHeaderAccessor.getDestination(message.getHeaders());
        String session = SimpMessageHeaderAccessor.getSessionId(message.getHeaders());
        if (type == SimpMessageType.DISCONNECT && session != null) {
            forget(session);
        }
        boolean ours = type == SimpMessageType.MESSAGE
                || type == SimpMessageType.SUBSCRIBE
                || type == SimpMessageType.UNSUBSCRIBE;
        if (!ours) {
            super.handleMessageInternal(message);
            return;
        }
        // Only for its sake: the simple broker notes that something was heard of the session.
        super.handleMessageInternal(heard(session));
        if (session != null) {
            serve(type, destination, session, message);
        } else if (checkDestinationPrefix(destination)) {
            publish(destination, message);
        }
    }

    private void serve(SimpMessageType type, @Nullable String destination, String session, Message<?> message) {
        try {
            switch (type) {
                case SUBSCRIBE -> subscribe(destination, session, message);
                case UNSUBSCRIBE -> unsubscribe(session, message);
                default -> publish(destination, message);
            }
            acknowledge(session, message);
        } catch (IllegalArgumentException | IllegalStateException | PublishException e) {
            log.debug("session {}: refused", session, e);
            complain(session, message, String.valueOf(e.getMessage()));
        }
    }

    private void publish(@Nullable String destination, Message<?> message) {
        Topic topic = Destinations.topic(required(destination));
        StompHeaderAccessor said = StompHeaderAccessor.wrap(message);
        MimeType type = said.getContentType();
        Publication publication = new Publication(
                topic, Bytes.copyOf(payload(message)), type == null ? "" : type.toString(), List.of(), publishing);
        mesh.publish(ClientHeaders.with(said.toNativeHeaderMap(), publication));
    }

    private void subscribe(@Nullable String destination, String session, Message<?> message) {
        SubscribeOptions options =
                SubscribeOptions.to(Destinations.pattern(required(destination)).text());
        String name = required(SimpMessageHeaderAccessor.getSubscriptionId(message.getHeaders()));
        Map<String, Subscription> own = subscriptions.computeIfAbsent(session, _ -> new ConcurrentHashMap<>());
        if (own.size() >= MOST_SUBSCRIPTIONS) {
            throw new IllegalArgumentException("a session has at most " + MOST_SUBSCRIPTIONS + " subscriptions");
        }
        if (own.containsKey(name)) {
            throw new IllegalArgumentException("there is a subscription with the id " + name + " already");
        }
        own.put(name, mesh.subscribe(options, new ClientSubscription(getClientOutboundChannel(), session, name)));
    }

    private void unsubscribe(String session, Message<?> message) {
        String name = SimpMessageHeaderAccessor.getSubscriptionId(message.getHeaders());
        Subscription subscription =
                name == null ? null : subscriptions.getOrDefault(session, Map.of()).remove(name);
        if (subscription != null) {
            subscription.close();
        }
    }

    /** A receipt says that it is done: a SEND with one is held by this node. */
    private void acknowledge(String session, Message<?> message) {
        String wanted = NativeMessageHeaderAccessor.getFirstNativeHeader("receipt", message.getHeaders());
        if (wanted != null) {
            StompHeaderAccessor receipt = StompHeaderAccessor.create(StompCommand.RECEIPT);
            receipt.setSessionId(session);
            receipt.setReceiptId(wanted);
            getClientOutboundChannel().send(MessageBuilder.createMessage(NOTHING, receipt.getMessageHeaders()));
        }
    }

    /** An ERROR frame, after which the session ends, as STOMP has it. */
    private void complain(String session, Message<?> about, String reason) {
        StompHeaderAccessor error = StompHeaderAccessor.create(StompCommand.ERROR);
        error.setSessionId(session);
        error.setMessage(reason);
        String wanted = NativeMessageHeaderAccessor.getFirstNativeHeader("receipt", about.getHeaders());
        if (wanted != null) {
            error.setReceiptId(wanted);
        }
        getClientOutboundChannel().send(MessageBuilder.createMessage(NOTHING, error.getMessageHeaders()));
    }

    private static Message<byte[]> heard(@Nullable String session) {
        SimpMessageHeaderAccessor beat = SimpMessageHeaderAccessor.create(SimpMessageType.HEARTBEAT);
        beat.setSessionId(session);
        return MessageBuilder.createMessage(NOTHING, beat.getMessageHeaders());
    }

    private static byte[] payload(Message<?> message) {
        return switch (message.getPayload()) {
            case byte[] bytes -> bytes;
            case String text -> text.getBytes(StandardCharsets.UTF_8);
            default ->
                throw new IllegalArgumentException("a payload is bytes or text, not "
                        + message.getPayload().getClass().getName() + ": set a message converter");
        };
    }

    private static String required(@Nullable String header) {
        if (header == null) {
            throw new IllegalArgumentException("the frame lacks its destination, or the subscription its id");
        }
        return header;
    }
}
