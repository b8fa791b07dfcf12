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
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a record is about depends on its own bytes and those before it in its Batch, whoever wrote them, and on nothing else. */
class RecordPartsTest {

    private static final StreamId STREAM = new StreamId(new NodeId(0, 7), 3);
    private static final List<String> TOPICS = List.of("a", "ab", "x.1.ab", "x.2.ab", "t".repeat(127));
    private static final List<String> CONTENT_TYPES = List.of("", "a", "text/plain", "\u00e9", "c".repeat(255));

    private final RecordCodec codec = new RecordCodec(Limits.DEFAULT);

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void a_record_is_about_what_the_one_before_is_about_unless_it_says_so(long seed) throws WireException {
        Random random = new Random(seed);
        FrameEncoder writer = new FrameEncoder(1 << 20);
        FrameDecoder reader = new FrameDecoder(Limits.DEFAULT);
        FrameEncoder relay = new FrameEncoder(1 << 20);
        FrameDecoder behindRelay = new FrameDecoder(Limits.DEFAULT);
        int accepted = 0;
        for (int round = 0; round < 5_000; round++) {
            List<EncodedRecord> written = new ArrayList<>();
            for (int i = random.nextInt(1, 12); i > 0; i--) {
                written.add(new EncodedRecord(Bytes.wrap(record(random))));
            }
            List<MeshRecord> expected = meant(written);
            byte[] frame = random.nextBoolean()
                    ? writer.encode(Frame.of(new Batch(STREAM, 1, 0, false, written)))
                    : writer.encode(Frame.of(new History(STREAM, 1, 0, written)));
            Records got = records(reader, frame);
            assertThat(got == null ? null : decoded(got)).isEqualTo(expected);
            if (got != null) {
                accepted++;
                assertThat(got.areAlike()
                                && got.stream().map(codec::topic).distinct().count() > 1)
                        .isFalse();
                int from = random.nextInt(got.size());
                Records left = random.nextInt(3) == 0 ? Records.of(got.subList(from, got.size())) : got.detached();
                List<MeshRecord> rest = decoded(left);
                byte[] sent = relay.encode(Frame.of(new Batch(STREAM, 1, 0, false, left)));
                Records arrived = records(behindRelay, sent);
                assertThat(arrived == null ? null : decoded(arrived)).isEqualTo(rest);
                for (int i = 0; i < got.size(); i++) {
                    assertThat(codec.topic(got.get(i)))
                            .isEqualTo(codec.decode(got.get(i)).topic());
                    assertThat(codec.decode(new EncodedRecord(got.get(i).bytes())))
                            .isEqualTo(codec.decode(got.get(i)));
                }
            }
        }
        assertThat(accepted).isGreaterThan(500);
    }

    /** No frame of a relay, in which it may be the first, would have room for it. */
    @Test
    void a_record_that_is_too_large_with_what_it_inherits_is_refused() throws WireException {
        Limits limits = Limits.DEFAULT.withFrameBytes(Limits.FRAME_TARGET_BYTES);
        byte[] about = Raw.field(1, text("t".repeat(200)));
        int most = limits.recordBytes()
                - about.length
                - Raw.field(5, new byte[limits.recordBytes() / 2]).length
                + limits.recordBytes() / 2;
        byte[] fits = inheriting(about, most);
        assertThat(new FrameDecoder(limits).decode(fits).messages()).hasSize(1);
        byte[] tooLarge = inheriting(about, most + 1);
        assertThat(tooLarge).hasSizeLessThan(limits.frameBytes());
        assertThatThrownBy(() -> new FrameDecoder(limits).decode(tooLarge))
                .isInstanceOf(WireException.class)
                .hasMessageContaining("RECORD_BYTES");
    }

    private static byte[] inheriting(byte[] about, int payload) {
        EncodedRecord first = new EncodedRecord(Bytes.wrap(about));
        EncodedRecord second = new EncodedRecord(Bytes.wrap(Raw.field(5, new byte[payload])));
        return new FrameEncoder(1 << 20).encode(Frame.of(new Batch(STREAM, 1, 0, false, List.of(first, second))));
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
    private static @Nullable List<MeshRecord> meant(List<EncodedRecord> written) {
        List<MeshRecord> meant = new ArrayList<>();
        MeshRecord before = null;
        for (EncodedRecord each : written) {
            try {
                byte[] own = each.bytes().toArray();
                byte[] whole = before == null || saysWhat(own)
                        ? own
                        : Raw.join(
                                Raw.field(1, text(before.topic().name())),
                                Raw.field(2, text(before.contentType())),
                                own);
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

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String pick(List<String> texts, Random random) {
        return texts.get(random.nextInt(texts.size()));
    }
}
