package dev.wsmesh.websocket;

import jakarta.websocket.Session;
import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Closes the socket of a container's session at once. That is not part of Jakarta's API, and neither container is on everybody's class
 * path, so what does it is called by its name (docs/adr/0515).
 */
final class SessionAbort {

    private static final Logger log = LoggerFactory.getLogger(SessionAbort.class);

    private static final String TOMCAT = "org.apache.tomcat.websocket.WsSession";

    /** It would be said of each session. */
    private static final AtomicBoolean SAID = new AtomicBoolean();

    private SessionAbort() {}

    /** Whether its socket is closed now. */
    static boolean of(Session session) {
        try {
            if (SessionTuning.isJetty(session)) {
                session.getClass().getMethod("abort").invoke(session);
                return true;
            }
            if (session.getClass().getName().equals(TOMCAT)) {
                ofTomcat(session);
                return true;
            }
        } catch (ReflectiveOperationException | RuntimeException e) {
            if (SAID.compareAndSet(false, true)) {
                log.warn(
                        "sessions that take no writes are ended by the container alone, a minute later: it is not one that is known (docs/adr/0515)",
                        e);
            }
        }
        return false;
    }

    private static void ofTomcat(Session session) throws ReflectiveOperationException {
        Object endpoint = fieldOf(session, "wsRemoteEndpoint").get(session);
        if (endpoint.getClass().getSimpleName().equals("WsRemoteEndpointImplServer")) {
            // Who writes next, a Pong or the answer to a Close, would wait behind what is never finished.
            Object socket = fieldOf(endpoint, "socketWrapper").get(endpoint);
            socket.getClass().getMethod("setError", IOException.class).invoke(socket, new IOException("aborted"));
        }
        Method close = session.getClass().getDeclaredMethod("closeConnection");
        close.setAccessible(true);
        close.invoke(session);
    }

    private static Field fieldOf(Object holder, String name) throws ReflectiveOperationException {
        Field field = holder.getClass().getDeclaredField(name);
        field.setAccessible(true);
        return field;
    }
}
