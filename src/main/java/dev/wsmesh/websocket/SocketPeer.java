package dev.wsmesh.websocket;

import java.nio.ByteBuffer;
import org.springframework.web.socket.CloseStatus;

/** What is at the other end of one WebSocket session. Messages come in parts, from one thread at a time. */
interface SocketPeer {

    /** Ends the session politely, because this node has no use for it. */
    void leave();

    void receiveText(String part, boolean last);

    /** The buffer is the container's: what is to be kept is copied before this returns. */
    void receiveBinary(ByteBuffer part, boolean last);

    /** To be called again and again: ends a session whose writer is stuck, where the container does not. */
    void endIfStuck();

    /** The session is closed, by whichever side. May come more than once, and from any thread. */
    void closed(CloseStatus status);
}
