package dev.wsmesh.websocket;

import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.web.socket.BinaryMessage;
import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.SubProtocolCapable;
import org.springframework.web.socket.TextMessage;
import org.springframework.web.socket.WebSocketSession;
import org.springframework.web.socket.handler.AbstractWebSocketHandler;

/**
 * What the container tells about sessions, passed on to the peer each session belongs to.
 *
 * <p>Messages come in parts, so that the container keeps no buffer of the largest message for every session.
 */
final class SocketHandler extends AbstractWebSocketHandler implements SubProtocolCapable {

    private static final Logger log = LoggerFactory.getLogger(SocketHandler.class);
    private static final String PEER = SocketPeer.class.getName();

    private final Function<WebSocketSession, @Nullable SocketPeer> admission;

    /** Creates a handler; the admission makes a peer of a new session, or closes it and gives null. */
    SocketHandler(Function<WebSocketSession, @Nullable SocketPeer> admission) {
        this.admission = admission;
    }

    @Override
    public List<String> getSubProtocols() {
        return List.of(Subprotocol.NAME);
    }

    @Override
    public void afterConnectionEstablished(WebSocketSession session) {
        SocketPeer peer = admission.apply(session);
        if (peer != null) {
            session.getAttributes().put(PEER, peer);
            if (!session.isOpen()) {
                peer.closed(CloseStatus.NO_CLOSE_FRAME);
            }
        }
    }

    @Override
    protected void handleTextMessage(WebSocketSession session, TextMessage message) {
        SocketPeer peer = peer(session);
        if (peer != null) {
            peer.receiveText(message.getPayload(), message.isLast());
        }
    }

    @Override
    protected void handleBinaryMessage(WebSocketSession session, BinaryMessage message) {
        SocketPeer peer = peer(session);
        if (peer != null) {
            peer.receiveBinary(message.getPayload(), message.isLast());
        }
    }

    @Override
    public void handleTransportError(WebSocketSession session, Throwable failure) {
        log.debug("transport error of session {}", session.getId(), failure);
    }

    @Override
    public void afterConnectionClosed(WebSocketSession session, CloseStatus status) {
        SocketPeer peer = peer(session);
        if (peer != null) {
            peer.closed(status);
        }
    }

    @Override
    public boolean supportsPartialMessages() {
        return true;
    }

    private static @Nullable SocketPeer peer(WebSocketSession session) {
        return (SocketPeer) session.getAttributes().get(PEER);
    }
}
