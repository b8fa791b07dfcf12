package dev.wsmesh.websocket;

import dev.wsmesh.node.MeshCounters.Drop;
import dev.wsmesh.node.Utf8;
import org.jspecify.annotations.Nullable;
import org.springframework.web.socket.CloseStatus;

/**
 * Puts the parts of one peer's incoming texts together, within a limit for each text and a budget for all peers. A text
 * that comes in one part costs no budget, so that nobody can keep others from being heard by filling it.
 */
final class TextAssembler {

    private final int maxBytes;
    private final IncomingBudget budget;
    /** Guarded, like the others, by this object's monitor: the session may end while its reader appends. */
    private final StringBuilder parts = new StringBuilder();

    private int bytes;
    private boolean closed;

    TextAssembler(int maxBytes, IncomingBudget budget) {
        this.maxBytes = maxBytes;
        this.budget = budget;
    }

    /** Thrown when a text cannot be taken; says how it is counted and with what the session is closed. */
    static final class RefusedException extends Exception {
        private static final long serialVersionUID = 1L;

        private final Drop drop;
        private final transient CloseStatus status;

        RefusedException(Drop drop, CloseStatus status, String message) {
            super(message);
            this.drop = drop;
            this.status = status;
        }

        Drop drop() {
            return drop;
        }

        CloseStatus status() {
            return status;
        }
    }

    /** Takes a part; returns the whole text if this was the last one, else null. */
    synchronized @Nullable String append(String part, boolean last) throws RefusedException {
        int partBytes = Utf8.length(part);
        if (bytes + partBytes > maxBytes) {
            throw new RefusedException(
                    Drop.OVERSIZED, PlainStatus.TOO_LARGE, "a text is larger than mesh.limits.max-message-bytes");
        }
        if (last && parts.isEmpty()) {
            return part;
        }
        if (closed || !budget.take(partBytes)) {
            throw new RefusedException(
                    Drop.OVERLOADED,
                    PlainStatus.OVERLOADED,
                    "the unfinished texts of all peers are larger than mesh.limits.max-incoming-bytes");
        }
        bytes += partBytes;
        parts.append(part);
        if (!last) {
            return null;
        }
        String whole = parts.toString();
        forget();
        return whole;
    }

    /** Gives the memory and the budget back; nothing more is put together. */
    synchronized void close() {
        closed = true;
        forget();
    }

    private void forget() {
        budget.giveBack(bytes);
        bytes = 0;
        parts.setLength(0);
        parts.trimToSize();
    }
}
