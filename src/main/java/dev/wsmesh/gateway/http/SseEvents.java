package dev.wsmesh.gateway.http;

import dev.wsmesh.node.Gap;
import dev.wsmesh.node.Message;
import dev.wsmesh.node.Position;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * Deliveries as Server-Sent Events. What is the same for every client is made once and shared by them: the lines of an event but
 * for its id. Of large events that is not done: they would be kept long after the last client has got them.
 */
final class SseEvents {

    /** Clients are rarely further apart than this. A guess; more only costs time. */
    private static final int SHARED = 512;

    /** What is larger is made for each client anew. With this, what is kept cannot be more than 8 MiB in all. */
    private static final int LARGEST_SHARED_BYTES = 16 << 10;

    private static final byte[] END = {'\n', '\n'};

    private final AtomicReferenceArray<@Nullable Shared> shared = new AtomicReferenceArray<>(SHARED);

    private static final class Shared {
        private final Position position;
        private final byte[] bytes;

        private Shared(Position position, byte[] bytes) {
            this.position = position;
            this.bytes = bytes;
        }
    }

    /**
     * A message as JSON; the names are part of the interface.
     *
     * @param text the payload, if its content type says that it is text, and it is UTF-8
     * @param base64 the payload otherwise
     */
    record Event(
            String topic,
            String position,
            Instant publishedAt,
            String contentType,
            List<Named> headers,
            @Nullable String text,
            @Nullable String base64) {}

    /** A header of a message. */
    record Named(String name, String value) {}

    /** A gap as JSON. */
    record Missing(
            @Nullable String stream,
            @Nullable String origin,
            @Nullable Long epoch,
            @Nullable Long from,
            @Nullable Long to,
            String cause,
            String detail) {}

    /** Origin, epoch and number. */
    static String text(Position position) {
        return position.stream() + "/" + position.sequence();
    }

    void write(ByteArrayOutputStream out, Message message, String token) {
        writeId(out, token);
        out.writeBytes(linesOf(message));
    }

    void write(ByteArrayOutputStream out, Gap gap, String token) {
        write(
                out,
                new Missing(
                        gap.stream().toString(),
                        gap.stream().origin().toString(),
                        gap.stream().epoch(),
                        gap.from(),
                        gap.to(),
                        gap.cause().name().toLowerCase(Locale.ROOT).replace('_', '-'),
                        detail(gap.cause())),
                token);
    }

    private static String detail(Gap.Cause cause) {
        return switch (cause) {
            case NOT_RETAINED, SLOW_SUBSCRIBER ->
                "these numbers of the stream are no longer held here; some may be of other topics";
            case UNREADABLE -> "the node could not read this message; its log says why";
        };
    }

    /** The client brought a token that does not tell everything. */
    void writeUnknownGap(ByteArrayOutputStream out, String token) {
        write(
                out,
                new Missing(
                        null,
                        null,
                        null,
                        null,
                        null,
                        "token-incomplete",
                        "the token lists only some of the streams that had delivered: what the others brought meanwhile is"
                                + " missing"),
                token);
    }

    /** Nothing but a place to go on from: an event that nobody has to listen to. */
    void writeMark(ByteArrayOutputStream out, String token) {
        writeId(out, token);
        out.writeBytes(ascii("event: mark\ndata: {}\n\n"));
    }

    void writeComment(ByteArrayOutputStream out, String text) {
        out.writeBytes(ascii(text.isEmpty() ? ":\n\n" : ": " + text + "\n\n"));
    }

    static void writeRetry(ByteArrayOutputStream out, long millis) {
        out.writeBytes(ascii("retry: " + millis + "\n\n"));
    }

    private static void write(ByteArrayOutputStream out, Missing missing, String token) {
        writeId(out, token);
        out.writeBytes(ascii("event: gap\ndata: "));
        out.writeBytes(Answer.JSON.writeValueAsBytes(missing));
        out.writeBytes(END);
    }

    private static void writeId(ByteArrayOutputStream out, String token) {
        out.writeBytes(ascii("id: " + token + "\n"));
    }

    private byte[] linesOf(Message message) {
        int slot = Math.floorMod(message.position().hashCode(), SHARED);
        Shared known = shared.get(slot);
        if (known != null && known.position.equals(message.position())) {
            return known.bytes;
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream(message.payload().length() + 256);
        out.writeBytes(ascii("data: "));
        out.writeBytes(Answer.JSON.writeValueAsBytes(eventOf(message)));
        out.writeBytes(END);
        byte[] bytes = out.toByteArray();
        if (bytes.length <= LARGEST_SHARED_BYTES) {
            shared.set(slot, new Shared(message.position(), bytes));
        }
        return bytes;
    }

    /** How much is kept to be shared. */
    long sharedBytes() {
        long sum = 0;
        for (int slot = 0; slot < SHARED; slot++) {
            Shared each = shared.get(slot);
            sum += each == null ? 0 : each.bytes.length;
        }
        return sum;
    }

    private static Event eventOf(Message message) {
        byte[] payload = message.payload().toArray();
        String text = isText(message.contentType()) ? decode(payload) : null;
        return new Event(
                message.topic().name(),
                text(message.position()),
                message.publishedAt(),
                message.contentType(),
                message.headers().stream()
                        .map(header -> new Named(header.name(), header.value()))
                        .toList(),
                text,
                text == null ? Base64.getEncoder().encodeToString(payload) : null);
    }

    /** What is text by its type; what says nothing may be. */
    private static boolean isText(String contentType) {
        String type = contentType.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
        return type.isEmpty()
                || type.startsWith("text/")
                || type.endsWith("/json")
                || type.endsWith("+json")
                || type.endsWith("/xml")
                || type.endsWith("+xml")
                || type.endsWith("/yaml")
                || type.endsWith("/javascript")
                || type.equals("application/x-www-form-urlencoded");
    }

    private static @Nullable String decode(byte[] payload) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(payload))
                    .toString();
        } catch (CharacterCodingException e) {
            return null;
        }
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
