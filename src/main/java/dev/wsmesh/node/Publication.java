package dev.wsmesh.node;

import dev.wsmesh.protocol.Bytes;
import dev.wsmesh.protocol.Header;
import dev.wsmesh.protocol.Topic;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * What is to be published, and how.
 *
 * @param topic words separated by dots, as in {@code orders.created}
 * @param contentType what the payload is, at most 255 bytes; may be empty
 * @param headers at most 64, of at most 8 KiB in all
 */
public record Publication(
        Topic topic, Bytes payload, String contentType, List<Header> headers, PublishOptions options) {

    private static final String TEXT = "text/plain;charset=UTF-8";

    /** Copies the headers. */
    public Publication {
        headers = List.copyOf(headers);
    }

    /**
     * A text.
     *
     * @throws IllegalArgumentException if the topic is none, or the text has an unpaired surrogate
     */
    public static Publication of(String topic, String text) {
        if (!Utf8.canEncode(text)) {
            throw new IllegalArgumentException(Utf8.COMPLAINT);
        }
        return of(topic, text.getBytes(StandardCharsets.UTF_8), TEXT);
    }

    /**
     * Bytes, which are copied.
     *
     * @throws IllegalArgumentException if the topic is none
     */
    public static Publication of(String topic, byte[] payload, String contentType) {
        return new Publication(new Topic(topic), Bytes.copyOf(payload), contentType, List.of(), PublishOptions.DEFAULT);
    }

    /** The same with one more header. */
    public Publication withHeader(String name, String value) {
        List<Header> more = new ArrayList<>(headers);
        more.add(new Header(name, value));
        return new Publication(topic, payload, contentType, more, options);
    }

    /** The same, published in another way. */
    public Publication with(PublishOptions changed) {
        return new Publication(topic, payload, contentType, headers, changed);
    }
}
