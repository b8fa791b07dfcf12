package dev.wsmesh.gateway.listener;

import dev.wsmesh.node.LogText;
import java.nio.charset.Charset;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.StandardCharsets;
import java.nio.charset.UnsupportedCharsetException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.messaging.Message;
import org.springframework.messaging.MessageHeaders;
import org.springframework.messaging.converter.MessageConversionException;
import org.springframework.messaging.converter.MessageConverter;
import org.springframework.messaging.converter.SmartMessageConverter;
import org.springframework.messaging.support.MessageBuilder;
import org.springframework.util.InvalidMimeTypeException;
import org.springframework.util.MimeType;
import org.springframework.util.MimeTypeUtils;

/**
 * Texts and bytes as they are, whatever the content type says, and everything else by the converter that stands behind. Texts
 * are UTF-8 where the content type names no other charset.
 */
public final class MeshMessageConverter implements SmartMessageConverter {

    private static final String TEXT = "text/plain;charset=UTF-8";

    private final MessageConverter others;

    /** Creates a converter in front of the one that knows other types. */
    public MeshMessageConverter(MessageConverter others) {
        this.others = others;
    }

    @Override
    public @Nullable Object fromMessage(Message<?> message, Class<?> targetClass) {
        return fromMessage(message, targetClass, null);
    }

    @Override
    public @Nullable Object fromMessage(Message<?> message, Class<?> targetClass, @Nullable Object hint) {
        if (message.getPayload() instanceof byte[] bytes) {
            if (targetClass == byte[].class) {
                return bytes;
            }
            if (targetClass == String.class) {
                return new String(bytes, charset(contentType(message.getHeaders())));
            }
        }
        try {
            return others instanceof SmartMessageConverter smart
                    ? smart.fromMessage(message, targetClass, hint)
                    : others.fromMessage(message, targetClass);
        } catch (InvalidMimeTypeException e) {
            throw new MessageConversionException(message, "that is no content type", e);
        }
    }

    @Override
    public @Nullable Message<?> toMessage(Object payload, @Nullable MessageHeaders headers) {
        return toMessage(payload, headers, null);
    }

    /** The payload of what it returns is an array of bytes. */
    @Override
    public @Nullable Message<?> toMessage(Object payload, @Nullable MessageHeaders headers, @Nullable Object hint) {
        return switch (payload) {
            case byte[] bytes -> message(bytes, headers, MimeTypeUtils.APPLICATION_OCTET_STREAM_VALUE);
            case String text -> message(bytes(text, charset(contentType(headers))), headers, TEXT);
            default -> {
                Message<?> converted = others instanceof SmartMessageConverter smart
                        ? smart.toMessage(payload, headers, hint)
                        : others.toMessage(payload, headers);
                yield converted != null && converted.getPayload() instanceof String text
                        ? message(
                                bytes(text, charset(contentType(converted.getHeaders()))), converted.getHeaders(), TEXT)
                        : converted;
            }
        };
    }

    private static Message<byte[]> message(byte[] bytes, @Nullable MessageHeaders headers, String usualType) {
        return MessageBuilder.withPayload(bytes)
                .copyHeaders(headers)
                .setHeaderIfAbsent(MessageHeaders.CONTENT_TYPE, usualType)
                .build();
    }

    /** A replacement character would be a message that was lost in silence. */
    private static byte[] bytes(String text, Charset charset) {
        if (!charset.newEncoder().canEncode(text)) {
            throw new MessageConversionException(
                    "the text cannot be written in " + charset + ": name another charset, or send it as bytes");
        }
        return text.getBytes(charset);
    }

    static String contentType(@Nullable MessageHeaders headers) {
        Object type = headers == null ? null : headers.get(MessageHeaders.CONTENT_TYPE);
        return type == null ? "" : type.toString();
    }

    private static Charset charset(String contentType) {
        try {
            MimeType type = contentType.isEmpty() ? null : MimeTypeUtils.parseMimeType(contentType);
            return type == null
                    ? StandardCharsets.UTF_8
                    : Objects.requireNonNullElse(type.getCharset(), StandardCharsets.UTF_8);
        } catch (InvalidMimeTypeException | IllegalCharsetNameException | UnsupportedCharsetException e) {
            return StandardCharsets.UTF_8;
        }
    }

    @Override
    public String toString() {
        return LogText.printable("texts and bytes, and " + others);
    }
}
