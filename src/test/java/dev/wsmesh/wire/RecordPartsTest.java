package dev.wsmesh.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wsmesh.protocol.Bytes;
import dev.wsmesh.protocol.EncodedRecord;
import dev.wsmesh.protocol.Frame;
import dev.wsmesh.protocol.Limits;
import dev.wsmesh.protocol.MeshRecord;
import dev.wsmesh.protocol.Message.Batch;
import dev.wsmesh.protocol.Message.History;
import dev.wsmesh.protocol.NodeId;
import dev.wsmesh.protocol.Records;
import dev.wsmesh.protocol.StreamId;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What a record is about that does not say so is what the one before it in its Batch is about: it depends on their bytes, whoever wrote
 * them, and not on what the reader has seen before.
 */
class RecordPartsTest {

    private static final StreamId STREAM = new StreamId(new NodeId(0, 7), 3);
    private static final List<String> TOPICS =
            List.of("a", "ab", "x.1.ab", "x.2.ab", "a.longer.topic", "t".repeat(127));
    private static final List<String> CONTENT_TYPES = List.of("", "a", "b", "text/plain", "\u00e9", "c".repeat(255));

    private final RecordCodec codec = new RecordCodec(Limits.DEFAULT);
    private final FrameEncoder writer = new FrameEncoder(1 << 20);
    private final FrameDecoder reader = new FrameDecoder(Limits.DEFAULT);
    private final FrameEncoder relay = new FrameEncoder(1 << 20);
    private final FrameDecoder behindRelay = new FrameDecoder(Limits.DEFAULT);

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void a_record_is_about_what_the_one_before_is_about_unless_it_says_so(long seed) throws WireException {
        Random random = new Random(seed);
        int accepted = 0;
        for (int round = 0; round < 7_000; round++) {
            boolean sound = round % 7 < 2;
            List<byte[]> written = sound ? sound(random) : anything(random);
            byte[] frame = frame(written, random);
            Records got = records(reader, frame);
            assertThat(got == null ? null : decoded(got)).isEqualTo(meant(written));
            assertThat(!sound || got != null).isTrue();
            FrameOracle.check(frame);
            if (got != null) {
                accepted += sound ? 0 : 1;
                checkEach(got);
                assertThat(relayed(got)).isEqualTo(got);
                int from = random.nextInt(got.size());
                Records left = random.nextInt(3) == 0 ? Records.of(got.subList(from, got.size())) : got.detached();
                assertThat(decoded(relayed(left))).isEqualTo(decoded(left));
            }
        }
        assertThat(accepted).isGreaterThan(500);
    }

    private void checkEach(Records got) {
        assertThat(got.areAlike() && got.stream().map(codec::topic).distinct().count() > 1)
                .isFalse();
        for (EncodedRecord each : got) {
            MeshRecord decoded = codec.decode(each);
            assertThat(codec.topic(each)).isEqualTo(decoded.topic());
            assertThat(codec.decode(new EncodedRecord(each.bytes()))).isEqualTo(decoded);
        }
    }

    private Records relayed(Records sent) throws WireException {
        byte[] frame = relay.encode(Frame.of(new Batch(STREAM, 1, 0, false, sent)));
        return ((Batch) behindRelay.decode(frame).messages().getFirst()).records();
    }

    @Test
    void the_first_has_to_say_what_it_is_about_whatever_came_before() throws WireException {
        reader.decode(batch(List.of(topic("a"), Raw.field(3, 1))));
        assertThatThrownBy(() -> reader.decode(batch(List.of(Raw.field(3, 1), topic("a")))))
                .isInstanceOf(WireException.class);
    }

    @Test
    void a_content_type_alone_is_no_record() {
        assertThatThrownBy(() -> reader.decode(batch(List.of(topic("a"), type("b")))))
                .isInstanceOf(WireException.class);
    }

    /** No frame of a relay, in which it may be the first, would have room for it. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void a_record_is_held_against_its_limit_with_what_it_does_not_say(boolean tight) throws WireException {
        Limits limits = tight ? FrameOracle.TIGHT : Limits.DEFAULT.withFrameBytes(Limits.FRAME_TARGET_BYTES);
        byte[] first = topic("t".repeat(200));
        int framing = Raw.field(5, new byte[limits.recordBytes() / 2]).length - limits.recordBytes() / 2;
        int most = limits.recordBytes() - first.length - framing;
        byte[] fits = batch(List.of(first, Raw.field(5, new byte[most])));
        assertThat(new FrameDecoder(limits).decode(fits).messages()).hasSize(1);
        byte[] tooLarge = batch(List.of(first, Raw.field(5, new byte[most + 1])));
        assertThat(tooLarge).hasSizeLessThan(limits.frameBytes());
        assertThatThrownBy(() -> new FrameDecoder(limits).decode(tooLarge))
                .isInstanceOf(WireException.class)
                .hasMessageContaining("RECORD_BYTES");
    }

    /** As a node writes it, or as nothing but these bytes. */
    private byte[] frame(List<byte[]> written, Random random) {
        List<EncodedRecord> records = written.stream()
                .map(each -> new EncodedRecord(Bytes.wrap(each)))
                .toList();
        return switch (random.nextInt(3)) {
            case 0 -> writer.encode(Frame.of(new Batch(STREAM, 1, 0, false, records)));
            case 1 -> writer.encode(Frame.of(new History(STREAM, 1, 0, records)));
            default -> batch(written);
        };
    }

