package dev.wsmesh.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wsmesh.protocol.Bytes;
import dev.wsmesh.protocol.EncodedRecord;
import dev.wsmesh.protocol.Frame;
import dev.wsmesh.protocol.Limits;
import dev.wsmesh.protocol.MeshRecord;
import dev.wsmesh.protocol.Message.Batch;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a record is about that does not say so is what the one before it in its Batch is about, whatever the reader has seen before. */
class InheritedHeadTest {
    private static final List<String> TOPICS = List.of("a", "ab", "a.longer.topic");
    private static final List<String> TYPES = List.of("", "b", "text/plain");
    private static final byte[] STREAM = Raw.field(3, Raw.field(1, 1), Raw.field(2, new byte[16]), Raw.field(3, 1));

    private final RecordCodec codec = new RecordCodec(Limits.DEFAULT);

    /** As it stands in a frame, and as it would stand if it followed no other. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Sent(byte[] bytes, byte[] whole) {}

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void it_is_read_as_if_each_had_said_so_itself(long seed) throws WireException {
        Random random = new Random(seed);
        FrameDecoder reader = new FrameDecoder(Limits.DEFAULT);
        FrameDecoder next = new FrameDecoder(Limits.DEFAULT);
        FrameEncoder relay = new FrameEncoder(1 << 20);
        for (int round = 0; round < 2_000; round++) {
            List<Sent> sent = batch(random);
            byte[] frame = frame(sent.stream().map(Sent::bytes).toList());
            FrameOracle.check(frame);
            Batch got = (Batch) reader.decode(frame).messages().getFirst();
            assertThat(records(got)).isEqualTo(sent.stream().map(this::whole).toList());
            Batch relayed =
                    (Batch) next.decode(relay.encode(Frame.of(got))).messages().getFirst();
            assertThat(relayed).isEqualTo(got);
        }
    }

    @Test
    void the_first_has_to_say_what_it_is_about_whatever_came_before() throws WireException {
        FrameDecoder reader = new FrameDecoder(Limits.DEFAULT);
        reader.decode(frame(List.of(topic("a"), Raw.field(3, 1))));
        assertThatThrownBy(() -> reader.decode(frame(List.of(Raw.field(3, 1), topic("a")))))
                .isInstanceOf(WireException.class);
    }

    @Test
    void a_content_type_alone_is_no_record() {
        assertThatThrownBy(() -> new FrameDecoder(Limits.DEFAULT)
                        .decode(frame(List.of(topic("a"), Raw.field(2, "b".getBytes(UTF_8))))))
                .isInstanceOf(WireException.class);
    }

    /** Or a frame of a thousand bytes would become records that fit into no other. */
    @Test
    void a_record_is_held_against_its_limit_with_what_it_does_not_say() throws WireException {
        Limits limits = new Limits(4_096, 16, 8, 3, 32, 16, 2, 5, 512);
        String longest = "t".repeat(200);
        int room = limits.recordBytes() - 3 - longest.length();
        byte[] fits = Raw.field(5, new byte[room - 3]);
        byte[] tooLarge = Raw.field(5, new byte[room - 2]);
        byte[] first = topic(longest);
        assertThat(new FrameDecoder(limits).decode(frame(List.of(first, fits))).messages())
                .hasSize(1);
        assertThatThrownBy(() -> new FrameDecoder(limits).decode(frame(List.of(first, tooLarge))))
                .isInstanceOf(WireException.class);
    }

    private List<MeshRecord> records(Batch batch) {
        return batch.records().stream().map(codec::decode).toList();
    }

    private MeshRecord whole(Sent sent) {
        return new RecordCodec(Limits.DEFAULT).decode(new EncodedRecord(Bytes.wrap(sent.whole())));
    }

    private static List<Sent> batch(Random random) {
        List<Sent> batch = new ArrayList<>();
        byte[] head = null;
        for (int i = random.nextInt(1, 8); i > 0; i--) {
            batch.add(sent(random, head));
            head = headOf(batch.getLast());
        }
        return batch;
    }

    /** With the head of the one before, with one of its own, or with fields in an unusual order. */
    private static Sent sent(Random random, byte @Nullable [] before) {
        byte[] body = body(random);
        if (before != null && random.nextInt(3) > 0) {
            return new Sent(body, Raw.join(before, body));
        }
        byte[] topic = topic(TOPICS.get(random.nextInt(TOPICS.size())));
        byte[] type = type(TYPES.get(random.nextInt(TYPES.size())));
        byte[] whole = switch (random.nextInt(6)) {
            case 0 -> Raw.join(body, topic, type);
            case 1 -> Raw.join(type, topic, body);
            case 2 -> Raw.join(topic("x"), type, body, topic);
            default -> Raw.join(topic, type, body);
        };
        return new Sent(whole, Raw.join(whole));
    }

    /** The last topic and the last content type count, wherever they stand. */
    private static byte[] headOf(Sent sent) {
        MeshRecord read = new RecordCodec(Limits.DEFAULT).decode(new EncodedRecord(Bytes.wrap(sent.whole())));
        return Raw.join(topic(read.topic().name()), type(read.contentType()));
    }

    private static byte[] body(Random random) {
        byte[] payload = Raw.field(5, new byte[random.nextInt(200)]);
        return switch (random.nextInt(6)) {
            case 0 -> new byte[0];
            case 1 -> payload;
            case 2 -> Raw.join(payload, Raw.field(3, random.nextInt(300)));
            case 3 -> Raw.join(Raw.field(3, 1), Raw.field(4, Raw.field(1, "h".getBytes(UTF_8))), payload);
            default -> Raw.join(Raw.field(3, random.nextLong() >>> random.nextInt(1, 60)), payload);
        };
    }

    private static byte[] topic(String name) {
        return Raw.field(1, name.getBytes(UTF_8));
    }

    private static byte[] type(String name) {
        return name.isEmpty() ? new byte[0] : Raw.field(2, name.getBytes(UTF_8));
    }

    private static byte[] frame(List<byte[]> records) {
        byte[] body = Raw.join(Raw.field(1, 1), Raw.field(2, 1));
        for (byte[] record : records) {
            body = Raw.join(body, Raw.field(5, record));
        }
        return Raw.join(STREAM, Raw.field(5, body));
    }
}
