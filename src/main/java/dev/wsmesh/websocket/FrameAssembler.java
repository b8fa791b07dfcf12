package dev.wsmesh.websocket;

import dev.wsmesh.protocol.Limits;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.springframework.web.socket.CloseStatus;

/**
 * Puts the parts of one link's incoming binary messages together, within a limit for each and a budget for all links. A message
 * that comes in one part costs no budget. Between messages it keeps the room for one of a usual frame's size, if there was one,
 * because a busy link would make it again and again.
 */
final class FrameAssembler {

    private static final byte[] NONE = {};

    private final IncomingBudget budget;
    /** Guarded, like the others, by this object's monitor: the session may end while its reader appends. */
    private byte[] parts = NONE;

    private int length;
    private boolean closed;

    FrameAssembler(IncomingBudget budget) {
        this.budget = budget;
    }

    /** A message cannot be taken. */
    static final class RefusedException extends Exception {
        private static final long serialVersionUID = 1L;

        private final transient CloseStatus status;

        RefusedException(CloseStatus status, String message) {
            super(message);
            this.status = status;
        }

        CloseStatus status() {
            return status;
        }
    }

    /** Takes a part; returns the whole message in an array of its own if this was the last part, else null. */
    synchronized byte @Nullable [] append(ByteBuffer part, boolean last, int limit) throws RefusedException {
        int size = part.remaining();
        if (size > limit - length) {
            throw new RefusedException(
                    CloseStatus.TOO_BIG_TO_PROCESS,
                    "a message is larger than the " + limit + " bytes that this node accepts");
        }
        if (last && length == 0) {
            byte[] whole = new byte[size];
            part.get(whole);
            return whole;
        }
        keep(part, size, limit);
        if (!last) {
            return null;
        }
        byte[] whole = Arrays.copyOf(parts, length);
        byte[] filled = parts;
        forget();
        if (!closed && filled.length <= Limits.FRAME_TARGET_BYTES) {
            parts = filled;
        }
        return whole;
    }

    /** Gives the memory and the budget back; nothing more is put together. */
    synchronized void close() {
        closed = true;
        forget();
    }

    private void keep(ByteBuffer part, int size, int limit) throws RefusedException {
        if (closed || !budget.take(size)) {
            throw new RefusedException(
                    CloseStatus.SERVICE_OVERLOAD,
                    "the unfinished messages of all nodes are larger than mesh.limits.max-incoming-bytes");
        }
        int needed = length + size;
        if (parts.length < needed) {
            // No more than a usual frame takes, as long as it may be one: then the room is kept.
            int most = needed <= Limits.FRAME_TARGET_BYTES ? Math.min(limit, Limits.FRAME_TARGET_BYTES) : limit;
            parts = Arrays.copyOf(parts, Math.max(needed, Math.min(2 * parts.length, most)));
        }
        part.get(parts, length, size);
        length += size;
    }

    private void forget() {
        budget.giveBack(length);
        parts = NONE;
        length = 0;
    }
}