    private static byte[] batch(List<byte[]> records) {
        byte[] body = Raw.join(Raw.field(1, 1), Raw.field(2, 1));
        for (byte[] record : records) {
            body = Raw.join(body, Raw.field(5, record));
        }
        byte[] stream = Raw.field(3, Raw.field(1, 1), Raw.field(2, new byte[16]), Raw.field(3, 1));
        return Raw.join(stream, Raw.field(5, body));
    }

    private static @Nullable Records records(FrameDecoder reader, byte[] frame) {
        try {
            return switch (reader.decode(frame).messages().getFirst()) {
                case Batch batch -> batch.records();
                case History history -> history.records();
                default -> throw new AssertionError();
            };
        } catch (WireException e) {
            return null;
        }
    }

    private List<MeshRecord> decoded(List<EncodedRecord> records) {
        return records.stream().map(codec::decode).toList();
    }

    /** Null if one of them is no record. */
    private static @Nullable List<MeshRecord> meant(List<byte[]> written) {
        List<MeshRecord> meant = new ArrayList<>();
        MeshRecord before = null;
        for (byte[] own : written) {
            try {
                byte[] whole = before == null || saysWhat(own)
                        ? own
                        : Raw.join(topic(before.topic().name()), type(before.contentType()), own);
                before = new RecordCodec(Limits.DEFAULT).decode(new EncodedRecord(Bytes.wrap(whole)));
                meant.add(before);
            } catch (IllegalArgumentException | WireException e) {
                return null;
            }
        }
        return meant;
    }

    private static boolean saysWhat(byte[] record) throws WireException {
        ProtoReader in = new ProtoReader(record);
        boolean says = false;
        while (in.hasMore()) {
            int tag = in.tag();
            says |= tag == RecordFields.TOPIC || tag == RecordFields.CONTENT_TYPE;
            in.skip(tag);
        }
        return says;
    }

    private static List<byte[]> anything(Random random) {
        return Stream.generate(() -> record(random))
                .limit(random.nextInt(1, 12))
                .toList();
    }

    /** The first says what it is about; those behind it do, or do not. */
    private static List<byte[]> sound(Random random) {
        List<byte[]> batch = new ArrayList<>();
        for (int i = random.nextInt(1, 8); i > 0; i--) {
            batch.add(batch.isEmpty() || random.nextInt(3) == 0 ? whole(random) : body(random));
        }
        return batch;
    }

    /** The last topic and the last content type count, wherever they stand. */
    private static byte[] whole(Random random) {
        byte[] body = body(random);
        byte[] topic = topic(pick(TOPICS, random));
        byte[] type = type(pick(CONTENT_TYPES, random));
        return switch (random.nextInt(6)) {
            case 0 -> Raw.join(body, topic, type);
            case 1 -> Raw.join(type, topic, body);
            case 2 -> Raw.join(topic("x"), type, body, topic);
            default -> Raw.join(topic, type, body);
        };
    }

    private static byte[] body(Random random) {
        byte[] payload = Raw.field(5, new byte[random.nextInt(200)]);
        return switch (random.nextInt(6)) {
            case 0 -> new byte[0];
            case 1 -> payload;
            case 2 -> Raw.join(payload, Raw.field(3, random.nextInt(300)));
            case 3 -> Raw.join(Raw.field(3, 1), Raw.field(4, Raw.field(1, text("h"))), payload);
            default -> Raw.join(Raw.field(3, random.nextLong() >>> random.nextInt(1, 60)), payload);
        };
    }

    private static byte[] record(Random random) {
        byte[] record = {};
        if (random.nextInt(3) > 0) {
            record = Raw.field(1, text(pick(TOPICS, random)));
            if (random.nextInt(3) > 0) {
                record = Raw.join(record, Raw.field(2, text(pick(CONTENT_TYPES, random))));
            }
        } else if (random.nextInt(20) == 0) {
            record = Raw.field(2, text(pick(CONTENT_TYPES, random)));
        }
        if (random.nextInt(4) > 0) {
            record = Raw.join(record, Raw.field(3, random.nextLong() >>> random.nextInt(64)));
            record = Raw.join(record, Raw.field(5, new byte[random.nextInt(200)]));
        }
        while (random.nextInt(5) == 0) {
            record = Raw.join(record, field(random));
        }
        return record;
    }

    private static byte[] field(Random random) {
        return switch (random.nextInt(9)) {
            case 0 -> Raw.field(1, text(pick(TOPICS, random)));
            case 1 -> Raw.field(2, text(pick(CONTENT_TYPES, random)));
            case 2 -> Raw.field(3, random.nextLong());
            case 3 -> Raw.field(4, Raw.field(1, text("name")), Raw.field(random.nextInt(1, 4), text("value")));
            case 4 -> Raw.field(random.nextInt(6, 9), random.nextLong());
            case 5 -> Raw.field(random.nextInt(1, 3), random.nextLong());
            case 6 -> Raw.hex("0a 81 00 61");
            case 7 -> Raw.hex("8a 00 01 61");
            default -> Raw.hex("12 81 80 00 61");
        };
    }

    private static byte[] topic(String name) {
        return Raw.field(1, text(name));
    }

    private static byte[] type(String name) {
        return name.isEmpty() ? new byte[0] : Raw.field(2, text(name));
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String pick(List<String> texts, Random random) {
        return texts.get(random.nextInt(texts.size()));
    }
}
