package dev.wsmesh.gateway.stomp;

import dev.wsmesh.gateway.AccessRules;
import dev.wsmesh.gateway.AccessRules.Caller;
import dev.wsmesh.gateway.ResumeToken;
import dev.wsmesh.node.DeliverySource;
import dev.wsmesh.node.Mesh;
import dev.wsmesh.node.MeshCounters;
import dev.wsmesh.node.MeshCounters.GatewayEvent;
import dev.wsmesh.node.Publication;
import dev.wsmesh.node.PublishException;
import dev.wsmesh.node.PublishOptions;
import dev.wsmesh.node.PublishReceipt;
import dev.wsmesh.node.SubscribeOptions;
import dev.wsmesh.protocol.Topic;
import dev.wsmesh.protocol.TopicPattern;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.messaging.Message;
import org.springframework.messaging.MessageChannel;
import org.springframework.messaging.SubscribableChannel;
import org.springframework.messaging.simp.SimpAttributes;
import org.springframework.messaging.simp.SimpMessageHeaderAccessor;
import org.springframework.messaging.simp.SimpMessageType;
import org.springframework.messaging.simp.broker.SimpleBrokerMessageHandler;
import org.springframework.messaging.simp.stomp.StompCommand;
import org.springframework.messaging.simp.stomp.StompHeaderAccessor;
import org.springframework.messaging.support.MessageBuilder;
import org.springframework.messaging.support.NativeMessageHeaderAccessor;

/**
 * The broker of a node's STOMP clients: there is none, but the mesh. What is sent to {@code /topic/...} is published, and each
 * subscription of a client is one of the mesh, with its own bounded queue; so a client that is too slow sees a gap, and slows
 * nobody. Connections and heart-beats are Spring's simple broker's, as they are.
 *
 * <p>Thread-safe.
 */
public final class MeshBroker extends SimpleBrokerMessageHandler {

    /** On a SUBSCRIBE: the {@link #POSITION_HEADER} of the last MESSAGE that an earlier one got, at any node. */
    public static final String RESUME_HEADER = "mesh-resume";

    /** On a MESSAGE: where a later SUBSCRIBE can go on behind it. */
    public static final String POSITION_HEADER = "mesh-position";

    /** On a MESSAGE without a body: messages are missing here. */
    public static final String GAP_HEADER = "mesh-gap";

    private static final Logger log = LoggerFactory.getLogger(MeshBroker.class);

    private static final byte[] NOTHING = new byte[0];

    /** Bounds per session, so that one client cannot make threads without end. A guess. */
    static final int MOST_SUBSCRIPTIONS = 256;

    /** Who the client is, among the attributes of its session. */
    private static final String CALLER = MeshBroker.class.getName();

    private final Parts parts;
    private final PublishOptions publishing;
    /** By name: those whose CONNECT was accepted, until they are over. Frames may come later still, and find nothing. */
    private final Map<String, ClientSession> sessions = new ConcurrentHashMap<>();

    /**
     * What there is of one session.
     *
     * @param turn whose turn it is to write
     * @param subscriptions by the name that the client has given
     */
    private record ClientSession(Lock turn, Map<String, ClientSubscription> subscriptions) {
        private ClientSession() {
            this(new ReentrantLock(true), new ConcurrentHashMap<>());
        }
    }

    /**
     * What it needs.
     *
     * @param mesh where clients publish
     * @param source where they subscribe
     * @param retention how long messages are kept
     * @param publishTimeout how long a sender may be held back while a neighbour lags, before it is refused
     */
    public record Parts(
            Mesh mesh,
            DeliverySource source,
            AccessRules access,
            MeshCounters counters,
            Duration retention,
            Duration publishTimeout) {}

    /** Creates the broker. */
    public MeshBroker(SubscribableChannel inbound, MessageChannel outbound, SubscribableChannel broker, Parts parts) {
        super(inbound, outbound, broker, List.of(Destinations.PREFIX));
        this.parts = parts;
        this.publishing = PublishOptions.DEFAULT.within(parts.publishTimeout());
    }

    /** Whether the CONNECT of a session with these attributes was accepted. */
    public static boolean isKnown(@Nullable Map<String, Object> attributes) {
        return attributes != null && attributes.get(CALLER) instanceof Caller;
    }

