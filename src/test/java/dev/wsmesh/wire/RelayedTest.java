package dev.wsmesh.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wsmesh.protocol.Bytes;
import dev.wsmesh.protocol.EncodedRecord;
import dev.wsmesh.protocol.Frame;
import dev.wsmesh.protocol.Header;
import dev.wsmesh.protocol.Limits;
import dev.wsmesh.protocol.MeshRecord;
import dev.wsmesh.protocol.Message.Batch;
import dev.wsmesh.protocol.Message.Ping;
import dev.wsmesh.protocol.NodeId;
import dev.wsmesh.protocol.StreamId;
import dev.wsmesh.protocol.Topic;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A record is sent as the same bytes, whether it stands alone in memory or where it stood in a frame. */
class RelayedTest {

    private static final StreamId STREAM = new StreamId(new NodeId(0, 7), 3);
    private static final List<String> TOPICS = List.of("a", "a.longer.topic");

    private final RecordCodec codec = new RecordCodec(Limits.DEFAULT);

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void a_relay_sends_what_it_got(long seed) throws WireException {
        Random random = new Random(seed);
        FrameEncoder publisher = new FrameEncoder(1 << 20);
        FrameDecoder reader = new FrameDecoder(Limits.DEFAULT);
        FrameEncoder relay = new FrameEncoder(1 << 20);
        // What a reader has not seen begin so before is not parted, and written with the head once more.
        Frame first = Frame.of(new Batch(STREAM, 1, 0, false, List.of(record(TOPICS.get(0)), record(TOPICS.get(1)))));
        relay.encode(first);
        reader.decode(publisher.encode(first));
        for (int round = 0; round < 200; round++) {
            List<EncodedRecord> records = new ArrayList<>();
            for (int i = random.nextInt(1, 40); i > 0; i--) {
                records.add(record(random, random.nextBoolean() ? 120 : random.nextInt(20_000)));
            }
            Frame frame = Frame.of(new Batch(STREAM, 1, 0, false, records));
            byte[] sent = publisher.encode(frame);
            Batch got = (Batch) reader.decode(sent).messages().getFirst();
            assertThat(got.records()).isEqualTo(records);
            assertThat(relay.encode(Frame.of(got))).isEqualTo(sent);

            // What is left of it behind some that are gone, and between others.
            int from = random.nextInt(records.size());
            List<EncodedRecord> mixed = new ArrayList<>(got.records().subList(from, records.size()));
            mixed.set(random.nextInt(mixed.size()), record(random, 120));
            Frame rest = Frame.of(new Batch(STREAM, 1, 0, false, mixed));
            assertThat(batch(new FrameEncoder(1 << 20).encode(rest)).records()).isEqualTo(mixed);
        }
    }

    /** Of different sizes, large ones behind small ones and the other way. */
    @Test
    @SuppressWarnings({"ReferenceEquality", "ByteBufferBackingArray"}) // whether it is the same array is the question
    void memory_that_is_used_again_changes_nothing() {
        Random random = new Random(9);
        FrameEncoder kept = new FrameEncoder(1 << 20);
        FrameEncoder fresh = new FrameEncoder(1 << 20);
        byte[] last = null;
        int again = 0;
        for (int i = 0; i < 2_000; i++) {
            Frame frame = random.nextInt(4) == 0
                    ? Frame.of(new Ping(i))
                    : Frame.of(new Batch(STREAM, i + 1, 0, false, List.of(record(random, random.nextInt(90_000)))));
            ByteBuffer now = kept.encodeForNow(frame);
            byte[] bytes = new byte[now.remaining()];
            now.get(bytes);
            assertThat(bytes).isEqualTo(fresh.encode(frame));
            again += now.array() == last ? 1 : 0;
            last = now.array();
        }
        assertThat(again).as("frames in the memory of the one before").isGreaterThan(200);
    }

    @Test
    void an_idle_link_gives_the_memory_of_a_large_frame_back() {
        FrameEncoder encoder = new FrameEncoder(1 << 20);
        Random random = new Random(1);
        Frame large = Frame.of(new Batch(STREAM, 1, 0, false, List.of(record(random, 60_000))));
        assertThat(encoder.encodeForNow(large).capacity()).isGreaterThan(60_000);
        for (int i = 1; i <= 8; i++) {
            assertThat(encoder.encodeForNow(Frame.of(new Ping(i))).capacity()).isGreaterThan(60_000);
        }
        assertThat(encoder.encodeForNow(Frame.of(new Ping(9))).capacity()).isLessThan(100);
    }

    private static Batch batch(byte[] frame) throws WireException {
        return (Batch) new FrameDecoder(Limits.DEFAULT).decode(frame).messages().getFirst();
    }

    private EncodedRecord record(String topic) {
        return codec.encode(new MeshRecord(new Topic(topic), Bytes.EMPTY, "text/plain", List.of(), Instant.EPOCH));
    }

    private EncodedRecord record(Random random, int bytes) {
        byte[] payload = new byte[bytes];
        random.nextBytes(payload);
        List<Header> headers = random.nextInt(8) == 0 ? List.of(new Header("a", "b")) : List.of();
        String topic = TOPICS.get(random.nextInt(TOPICS.size()));
        return codec.encode(new MeshRecord(
                new Topic(topic),
                Bytes.wrap(payload),
                "text/plain",
                headers,
                Instant.ofEpochSecond(random.nextInt(2))));
    }
}
