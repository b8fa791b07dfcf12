package dev.wsmesh.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wsmesh.protocol.Bytes;
import dev.wsmesh.protocol.EncodedRecord;
import dev.wsmesh.protocol.Limits;
import dev.wsmesh.protocol.Topic;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What was read before decides how long the next record takes, and nothing else. */
class KnownBeginningsTest {
    /** Some go on where others end, some share a place, and some are none. */
    private static final List<String> TOPICS =
            List.of("a", "ab", "aab", "x.1.ab", "x.2.ab", "", ".", "é", "t".repeat(127), "t".repeat(128));

    private static final List<String> CONTENT_TYPES = List.of("", "a", "ab", "text/plain", "é", "c".repeat(256));

    private final KnownBeginnings kept = new KnownBeginnings();
    private final KnownBeginnings passedOver = new KnownBeginnings();

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void a_record_is_read_as_if_none_had_been_read_before(long seed) {
        Random random = new Random(seed);
        List<byte[]> records = new ArrayList<>(List.of(record(random)));
        for (int i = 0; i < 10_000; i++) {
            byte[] record = random.nextInt(3) == 0
                    ? damaged(records.get(random.nextInt(records.size())), random)
                    : record(random);
            records.add(record);
            assertThat(read(record, kept, true)).isEqualTo(read(record, new KnownBeginnings(), true));
            assertThat(read(record, passedOver, false)).isEqualTo(read(record, new KnownBeginnings(), false));
        }
    }

    /** What stands between the same words differs in nearly all applications. */
    @Test
    void topics_that_end_alike_do_not_drive_each_other_out() {
        RecordCodec codec = new RecordCodec(Limits.DEFAULT);
        Set<Topic> objects = Collections.newSetFromMap(new IdentityHashMap<>());
        objects.addAll(read(codec));
        objects.addAll(read(codec));
        assertThat(objects).hasSizeLessThan(30);
    }

    @Test
    void an_empty_payload_does_not_keep_what_it_was_a_slice_of() {
        byte[] record = Raw.join(Raw.field(1, text("a")), Raw.field(5));
        Bytes slice = Bytes.wrap(Arrays.copyOf(record, 1 << 20), 0, record.length);
        Bytes payload =
                new RecordCodec(Limits.DEFAULT).decode(new EncodedRecord(slice)).payload();
        assertThat(payload.length()).isZero();
        assertThat(payload.isDetached()).isTrue();
    }

    private static List<Topic> read(RecordCodec codec) {
        List<Topic> topics = new ArrayList<>();
        for (int i = 10; i < 30; i++) {
            topics.add(codec.topic(new EncodedRecord(Bytes.wrap(Raw.field(1, text("sensor." + i + ".temperature"))))));
        }
        return topics;
    }

    private static byte[] record(Random random) {
        byte[] record = {};
        for (int fields = random.nextInt(5); fields >= 0; fields--) {
            record = Raw.join(record, field(random));
        }
        return random.nextInt(4) == 0 ? record : Raw.join(Raw.field(1, text(pick(TOPICS, random))), record);
    }

    private static byte[] field(Random random) {
        return switch (random.nextInt(9)) {
            case 0 -> Raw.field(1, text(pick(TOPICS, random)));
            case 1, 2 -> Raw.field(2, text(pick(CONTENT_TYPES, random)));
            case 3 -> Raw.field(3, random.nextLong() >> random.nextInt(64));
            case 4 -> Raw.field(4, Raw.field(1, text("name")), Raw.field(random.nextInt(1, 4), text("value")));
            case 5 -> Raw.field(5, new byte[random.nextInt(200)]);
            case 6 -> Raw.field(random.nextInt(1, 8), random.nextLong());
            // Lengths and tags that are longer than need be.
            case 7 -> Raw.hex("0a 81 00 61");
            default -> Raw.hex(random.nextBoolean() ? "8a 00 01 61" : "12 81 80 00 61");
        };
    }

    private static byte[] damaged(byte[] record, Random random) {
        byte[] damaged = Arrays.copyOf(record, random.nextInt(record.length + 1));
        if (damaged.length > 0 && random.nextBoolean()) {
            damaged = record.clone();
            damaged[random.nextInt(Math.min(damaged.length, 20))] = (byte) random.nextInt();
        }
        return damaged.length == 0 ? record : damaged;
    }

    /** In the middle of others, as in a frame: where the reader stands behind it, and what it says; or the complaint. */
    private static List<Object> read(byte[] record, KnownBeginnings known, boolean kept) {
        ProtoReader in = new ProtoReader(Raw.join(Raw.field(1, text("x")), record, Raw.field(2, text("ab"))));
        RecordFields fields = new RecordFields(Limits.DEFAULT, known, kept);
        try {
            in.skip(in.tag());
            int outer = in.enter(record.length);
            fields.read(in);
            in.leave(outer);
            return List.of(in.position(), kept ? fields.record(false) : fields.topic());
        } catch (WireException e) {
            return List.of(String.valueOf(e.getMessage()));
        }
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String pick(List<String> texts, Random random) {
        return texts.get(random.nextInt(texts.size()));
    }
}