    /** The session is over, however it ended. */
    public void forget(String session) {
        ClientSession gone = sessions.remove(session);
        if (gone != null) {
            parts.counters().count(GatewayEvent.STOMP_CLOSED);
            gone.subscriptions().values().forEach(ClientSubscription::close);
        }
    }

    /** How many there are, of all clients. */
    public int subscriptions() {
        return sessions.values().stream()
                .mapToInt(session -> session.subscriptions().size())
                .sum();
    }

    @Override
    public void stopInternal() {
        super.stopInternal();
        List.copyOf(sessions.keySet()).forEach(this::forget);
    }

    @Override
    protected void handleMessageInternal(Message<?> message) {
        SimpMessageType type = SimpMessageHeaderAccessor.getMessageType(message.getHeaders());
        String destination = SimpMessageHeaderAccessor.getDestination(message.getHeaders());
        String session = SimpMessageHeaderAccessor.getSessionId(message.getHeaders());
        if (type == SimpMessageType.DISCONNECT && session != null) {
            forget(session);
        }
        if (type == SimpMessageType.CONNECT && session != null && !admit(session, message)) {
            complain(
                    session,
                    message,
                    "unknown: CONNECT with the header Authorization: Bearer TOKEN, or the token as passcode");
            return;
        }
        boolean ours = type == SimpMessageType.MESSAGE
                || type == SimpMessageType.SUBSCRIBE
                || type == SimpMessageType.UNSUBSCRIBE
                || type == SimpMessageType.OTHER;
        if (!ours) {
            super.handleMessageInternal(message);
            return;
        }
        // Only for its sake: the simple broker notes that something was heard of the session.
        super.handleMessageInternal(heard(session));
        if (session != null) {
            serve(type, destination, session, message);
        } else if (checkDestinationPrefix(destination)) {
            PublishReceipt _ = publish(destination, message);
        }
    }

    /** Whether the client is known; what it may do is kept with its session. */
    private boolean admit(String session, Message<?> connect) {
        StompHeaderAccessor said = StompHeaderAccessor.wrap(connect);
        String passcode = StompHeaderAccessor.getPasscode(connect.getHeaders());
        String authorization = said.getFirstNativeHeader("Authorization");
        Caller caller = parts.access()
                .identify(authorization == null && passcode != null ? "Bearer " + passcode : authorization);
        Map<String, Object> attributes = SimpMessageHeaderAccessor.getSessionAttributes(connect.getHeaders());
        if (caller == null || attributes == null) {
            return false;
        }
        if (sessions.putIfAbsent(session, new ClientSession()) == null) {
            parts.counters().count(GatewayEvent.STOMP_OPENED);
        }
        try {
            // A CONNECT may come behind a frame that ended the session, and be read after it was forgotten.
            new SimpAttributes(session, attributes).registerDestructionCallback(CALLER, () -> forget(session));
        } catch (IllegalStateException e) {
            log.debug("session {} is over already", session, e);
            forget(session);
            return false;
        }
        attributes.put(CALLER, caller);
        return true;
    }

    private static Caller caller(Message<?> message) {
        Map<String, Object> attributes = SimpMessageHeaderAccessor.getSessionAttributes(message.getHeaders());
        if (attributes != null && attributes.get(CALLER) instanceof Caller caller) {
            return caller;
        }
        throw new IllegalStateException("CONNECT first");
    }

    private void serve(
            @Nullable SimpMessageType type, @Nullable String destination, String session, Message<?> message) {
        try {
            PublishReceipt published = null;
            switch (type) {
                case null -> throw new IllegalArgumentException("the frame is of no kind");
                case SUBSCRIBE -> subscribe(destination, session, message);
                case UNSUBSCRIBE -> unsubscribe(session, message);
                case OTHER -> requireNoTransaction(message);
                default -> {
                    requireNoTransaction(message);
                    requireRight(caller(message).mayPublish(Destinations.topic(required(destination))), destination);
                    published = publish(destination, message);
                }
            }
            acknowledge(session, message, published);
        } catch (IllegalArgumentException | IllegalStateException | PublishException e) {
            log.debug("session {}: refused", session, e);
            complain(session, message, String.valueOf(e.getMessage()));
        } catch (RuntimeException e) {
            log.error("session {}: a mistake of the node's", session, e);
            complain(session, message, "the node failed at this frame; its log says more");
        }
    }

