package dev.wsmesh.websocket;

import jakarta.websocket.Session;
import java.time.Duration;
import org.springframework.web.socket.WebSocketSession;
import org.springframework.web.socket.adapter.NativeWebSocketSession;

/**
 * What the container must know about a session and Spring has no method for. The names are Tomcat's, from its WebSocket
 * how-to; another container ignores them.
 */
final class SessionTuning {

    /**
     * How long a closed session may wait for the peer's Close before its socket is closed. A guess. Tomcat looks every 10 s
     * whether the time is over.
     */
    static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(2);

    /** How long a Close may wait for a write that is under way. A guess: it must fit into the time for leaving. */
    static final Duration CLOSE_SEND_TIMEOUT = Duration.ofMillis(500);

    private static final String BLOCKING_SEND_TIMEOUT = "org.apache.tomcat.websocket.BLOCKING_SEND_TIMEOUT";
    private static final String SESSION_CLOSE_TIMEOUT = "org.apache.tomcat.websocket.SESSION_CLOSE_TIMEOUT";

    private SessionTuning() {}

    static void sendTimeout(WebSocketSession session, Duration timeout) {
        set(session, BLOCKING_SEND_TIMEOUT, timeout);
        set(session, SESSION_CLOSE_TIMEOUT, CLOSE_TIMEOUT);
    }

    /** From now on a write that does not end soon fails, so that a Close gets through or the socket is closed. */
    static void closeSoon(WebSocketSession session) {
        set(session, BLOCKING_SEND_TIMEOUT, CLOSE_SEND_TIMEOUT);
    }

    private static void set(WebSocketSession session, String property, Duration value) {
        if (session instanceof NativeWebSocketSession holder
                && holder.getNativeSession() instanceof Session nativeSession
                && nativeSession.isOpen()) {
            nativeSession.getUserProperties().put(property, value.toMillis());
        }
    }
}
