package dev.wsmesh.websocket;

import dev.wsmesh.node.LogText;
import org.springframework.web.socket.CloseStatus;

/** The close codes this node sends to plain peers; docs/plain-peers.md has the table. */
final class PlainStatus {

    /** The node leaves. */
    static final CloseStatus GOING_AWAY = CloseStatus.GOING_AWAY.withReason("leaving");

    /** A message was larger than the limit. */
    static final CloseStatus TOO_LARGE = CloseStatus.TOO_BIG_TO_PROCESS.withReason("message too large");

    /** The peer does not take what is sent to it. The code may never reach it. */
    static final CloseStatus TOO_SLOW = new CloseStatus(4010, "too slow");

    /** More sessions were opened at the same instant, or more unfinished texts sent, than may be held. */
    static final CloseStatus OVERLOADED = CloseStatus.SERVICE_OVERLOAD.withReason("overloaded");

    /** Writing to the peer failed. */
    static final CloseStatus NOT_RELIABLE = CloseStatus.SESSION_NOT_RELIABLE.withReason("writing failed");

    private PlainStatus() {}

    /** A status for the log, in words where there is no code on the wire. */
    static String describe(CloseStatus status) {
        String reason = status.getReason();
        String words = status.getCode() == CloseStatus.NO_CLOSE_FRAME.getCode() ? "no close frame" : reason;
        return words == null || words.isEmpty()
                ? Integer.toString(status.getCode())
                : status.getCode() + " (" + LogText.printable(words) + ")";
    }
}
