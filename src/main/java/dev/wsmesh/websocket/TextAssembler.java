package dev.wsmesh.websocket;

import dev.wsmesh.node.Utf8;
import org.jspecify.annotations.Nullable;

/** Puts the parts of incoming texts together, up to a limit. Used by the reading thread of one session only. */
final class TextAssembler {

    private final int maxBytes;
    private final StringBuilder parts = new StringBuilder();
    private int bytes;

    TextAssembler(int maxBytes) {
        this.maxBytes = maxBytes;
    }

    /** Thrown when a text is larger than the limit. */
    static final class TooLargeException extends Exception {
        private static final long serialVersionUID = 1L;

        TooLargeException(int maxBytes) {
            super("a message is larger than mesh.limits.max-message-bytes (" + maxBytes + ")");
        }
    }

    /** Takes a part; returns the whole text if this was the last one, else null. */
    @Nullable
    String append(String part, boolean last) throws TooLargeException {
        bytes += Utf8.length(part);
        if (bytes > maxBytes) {
            reset();
            throw new TooLargeException(maxBytes);
        }
        if (last && parts.isEmpty()) {
            bytes = 0;
            return part;
        }
        parts.append(part);
        if (!last) {
            return null;
        }
        String whole = parts.toString();
        reset();
        return whole;
    }

    /** Forgets everything, the memory of a large text too. */
    private void reset() {
        parts.setLength(0);
        parts.trimToSize();
        bytes = 0;
    }
}
