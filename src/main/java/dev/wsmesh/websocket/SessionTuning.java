package dev.wsmesh.websocket;

import jakarta.websocket.Session;
import java.io.IOException;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.WebSocketSession;
import org.springframework.web.socket.adapter.NativeWebSocketSession;

/**
 * What the container must know about a session and Spring has no method for. The names are Tomcat's, from its WebSocket
 * how-to; Jetty ignores them, and has its idle timeout instead (docs/adr/0009).
 */
final class SessionTuning {

    /**
     * How long a closed session may wait for the peer's Close before its socket is closed. A guess. Tomcat looks every 10 s
     * whether the time is over.
     */
    static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(2);

    /** The container looks every 10 s whether the time is over: so long a socket may outlive its session. */
    static final Duration LONGEST_CLOSE = CLOSE_TIMEOUT.plusSeconds(10);

    /** How long a Close may wait for a write that is under way. A guess: it must fit into the time for leaving. */
    static final Duration CLOSE_SEND_TIMEOUT = Duration.ofMillis(500);

    /** As Tomcat does by itself. Over a link of 10 kB/s that is every 0.8 s; who is silent for 3 s may be asked again (docs/adr/0117). */
    private static final int PART_BYTES = 8 << 10;

    private static final String JETTY = "org.eclipse.jetty.";
    private static final long NEVER = 0;
    /**
     * So much later than ours is Tomcat's own bound for a write, which comes to pass only where nobody looks, behind a socket that is
     * gone: for a Pong or the answer to a Close, which Tomcat writes itself. A guess, far from both.
     */
    private static final Duration LATER = Duration.ofSeconds(60);

    private static final String BLOCKING_SEND_TIMEOUT = "org.apache.tomcat.websocket.BLOCKING_SEND_TIMEOUT";
    /** For every Close but the normal one. */
    private static final String CLOSE_WITH_CODE_SEND_TIMEOUT =
            "org.apache.tomcat.websocket.ABNORMAL_SESSION_CLOSE_SEND_TIMEOUT";

    private static final String SESSION_CLOSE_TIMEOUT = "org.apache.tomcat.websocket.SESSION_CLOSE_TIMEOUT";

    private static final Logger log = LoggerFactory.getLogger(SessionTuning.class);

    private SessionTuning() {}

    /**
     * To be called before anything is written to the session, by whoever takes its messages in parts.
     *
     * @param sendTimeout how long a write may take before {@link #abortIfStuck} is called
     */
    static void tune(WebSocketSession session, Duration sendTimeout) {
        set(session, BLOCKING_SEND_TIMEOUT, sendTimeout.plus(LATER));
        set(session, CLOSE_WITH_CODE_SEND_TIMEOUT, CLOSE_SEND_TIMEOUT);
        set(session, SESSION_CLOSE_TIMEOUT, CLOSE_TIMEOUT);
        change(session, jettySession(session) == null ? SessionTuning::handOn : SessionTuning::liftLimits);
    }

    /**
     * Tomcat hands on a part when it has so much of a frame; what is set for the container, for the sake of others or of what is read at
     * a time, would make a slow peer look silent.
     */
    private static void handOn(Session session) {
        session.setMaxBinaryMessageBufferSize(PART_BYTES);
    }

    private static void liftLimits(Session session) {
        // Jetty would close a session after 30 s of silence; a plain peer may be silent for days.
        session.setMaxIdleTimeout(NEVER);
        // Limits for messages that are taken whole; ours is mesh.limits.max-message-bytes.
        session.setMaxTextMessageBufferSize(Integer.MAX_VALUE);
        session.setMaxBinaryMessageBufferSize(Integer.MAX_VALUE);
    }

    /**
     * Closes the session: with a Close behind the write that is under way if that ends soon, and otherwise without one. What was
     * written comes whole or not to its end: the container waits for its turn, and closes the socket where it gets none.
     *
     * @throws IOException if the container says so; the session is closed all the same
     */
    static void close(WebSocketSession session, CloseStatus status) throws IOException {
        try {
            session.close(status);
        } finally {
            endSilence(session);
        }
    }

    /**
     * On Jetty, from now on silence ends the session, for nothing else would end the wait for the peer's Close, or for a write that
     * is stuck before ours.
     */
    private static void endSilence(WebSocketSession session) {
        Session nativeSession = jettySession(session);
        if (nativeSession != null) {
            nativeSession.setMaxIdleTimeout(CLOSE_TIMEOUT.toMillis());
        }
    }

    /** Ends the session without a Close where a write takes too long; on Jetty where one is under way, for no Close gets past it. */
    static void abortIfStuck(WebSocketSession session, WriteClock writing) {
        boolean stuck = jettySession(session) == null ? writing.isOverdue() : writing.isUnderWay();
        if (stuck && abort(session)) {
            writing.wake();
        }
    }

    /**
     * Closes the session's socket, whatever is written to it and whatever state the container thinks it is in.
     *
     * @return whether it is closed, by this or before; else nobody may be disturbed who writes to it
     */
    static boolean abort(WebSocketSession session) {
        Session nativeSession = nativeSession(session);
        return nativeSession != null && SessionAbort.of(nativeSession);
    }

    private static void set(WebSocketSession session, String property, Duration value) {
        change(session, each -> each.getUserProperties().put(property, value.toMillis()));
    }

    private static void change(WebSocketSession session, Consumer<Session> change) {
        Session nativeSession = nativeSession(session);
        if (nativeSession != null && nativeSession.isOpen()) {
            try {
                change.accept(nativeSession);
            } catch (IllegalStateException e) {
                // It was closed in between: nothing is left to be tuned.
                log.debug("session {} has gone", session.getId(), e);
            }
        }
    }

    private static @Nullable Session jettySession(WebSocketSession session) {
        Session nativeSession = nativeSession(session);
        return nativeSession != null && isJetty(nativeSession) ? nativeSession : null;
    }

    static boolean isJetty(Session session) {
        return session.getClass().getName().startsWith(JETTY);
    }

    private static @Nullable Session nativeSession(WebSocketSession session) {
        return session instanceof NativeWebSocketSession holder && holder.getNativeSession() instanceof Session inner
                ? inner
                : null;
    }
}
