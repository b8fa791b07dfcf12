package dev.wsmesh.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wsmesh.protocol.Bytes;
import dev.wsmesh.protocol.EncodedRecord;
import dev.wsmesh.protocol.Header;
import dev.wsmesh.protocol.Limits;
import dev.wsmesh.protocol.MeshRecord;
import dev.wsmesh.protocol.Topic;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** What is read at one look is what would have been read field by field, whatever the bytes are. */
class PlainRecordTest {

    private static final int MUTATIONS = 200_000;

    @Test
    void whoHasSeenItsBeginningReadsTheSameAsWhoHasNot() {
        RecordCodec warm = new RecordCodec(Limits.DEFAULT);
        List<byte[]> samples = samples(warm);
        SplittableRandom random = new SplittableRandom(5);
        int read = 0;
        for (int i = 0; i < MUTATIONS; i++) {
            byte[] bytes = mutated(samples.get(random.nextInt(samples.size())), random);
            RecordCodec fresh = new RecordCodec(Limits.DEFAULT);
            Object expected = outcome(fresh::decode, bytes);
            assertThat(outcome(warm::decode, bytes)).isEqualTo(expected);
            assertThat(outcome(warm::topic, bytes)).isEqualTo(outcome(fresh::topic, bytes));
            read += expected instanceof MeshRecord ? 1 : 0;
        }
        assertThat(read).as("mutations that are records").isGreaterThan(MUTATIONS / 10);
    }

    /** What was read from a frame is kept for longer than the frame. */
    @Test
    void thePayloadOfARecordInALargeFrameHasMemoryOfItsOwn() {
        RecordCodec codec = new RecordCodec(Limits.DEFAULT);
        MeshRecord record = new MeshRecord(
                new Topic("a.topic"), Bytes.wrap(new byte[300]), "", List.of(), Instant.EPOCH.plusSeconds(1));
        Bytes encoded = codec.encode(record).bytes();
        for (int seenBefore = 0; seenBefore < 2; seenBefore++) {
            byte[] frame = new byte[10_000];
            encoded.copyTo(frame, 50);
            MeshRecord read = codec.decode(new EncodedRecord(Bytes.wrap(frame, 50, encoded.length())));
            Arrays.fill(frame, (byte) 0xee);
            assertThat(read).isEqualTo(record);
        }
    }

    private static List<byte[]> samples(RecordCodec warm) {
        List<byte[]> samples = new ArrayList<>();
        for (String type : List.of("", "text/plain", "application/octet-stream")) {
            for (int payload : new int[] {0, 1, 127, 128, 300}) {
                for (List<Header> headers : List.of(List.<Header>of(), List.of(new Header("a", "b")))) {
                    MeshRecord record = new MeshRecord(
                            new Topic("a.topic"),
                            Bytes.wrap(new byte[payload]),
                            type,
                            headers,
                            Instant.parse("2026-11-27T20:00:00.123456Z"));
                    EncodedRecord encoded = warm.encode(record);
                    assertThat(warm.decode(encoded)).isEqualTo(record);
                    assertThat(warm.decode(encoded)).as("seen before").isEqualTo(record);
                    assertThat(warm.topic(encoded)).isEqualTo(record.topic());
                    samples.add(encoded.bytes().toArray());
                }
            }
        }
        return samples;
    }

    /** A few bytes changed, most of them behind the beginning; or some left out, or added, at the end. */
    private static byte[] mutated(byte[] sample, SplittableRandom random) {
        int length = random.nextInt(4) == 0 ? random.nextInt(sample.length + 4) : sample.length;
        byte[] bytes = new byte[length];
        System.arraycopy(sample, 0, bytes, 0, Math.min(length, sample.length));
        for (int changes = random.nextInt(3); changes > 0 && length > 0; changes--) {
            int at = random.nextInt(3) == 0 ? random.nextInt(length) : random.nextInt(Math.min(length, 50));
            bytes[at] = random.nextBoolean() ? (byte) random.nextInt() : (byte) (bytes[at] ^ 1 << random.nextInt(8));
        }
        return bytes;
    }

    private static Object outcome(Function<EncodedRecord, Object> reader, byte[] bytes) {
        try {
            return reader.apply(new EncodedRecord(Bytes.wrap(bytes)));
        } catch (IllegalArgumentException e) {
            return String.valueOf(e.getMessage());
        }
    }
}
