package dev.wsmesh.wire;

import static dev.wsmesh.wire.Raw.field;
import static dev.wsmesh.wire.Raw.hex;
import static dev.wsmesh.wire.Raw.join;
import static dev.wsmesh.wire.Raw.times;

import java.nio.charset.StandardCharsets;

/** For each violation, bytes that just keep the rule and bytes that just do not. */
final class Offence {
    private static final byte[] STREAM = alias(1);
    private static final byte[] TOPIC = field(1, text("a"));
    private static final byte[] CONTACT = field(1, field(1, new byte[16]));

    private final byte[] kept;
    private final byte[] broken;
    private final long limit;

    private Offence(byte[] kept, byte[] broken, long limit) {
        this.kept = kept;
        this.broken = broken;
        this.limit = limit;
    }

    byte[] kept() {
        return kept.clone();
    }

    byte[] broken() {
        return broken.clone();
    }

    /** What the exception names; 0 for a fault of form. */
    long limit() {
        return limit;
    }

    static Offence against(Violation violation) {
        return switch (violation) {
            case TRUNCATED -> form(hex("22 02 3a 00"), hex("22 02 3a"));
            case VARINT_TOO_LONG ->
                form(hex("f8 3f ff ff ff ff ff ff ff ff ff 01"), hex("f8 3f ff ff ff ff ff ff ff ff ff 02"));
            case INVALID_TAG -> form(hex("38 00"), hex("00 00"));
            case GROUP -> form(hex("3a 00"), hex("3b 3c"));
            case INVALID_UTF8 -> form(contentType(hex("c3 a9")), contentType(hex("c3 28")));
            case INVALID_TOPIC -> form(record(field(1, text("a.b"))), record(field(1, text("a..b"))));
            case INVALID_ADDRESS -> form(join(contact("ws://a:1")), join(contact("http://a:1")));
            case UNKNOWN_INTENT -> form(hello(field(8, 4)), hello(field(8, 5)));
            case UNKNOWN_ALIAS -> form(join(STREAM, prune(1)), join(STREAM, prune(2)));
            case MISSING_FIELD -> form(record(TOPIC), record());
            case TWO_BODIES -> form(hex("22 02 3a 00"), hex("22 04 3a 00 42 00"));
            case OUT_OF_PLACE -> form(hello(), join(hello(), field(4)));

            case FRAME_BYTES -> count(1 << 20, size -> field(99, new byte[size - 5]));
            case HANDSHAKE_BYTES -> count(4_096, size -> hello(field(99, new byte[size - hello().length - 5])));
            case RECORD_BYTES -> count((1 << 20) - 256, size -> record(TOPIC, field(5, new byte[size - 7])));
            case MESSAGES_PER_FRAME -> count(32_768, count -> times(count, field(4)));
            case RECORDS_PER_FRAME -> count(16_384, count -> batch(times(count, field(5, TOPIC))));
            case DIGEST_ENTRIES_PER_FRAME ->
                count(16_384, count -> join(STREAM, times(count, field(4, field(1, field(1, 1), field(2, 1))))));
            case CONTACTS_PER_MESSAGE ->
                count(32, count -> field(4, field(13, times(count, field(1, field(1, new byte[16]))))));
            case STREAM_ALIASES -> count(32_768, Offence::aliases);
            case TOPIC_BYTES -> count(255, size -> record(field(1, text("a".repeat(size)))));
            case CONTENT_TYPE_BYTES -> count(255, size -> contentType(text("a".repeat(size))));
            case HEADERS_PER_RECORD -> count(64, count -> record(TOPIC, times(count, field(4, field(1, text("a"))))));
            case HEADER_BYTES ->
                count(
                        8_192,
                        size -> record(
                                TOPIC,
                                field(4, field(1, text("name")), field(2, new byte[4_092])),
                                field(4, field(1, text("name")), field(2, new byte[size - 4_100]))));
            case ADDRESS_BYTES -> count(512, size -> contact("ws://" + "a".repeat(size - 5)));
            case VERSIONS_PER_HELLO -> count(16, count -> hello(times(count - 1, field(1, 1))));
            case CLUSTER_BYTES -> count(255, size -> hello(field(2, text("a".repeat(size)))));
            case ENDPOINT_BYTES -> count(255, size -> hello(field(9, text("a".repeat(size)))));
            case FIXED_LENGTH -> count(16, size -> field(3, field(1, 1), field(2, new byte[size])));
            case NUMBER_RANGE -> count(255, hops -> field(4, field(10, CONTACT, field(2, hops))));
        };
    }

    private interface Sized {
        byte[] of(int count);
    }

    private static Offence form(byte[] kept, byte[] broken) {
        return new Offence(kept, broken, 0);
    }

    private static Offence count(int limit, Sized bytes) {
        return new Offence(bytes.of(limit), bytes.of(limit + 1), limit);
    }

    private static byte[] hello(byte[]... more) {
        return field(
                1,
                field(1, 1),
                field(3, new byte[32]),
                field(6, new byte[32]),
                field(7, 65_536),
                field(8, 1),
                join(more));
    }

    private static byte[] record(byte[]... fields) {
        return batch(field(5, fields));
    }

    private static byte[] batch(byte[] records) {
        return join(STREAM, field(5, field(1, 1), field(2, 1), records));
    }

    private static byte[] contentType(byte[] text) {
        return record(TOPIC, field(2, text));
    }

    private static byte[] contact(String url) {
        return field(4, field(9, field(1, field(1, new byte[16]), field(2, text(url)))));
    }

    private static byte[] prune(int alias) {
        return field(4, field(3, field(1, alias)));
    }

    private static byte[] alias(int alias) {
        return field(3, field(1, alias), field(2, new byte[16]));
    }

    private static byte[] aliases(int count) {
        byte[][] all = new byte[count][];
        for (int i = 0; i < count; i++) {
            all[i] = alias(i + 1);
        }
        return join(all);
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
