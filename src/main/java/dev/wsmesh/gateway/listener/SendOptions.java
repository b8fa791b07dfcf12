package dev.wsmesh.gateway.listener;

import dev.wsmesh.node.PublishOptions;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What goes with a payload, and how it is published.
 *
 * @param contentType decides which converter writes it; empty for what the first one that can write it says
 * @param headers at most 64, of at most 8 KiB in all
 */
public record SendOptions(String contentType, Map<String, String> headers, PublishOptions publishing) {

    /** No headers, the converter's content type, the usual way of publishing. */
    public static final SendOptions DEFAULT = new SendOptions("", Map.of(), PublishOptions.DEFAULT);

    /** Copies the headers, in their order. */
    public SendOptions {
        headers = Collections.unmodifiableMap(new LinkedHashMap<>(headers));
    }

    /** The same with this content type. */
    public SendOptions as(String type) {
        return new SendOptions(type, headers, publishing);
    }

    /** The same with one more header. */
    public SendOptions withHeader(String name, String value) {
        Map<String, String> more = new LinkedHashMap<>(headers);
        more.put(name, value);
        return new SendOptions(contentType, more, publishing);
    }

    /** The same, published in another way. */
    public SendOptions with(PublishOptions changed) {
        return new SendOptions(contentType, headers, changed);
    }
}
