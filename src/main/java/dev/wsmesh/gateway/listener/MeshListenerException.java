package dev.wsmesh.gateway.listener;

import dev.wsmesh.node.Gap;
import dev.wsmesh.node.LogText;
import dev.wsmesh.node.Message;
import dev.wsmesh.node.Position;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.messaging.converter.MessageConversionException;

/**
 * A {@link MeshListener} method failed: the message says which, at what, and why in one line; the cause is what it threw, or why
 * it could not be called.
 */
public final class MeshListenerException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String listener;
    private final transient @Nullable Message delivered;
    private final transient @Nullable Gap gap;

    private MeshListenerException(
            String listener, String text, @Nullable Message delivered, @Nullable Gap gap, @Nullable Throwable cause) {
        super("@MeshListener " + listener + " " + text, cause);
        this.listener = listener;
        this.delivered = delivered;
        this.gap = gap;
    }

    static MeshListenerException at(String listener, String payloadType, Message message, Throwable cause) {
        String what = cause instanceof MessageConversionException
                ? " cannot have its content of type '" + LogText.printable(message.contentType()) + "' converted to "
                        + payloadType + ": "
                : ": ";
        Position position = message.position();
        String text = "failed: message " + position.stream() + "/" + position.sequence() + " on topic "
                + message.topic() + what + reason(cause);
        return new MeshListenerException(listener, text, message, null, cause);
    }

    static MeshListenerException at(String listener, Gap gap, Throwable cause) {
        String text = "failed: gap " + gap.stream() + "/" + gap.from() + "-" + gap.to() + ": " + reason(cause);
        return new MeshListenerException(listener, text, null, gap, cause);
    }

    static MeshListenerException overflow(String listener) {
        String text = "has ended: its queue was full, and overflow=CLOSE asks for that;"
                + " it gets nothing more until the application starts again";
        return new MeshListenerException(listener, text, null, null, null);
    }

    /** Which method of which bean. */
    public String listener() {
        return listener;
    }

    /** The message at which it failed; null if it was none. */
    public @Nullable Message delivered() {
        return delivered;
    }

    /** The gap at which it failed; null if it was none. */
    public @Nullable Gap gap() {
        return gap;
    }

    /** Whether the method was never called, because its parameter could not be made of the payload. */
    public boolean isConversion() {
        return getCause() instanceof MessageConversionException;
    }

    private static String reason(Throwable cause) {
        String why = cause instanceof MessageConversionException
                ? Objects.requireNonNullElse(cause.getMessage(), "")
                : cause.toString();
        return LogText.printable(why);
    }
}
