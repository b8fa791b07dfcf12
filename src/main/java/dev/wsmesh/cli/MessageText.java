package dev.wsmesh.cli;

import dev.wsmesh.node.LogText;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What an event says, for people and for scripts. */
final class MessageText {

    private MessageText() {}

    /** When, from whom, on what topic, and the text or the size of what is none. */
    static String line(Event event) {
        Fields fields = fields(event);
        Instant time = Objects.requireNonNullElseGet(Spans.instant(fields.value("publishedAt", "time")), Instant::now);
        return time.truncatedTo(ChronoUnit.MILLIS) + "  " + LogText.oneLine(publisher(fields)) + "  "
                + LogText.oneLine(dash(fields.text("topic"))) + "  " + content(fields, event);
    }

    /** What is missing. */
    static String gap(Event event) {
        Fields fields = fields(event);
        Double from = fields.number("from");
        Double to = fields.number("to");
        String cause = fields.text("detail", "cause");
        return "gap: "
                + (from == null || to == null ? "messages" : "messages " + Math.round(from) + " to " + Math.round(to))
                + (publisher(fields).equals("-") ? "" : " of " + LogText.oneLine(publisher(fields)))
                + " are missing"
                + (cause.isEmpty() ? "" : " (" + LogText.printable(cause) + ")");
    }

    /** One JSON object with all that the node said. */
    static String json(Event event) {
        Map<String, @Nullable Object> object = new LinkedHashMap<>();
        object.put("event", event.type());
        object.put("resume", event.id());
        Fields fields = fields(event);
        if (fields.values().isEmpty()) {
            object.put("text", event.data());
        } else {
            fields.values().forEach(object::putIfAbsent);
        }
        return Json.write(object);
    }

    private static Fields fields(Event event) {
        try {
            return Fields.of(Json.read(event.data()));
        } catch (IllegalArgumentException e) {
            return Fields.NONE;
        }
    }

    private static String publisher(Fields fields) {
        // A position begins with who published it.
        String known = fields.text("name", "origin");
        return dash(known.isEmpty() ? fields.text("position").split("/", 2)[0] : known);
    }

    private static String content(Fields fields, Event event) {
        if (fields.values().isEmpty()) {
            return LogText.oneLine(event.data());
        }
        Object text = fields.value("text");
        if (text != null) {
            return LogText.oneLine(text instanceof String plain ? plain.stripTrailing() : Json.write(text));
        }
        String base64 = fields.text("base64");
        String type = fields.text("contentType");
        return "[" + size(base64) + " bytes" + (type.isEmpty() ? "" : ", " + LogText.printable(type)) + "]";
    }

    private static int size(String base64) {
        try {
            return Base64.getDecoder().decode(base64.getBytes(StandardCharsets.ISO_8859_1)).length;
        } catch (IllegalArgumentException e) {
            return base64.length();
        }
    }

    private static String dash(String text) {
        return text.isEmpty() ? "-" : text;
    }
}
