package dev.wsmesh.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.wsmesh.proto.v1.Record;
import dev.wsmesh.protocol.Bytes;
import dev.wsmesh.protocol.EncodedRecord;
import dev.wsmesh.protocol.Frame;
import dev.wsmesh.protocol.Limits;
import dev.wsmesh.protocol.MeshRecord;
import dev.wsmesh.protocol.Message;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Both directions against protoc, over whole links, so that aliases grow. */
class ProtocTest {
    private static final int FRAMES_PER_LINK = 25;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void protocReadsWhatWeWrite(long seed) throws InvalidProtocolBufferException {
        RandomFrames frames = new RandomFrames(new Random(seed));
        FrameEncoder encoder = new FrameEncoder(Limits.DEFAULT.frameBytes());
        Protoc protoc = new Protoc();
        for (int i = 0; i < FRAMES_PER_LINK; i++) {
            Frame frame = frames.frame();
            byte[] bytes = encoder.encode(frame);

            assertThat(dev.wsmesh.proto.v1.Frame.parseFrom(bytes)).isEqualTo(protoc.of(frame));
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {11, 12, 13, 14, 15, 16, 17, 18})
    void weReadWhatProtocWrites(long seed) throws WireException {
        RandomFrames frames = new RandomFrames(new Random(seed));
        FrameDecoder decoder = new FrameDecoder(Limits.DEFAULT);
        Protoc protoc = new Protoc();
        for (int i = 0; i < FRAMES_PER_LINK; i++) {
            Frame frame = frames.frame();

            assertThat(decoder.decode(protoc.of(frame).toByteArray())).isEqualTo(frame);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {21, 22, 23})
    void aNodeWritesTheVeryBytesThatProtocWrites(long seed) {
        RandomFrames frames = new RandomFrames(new Random(seed));
        FrameEncoder encoder = new FrameEncoder(Limits.DEFAULT.frameBytes());
        Protoc protoc = new Protoc();
        for (int i = 0; i < FRAMES_PER_LINK; i++) {
            Frame frame = frames.frame();

            assertThat(encoder.encode(frame)).isEqualTo(protoc.of(frame).toByteArray());
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {31, 32, 33})
    void handshakesAreTheSameBytesInBothDirections(long seed) throws WireException {
        RandomFrames frames = new RandomFrames(new Random(seed));
        HandshakeCodec codec = new HandshakeCodec(Limits.DEFAULT);
        for (int i = 0; i < FRAMES_PER_LINK; i++) {
            Message.Handshake message = frames.handshake();
            byte[] bytes = Protoc.of(message).toByteArray();

            assertThat(codec.encode(message)).isEqualTo(bytes);
            assertThat(codec.decode(bytes)).isEqualTo(message);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {41, 42, 43})
    void recordsAreTheSameBytesInBothDirections(long seed) throws InvalidProtocolBufferException {
        RandomFrames frames = new RandomFrames(new Random(seed));
        for (int i = 0; i < FRAMES_PER_LINK; i++) {
            MeshRecord record = frames.record();
            EncodedRecord encoded = Samples.RECORDS.encode(record);

            assertThat(Record.parseFrom(encoded.bytes().toArray())).isEqualTo(Protoc.of(record));
            assertThat(Samples.RECORDS.decode(
                            new EncodedRecord(Bytes.wrap(Protoc.of(record).toByteArray()))))
                    .isEqualTo(record);
        }
    }
}
