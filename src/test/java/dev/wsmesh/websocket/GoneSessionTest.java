package dev.wsmesh.websocket;

import static org.assertj.core.api.Assertions.assertThatCode;

import jakarta.websocket.Session;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.http.HttpHeaders;
import org.springframework.web.socket.adapter.standard.StandardWebSocketSession;

/** Tomcat's session refuses to be changed once it is closed, which may be between the look and the change. */
class GoneSessionTest {

    @Test
    void one_that_has_gone_in_between_is_left_alone() {
        StandardWebSocketSession session = new StandardWebSocketSession(new HttpHeaders(), Map.of(), null, null);
        session.initializeNativeSession(goneSession());
        assertThatCode(() -> SessionTuning.tune(session, Duration.ofSeconds(1))).doesNotThrowAnyException();
    }

    private static Session goneSession() {
        return (Session) Proxy.newProxyInstance(
                GoneSessionTest.class.getClassLoader(),
                new Class<?>[] {Session.class},
                (_, method, _) -> switch (method.getName()) {
                    case "isOpen" -> true;
                    case "getId", "toString" -> "gone";
                    case "getNegotiatedExtensions" -> List.of();
                    case "getUserProperties", "setMaxBinaryMessageBufferSize" ->
                        throw new IllegalStateException("the session is closed");
                    default -> null;
                });
    }
}