    /** Of the frames that are left, ACK and NACK ask for nothing: what a client got is never sent again. */
    private static void requireNoTransaction(Message<?> message) {
        StompHeaderAccessor said = StompHeaderAccessor.wrap(message);
        boolean about = said.getCommand() == StompCommand.BEGIN
                || said.getCommand() == StompCommand.COMMIT
                || said.getCommand() == StompCommand.ABORT;
        if (about || said.getFirstNativeHeader("transaction") != null) {
            throw new IllegalArgumentException(
                    "there are no transactions here: SEND without the header transaction, each message by itself");
        }
    }

    private PublishReceipt publish(@Nullable String destination, Message<?> message) {
        Topic topic = Destinations.topic(required(destination));
        StompHeaderAccessor said = StompHeaderAccessor.wrap(message);
        Publication publication =
                new Publication(topic, Bodies.payload(message), Bodies.contentType(said), List.of(), publishing);
        return parts.mesh().publish(ClientHeaders.with(said.toNativeHeaderMap(), publication));
    }

    private void subscribe(@Nullable String destination, String session, Message<?> message) {
        TopicPattern pattern = Destinations.pattern(required(destination));
        requireRight(caller(message).maySubscribe(pattern), destination);
        SubscribeOptions options = SubscribeOptions.to(pattern.text());
        String resume = NativeMessageHeaderAccessor.getFirstNativeHeader(RESUME_HEADER, message.getHeaders());
        if (resume != null) {
            options = options.goingOnFrom(ResumeToken.decode(resume));
        }
        String name = required(SimpMessageHeaderAccessor.getSubscriptionId(message.getHeaders()));
        ClientSession own = sessions.get(session);
        if (own == null) {
            throw over();
        }
        ClientSubscription subscription = new ClientSubscription(
                parts.source(),
                options,
                parts.retention(),
                new ClientFrames(getClientOutboundChannel(), session, name, own.turn()));
        // In one step with the look whether it is there: what is added to one that is forgotten, nobody would close.
        if (sessions.computeIfPresent(session, (_, present) -> with(present, name, subscription)) == null) {
            throw over();
        }
        subscription.begin();
    }

    private static ClientSession with(ClientSession session, String name, ClientSubscription subscription) {
        if (session.subscriptions().size() >= MOST_SUBSCRIPTIONS) {
            throw new IllegalArgumentException("a session has at most " + MOST_SUBSCRIPTIONS + " subscriptions");
        }
        if (session.subscriptions().putIfAbsent(name, subscription) != null) {
            throw new IllegalArgumentException("there is a subscription with the id " + name + " already");
        }
        return session;
    }

    private static IllegalStateException over() {
        return new IllegalStateException("the session is over");
    }

    private void unsubscribe(String session, Message<?> message) {
        String name = SimpMessageHeaderAccessor.getSubscriptionId(message.getHeaders());
        ClientSession own = sessions.get(session);
        ClientSubscription subscription =
                name == null || own == null ? null : own.subscriptions().remove(name);
        if (subscription != null) {
            subscription.close();
        }
    }

    /** A receipt says that it is done: a SEND with one is held by this node, and its receipt has the name that subscribers see. */
    private void acknowledge(String session, Message<?> message, @Nullable PublishReceipt published) {
        String wanted = NativeMessageHeaderAccessor.getFirstNativeHeader("receipt", message.getHeaders());
        if (wanted != null) {
            StompHeaderAccessor receipt = StompHeaderAccessor.create(StompCommand.RECEIPT);
            receipt.setSessionId(session);
            receipt.setReceiptId(wanted);
            if (published != null) {
                receipt.setMessageId(ClientFrames.name(published.position()));
            }
            getClientOutboundChannel().send(MessageBuilder.createMessage(NOTHING, receipt.getMessageHeaders()));
        }
    }

    /** An ERROR frame, after which the session ends, as STOMP has it. */
    private void complain(String session, Message<?> about, String reason) {
        parts.counters().count(GatewayEvent.STOMP_REFUSED);
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

    private static void requireRight(boolean right, @Nullable String destination) {
        if (!right) {
            throw new IllegalArgumentException("your token does not allow " + destination);
        }
    }

    private static String required(@Nullable String header) {
        if (header == null) {
            throw new IllegalArgumentException("the frame lacks its destination, or the subscription its id");
        }
        return header;
    }
}
