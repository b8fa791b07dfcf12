package dev.wsmesh.websocket;

import dev.wsmesh.node.MeshCounters;
import dev.wsmesh.node.MeshCounters.Drop;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.web.socket.BinaryMessage;
import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.TextMessage;
import org.springframework.web.socket.WebSocketSession;
import org.springframework.web.socket.handler.AbstractWebSocketHandler;

/**
 * The events of WebSocket sessions, passed on to the peer each session belongs to.
 *
 * <p>Messages come in parts, so that the container keeps no buffer of the largest message for every session.
 */
final class PeerWebSocketHandler extends AbstractWebSocketHandler {

    private static final Logger log = LoggerFactory.getLogger(PeerWebSocketHandler.class);
    private static final String PEER = PeerSession.class.getName();

    private final Function<WebSocketSession, @Nullable PeerSession> admission;
    private final MeshCounters counters;

    /** Creates a handler; the admission makes a peer of a new session, or closes it and gives null. */
    PeerWebSocketHandler(Function<WebSocketSession, @Nullable PeerSession> admission, MeshCounters counters) {
        this.admission = admission;
        this.counters = counters;
    }

    @Override
    public void afterConnectionEstablished(WebSocketSession session) {
        PeerSession peer = admission.apply(session);
        if (peer != null) {
            session.getAttributes().put(PEER, peer);
            if (!session.isOpen()) {
                peer.closed(CloseStatus.NO_CLOSE_FRAME);
            }
        }
    }

    @Override
    protected void handleTextMessage(WebSocketSession session, TextMessage message) {
        PeerSession peer = peer(session);
        if (peer != null) {
            peer.receive(message.getPayload(), message.isLast());
        }
    }

    @Override
    protected void handleBinaryMessage(WebSocketSession session, BinaryMessage message) {
        if (message.isLast()) {
            counters.dropped(Drop.BINARY, 1);
        }
    }

    @Override
    public void handleTransportError(WebSocketSession session, Throwable failure) {
        log.debug("transport error of session {}", session.getId(), failure);
    }

    @Override
    public void afterConnectionClosed(WebSocketSession session, CloseStatus status) {
        PeerSession peer = peer(session);
        if (peer != null) {
            peer.closed(status);
        }
    }

    @Override
    public boolean supportsPartialMessages() {
        return true;
    }

    private static @Nullable PeerSession peer(WebSocketSession session) {
        return (PeerSession) session.getAttributes().get(PEER);
    }
}
