package dev.wsmesh.websocket;

import dev.wsmesh.node.Background;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
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
 * container needs no buffer for a whole one; and who closes a session never waits for the client.
 *
 * <p>Thread-safe.
 */
public final class ClientSessions implements WebSocketHandlerDecoratorFactory {

    private static final Duration LOOK_INTERVAL = Duration.ofSeconds(1);

    /** What a decoder puts in the place of bytes that are no UTF-8. */
    private static final char REPLACEMENT = '\uFFFD';

    private static final Logger log = LoggerFactory.getLogger(ClientSessions.class);

    private final Duration sendTimeout;
    private final Set<ClientSession> sessions = ConcurrentHashMap.newKeySet();
    /** Looks for stuck writes as long as there are sessions. Guarded by the monitor. */
    private @Nullable Thread sweeper;

    /** Sessions whose writes are bounded by this. */
    public ClientSessions(Duration sendTimeout) {
        this.sendTimeout = sendTimeout;
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
                sessions.forEach(ClientSession::endIfStuck);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
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
            SessionTuning.sendTimeout(session, sendTimeout);
            ClientSession bounded = new ClientSession(session, sendTimeout);
            add(bounded);
            super.afterConnectionEstablished(bounded);
        }
    }

    private static final class ClientSession extends WebSocketSessionDecorator {

        private final WriteClock writing;

        private ClientSession(WebSocketSession session, Duration sendTimeout) {
            super(session);
            this.writing = new WriteClock(sendTimeout);
        }

        @Override
        public void sendMessage(WebSocketMessage<?> message) throws IOException {
            writing.begin();
            try {
                super.sendMessage(asItIs(message));
            } finally {
                writing.end();
            }
        }

        /** Spring sends as text what is not called an octet-stream: bytes that are no text would not survive that. */
        private static WebSocketMessage<?> asItIs(WebSocketMessage<?> message) {
            return message instanceof TextMessage text && !isText(text) ? new BinaryMessage(text.asBytes()) : message;
        }

        private static boolean isText(TextMessage message) {
            if (message.getPayload().indexOf(REPLACEMENT) < 0) {
                return true;
            }
            byte[] bytes = message.getPayload().getBytes(StandardCharsets.UTF_8);
            return Arrays.equals(bytes, message.asBytes());
        }

        /** Behind a write that is stuck, a Close waits: whoever wants it gone has others to look after. */
        @Override
        public void close(CloseStatus status) {
            Thread _ = Background.start("mesh-closer-" + getId(), () -> closeNow(status));
        }

        private void closeNow(CloseStatus status) {
            SessionTuning.closeSoon(getDelegate());
            try {
                getDelegate().close(status);
            } catch (IOException | IllegalStateException e) {
                log.debug("session {} is gone already", getId(), e);
            } finally {
                SessionTuning.closeGiven(getDelegate());
            }
        }

        /** A write may outlive its session, and still has to be ended. */
        private boolean isOver() {
            return !isOpen() && !writing.isUnderWay();
        }

        /** Where the container has no bound of its own, nothing else ends such a write. */
        private void endIfStuck() {
            if (writing.isStuck()) {
                log.debug("session {} does not take what is written", getId());
                SessionTuning.abortIfStuck(getDelegate(), writing);
            }
        }
    }
}
