package dev.wsmesh.websocket;

import dev.wsmesh.node.Direction;
import dev.wsmesh.protocol.Address;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;
import org.springframework.web.socket.WebSocketSession;

/** What is known of the other end of a session from its socket and its dial, whoever it is. Thread-safe. */
final class OtherEnd {

    private final WebSocketSession session;
    private final @Nullable Address dialled;

    OtherEnd(WebSocketSession session, @Nullable Address dialled) {
        this.session = session;
        this.dialled = dialled;
    }

    @Nullable
    InetSocketAddress address() {
        return session.getRemoteAddress();
    }

    /** Who is at the other end of the wire, without the port. */
    String host() {
        InetSocketAddress remote = session.getRemoteAddress();
        return remote == null ? "" : remote.getHostString();
    }

    Direction direction() {
        return dialled == null ? Direction.ACCEPTED : Direction.DIALLED;
    }

    /** By the other end of the socket; where that is not known, or a proxy's, by what was dialled. */
    boolean isOnThisMachine() {
        InetSocketAddress remote = address();
        if (remote != null && remote.getAddress() != null) {
            return remote.getAddress().isLoopbackAddress();
        }
        return dialled != null && Locator.isLoopback(dialled);
    }
}
