package dev.wsmesh.gateway.stomp;

import dev.wsmesh.protocol.Bytes;
import java.nio.charset.StandardCharsets;
import org.springframework.messaging.Message;
import org.springframework.messaging.simp.SimpMessageHeaderAccessor;
import org.springframework.util.InvalidMimeTypeException;
import org.springframework.util.MimeType;

/** Payloads and their content types, from Spring's messages to those of the mesh and back: as they are. */
final class Bodies {

    /** In place of the content type, if what a publisher said is none. */
    private static final String UNREADABLE_TYPE_HEADER = "mesh-content-type";

    private Bodies() {}

    /** The payload of a frame, or of what an application sends. */
    static Bytes payload(Message<?> message) {
        return switch (message.getPayload()) {
            case byte[] bytes -> Bytes.copyOf(bytes);
            case String text -> Bytes.wrap(text.getBytes(StandardCharsets.UTF_8));
            default ->
                throw new IllegalArgumentException("a payload is bytes or text, not "
                        + message.getPayload().getClass().getName() + ": set a message converter");
        };
    }

    /** Empty if none was said. */
    static String contentType(SimpMessageHeaderAccessor said) {
        MimeType type = said.getContentType();
        return type == null ? "" : type.toString();
    }

    /** A publisher may have said anything. */
    static void setContentType(SimpMessageHeaderAccessor headers, String contentType) {
        if (contentType.isEmpty()) {
            return;
        }
        try {
            headers.setContentType(MimeType.valueOf(contentType));
        } catch (InvalidMimeTypeException e) {
            headers.setNativeHeader(UNREADABLE_TYPE_HEADER, contentType);
        }
    }
}
