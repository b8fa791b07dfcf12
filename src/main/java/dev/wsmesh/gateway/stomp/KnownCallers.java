package dev.wsmesh.gateway.stomp;

import org.jspecify.annotations.Nullable;
import org.springframework.messaging.Message;
import org.springframework.messaging.MessageChannel;
import org.springframework.messaging.simp.SimpMessageHeaderAccessor;
import org.springframework.messaging.simp.SimpMessageType;
import org.springframework.messaging.support.ChannelInterceptor;

/**
 * Lets nothing pass of a session whose CONNECT was not accepted: not only the broker takes what comes, an application may have
 * methods of its own for it. The client has been told already, by the ERROR that its CONNECT got.
 */
public final class KnownCallers implements ChannelInterceptor {

    @Override
    public @Nullable Message<?> preSend(Message<?> message, MessageChannel channel) {
        SimpMessageType type = SimpMessageHeaderAccessor.getMessageType(message.getHeaders());
        boolean anybodys = type == SimpMessageType.CONNECT
                || type == SimpMessageType.DISCONNECT
                || type == SimpMessageType.HEARTBEAT;
        boolean known = MeshBroker.isKnown(SimpMessageHeaderAccessor.getSessionAttributes(message.getHeaders()));
        return anybodys || known ? message : null;
    }
}
