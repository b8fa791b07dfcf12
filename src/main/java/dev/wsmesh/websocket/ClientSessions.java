package dev.wsmesh.websocket;

import dev.wsmesh.node.Background;
import dev.wsmesh.node.MeshCounters;
import dev.wsmesh.node.MeshCounters.GatewayEvent;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.web.socket.BinaryMessage;
import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.TextMessage;
import org.springframework.web.socket.WebSocketHandler;
import org.springframework.web.socket.WebSocketMessage;
import org.springframework.web.socket.WebSocketSession;
import org.springframework.web.socket.handler.WebSocketHandlerDecorator;
import org.springframework.web.socket.handler.WebSocketHandlerDecoratorFactory;
import org.springframework.web.socket.handler.WebSocketSessionDecorator;

/**
 * The sessions of clients that speak a protocol of Spring's, bounded as our own are: a write takes no longer than the send timeout,
 * whichever the container is and whether or not anybody else writes; messages of any size are handed on in parts, so that the
 * container needs no buffer for a whole one; who closes a session never waits for the client; and who does not say soon who it is,
 * is ended.
 *
 * <p>Thread-safe.
 */
public final class ClientSessions implements WebSocketHandlerDecoratorFactory {

    private static final Duration LOOK_INTERVAL = Duration.ofSeconds(1);

    /** How long a client has to make itself known. A guess: clients do so at once, and a handshake of nodes has as long. */
    private static final Duration KNOWN_WITHIN = Duration.ofSeconds(5);

    /** What a decoder puts in the place of bytes that are no UTF-8. */
    private static final char REPLACEMENT = '\uFFFD';

    private static final Logger log = LoggerFactory.getLogger(ClientSessions.class);

    private final Duration sendTimeout;
    private final Predicate<Map<String, Object>> known;
    private final MeshCounters counters;
    private final Set<ClientSession> sessions = ConcurrentHashMap.newKeySet();
    /** Looks for stuck writes as long as there are sessions. Guarded by the monitor. */
    private @Nullable Thread sweeper;

    /**
     * Sessions of clients.
     *
     * @param sendTimeout how long a write may take
     * @param known whether a session with these attributes is that of a client who was let in
     */
    public ClientSessions(Duration sendTimeout, Predicate<Map<String, Object>> known, MeshCounters counters) {
        this.sendTimeout = sendTimeout;
        this.known = known;
        this.counters = counters;
    }

    /** How many there are. */
    public int count() {
        sessions.removeIf(ClientSession::isOver);
        return sessions.size();
    }

    @Override
    public WebSocketHandler decorate(WebSocketHandler handler) {
        return new Bounding(handler);
    }

    private synchronized void add(ClientSession session) {
        sessions.add(session);
        if (sweeper == null) {
            sweeper = Background.start("mesh-client-sweeper", this::sweep);
        }
    }

    private void sweep() {
        try {
            while (isAnyThere()) {
                Thread.sleep(LOOK_INTERVAL);
                sessions.forEach(each -> Background.attempt(each::look));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            sweepsNoMore(Thread.currentThread());
        }
    }

    private synchronized void sweepsNoMore(Thread thread) {
        if (sweeper == thread) {
            sweeper = null;
        }
    }

    private synchronized boolean isAnyThere() {
        sessions.removeIf(ClientSession::isOver);
        if (sessions.isEmpty()) {
            sweeper = null;
        }
        return !sessions.isEmpty();
    }

    private final class Bounding extends WebSocketHandlerDecorator {

        private Bounding(WebSocketHandler handler) {
            super(handler);
        }

        /** The protocol has frames of its own, and puts them together from whatever comes. */
        @Override
        public boolean supportsPartialMessages() {
            return true;
        }

        @Override
        public void afterConnectionEstablished(WebSocketSession session) throws Exception {
            SessionTuning.tune(session, sendTimeout);
            ClientSession bounded = new ClientSession(session);
            add(bounded);
            super.afterConnectionEstablished(bounded);
        }
    }

    private final class ClientSession extends WebSocketSessionDecorator {

        private final WriteClock writing = new WriteClock(sendTimeout);
        private final long beganNanos = System.nanoTime();
        private final AtomicBoolean ended = new AtomicBoolean();
        private final AtomicBoolean cutOff = new AtomicBoolean();

        private ClientSession(WebSocketSession session) {
            super(session);
        }

        @Override
        public void sendMessage(WebSocketMessage<?> message) throws IOException {
            writing.begin();
            try {
                super.sendMessage(asItIs(message));
            } catch (IOException | RuntimeException e) {
                if (writing.isOverdue()) {
                    countOnce(GatewayEvent.STOMP_CUT_OFF);
                }
                throw e;
            } finally {
                writing.end();
            }
        }

        /** Spring sends as text what is not called an octet-stream: bytes that are no text would not survive that. */
        private WebSocketMessage<?> asItIs(WebSocketMessage<?> message) {
            return message instanceof TextMessage text && !isText(text) ? new BinaryMessage(text.asBytes()) : message;
        }

        private boolean isText(TextMessage message) {
            if (message.getPayload().indexOf(REPLACEMENT) < 0) {
                return true;
            }
            byte[] bytes = message.getPayload().getBytes(StandardCharsets.UTF_8);
            return Arrays.equals(bytes, message.asBytes());
        }

        @Override
        public void close() {
            close(CloseStatus.NORMAL);
        }

        /** Behind a write that is stuck, a Close waits: whoever wants it gone has others to look after. */
        @Override
        public void close(CloseStatus status) {
            if (status.equals(CloseStatus.SESSION_NOT_RELIABLE)) {
                countOnce(GatewayEvent.STOMP_CUT_OFF);
            }
            Thread _ = Background.start("mesh-closer-" + getId(), () -> closeNow(status));
        }

        private void closeNow(CloseStatus status) {
            try {
                SessionTuning.close(getDelegate(), status);
            } catch (IOException | RuntimeException e) {
                log.debug("session {} is gone already", getId(), e);
            } finally {
                writing.endLater(() -> SessionTuning.abort(getDelegate()));
            }
        }

        /** A write may outlive its session, and still has to be ended. */
        private boolean isOver() {
            return !isOpen() && !writing.isUnderWay();
        }

        private void look() {
            if (writing.isOverdue()) {
                log.debug("session {} does not take what is written", getId());
                countOnce(GatewayEvent.STOMP_CUT_OFF);
                // Nothing else ends such a write, and no Close gets past it; but closing is what Spring hears of.
                SessionTuning.abortIfStuck(getDelegate(), writing);
                if (cutOff.compareAndSet(false, true)) {
                    close(CloseStatus.SESSION_NOT_RELIABLE);
                }
            } else if (System.nanoTime() - beganNanos > KNOWN_WITHIN.toNanos() && !known.test(getAttributes())) {
                if (countOnce(GatewayEvent.STOMP_REFUSED)) {
                    close(CloseStatus.POLICY_VIOLATION.withReason(
                            "no CONNECT was accepted within " + KNOWN_WITHIN.toSeconds() + " s"));
                }
            }
        }

        private boolean countOnce(GatewayEvent end) {
            boolean first = ended.compareAndSet(false, true);
            if (first) {
                counters.count(end);
            }
            return first;
        }
    }
}
