package dev.wsmesh.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import com.google.protobuf.UnknownFieldSet;
import dev.wsmesh.protocol.EncodedRecord;
import dev.wsmesh.protocol.Frame;
import dev.wsmesh.protocol.Limits;
import dev.wsmesh.protocol.Message.Batch;
import dev.wsmesh.protocol.Message.History;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A later version of the protocol may add fields, anywhere; this one passes over them. */
class UnknownFieldsTest {
    private static final int A_FIELD_OF_THE_FUTURE = 1_000;

    @ParameterizedTest
    @MethodSource("seeds")
    void unknownFieldsOfEveryTypeInEveryMessageChangeNothing(long seed) throws WireException {
        Frame frame = new RandomFrames(new Random(seed)).frame();
        byte[] bytes = withUnknownFields(new Protoc().of(frame)).toByteArray();

        assertThat(withoutRecords(new FrameDecoder(Limits.DEFAULT).decode(bytes)))
                .isEqualTo(withoutRecords(frame));
        assertThat(decodedRecords(new FrameDecoder(Limits.DEFAULT).decode(bytes)))
                .isEqualTo(decodedRecords(frame));
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void unknownFieldsOfHandshakesChangeNothing(long seed) throws WireException {
        dev.wsmesh.protocol.Message.Handshake message = new RandomFrames(new Random(seed)).handshake();
        byte[] bytes = withUnknownFields(Protoc.of(message)).toByteArray();

        assertThat(new HandshakeCodec(Limits.DEFAULT).decode(bytes)).isEqualTo(message);
    }

    @Test
    void unknownFieldsOfARecordAreRelayed() throws WireException {
        Batch batch = (Batch) Samples.frame("batch").messages().getFirst();
        byte[] bytes = withUnknownFields(new Protoc().of(Frame.of(batch))).toByteArray();
        Frame received = new FrameDecoder(Limits.DEFAULT).decode(bytes);

        byte[] relayed = new FrameEncoder(Limits.DEFAULT.frameBytes()).encode(received);

        assertThat(records(new FrameDecoder(Limits.DEFAULT).decode(relayed))).isEqualTo(records(received));
        assertThat(records(received)).isNotEqualTo(batch.records());
    }

    @Test
    void aControlMessageOfTheFutureIsPassedOver() throws WireException {
        byte[] bytes = dev.wsmesh.proto.v1.Frame.newBuilder()
                .addControl(dev.wsmesh.proto.v1.Control.newBuilder().setUnknownFields(unknown()))
                .build()
                .toByteArray();

        assertThat(new FrameDecoder(Limits.DEFAULT).decode(bytes).messages()).isEmpty();
    }

    @Test
    void aKnownNumberOfAnotherTypeIsAnUnknownField() throws WireException {
        byte[] pingAsNumber = {0x22, 0x02, 0x38, 0x01};

        assertThat(new FrameDecoder(Limits.DEFAULT).decode(pingAsNumber).messages())
                .isEmpty();
    }

    private static LongStream seeds() {
        return LongStream.rangeClosed(1, 20);
    }

    private static Message withUnknownFields(Message message) {
        Message.Builder built = message.toBuilder();
        message.getAllFields().forEach((field, value) -> {
            if (field.getJavaType() != FieldDescriptor.JavaType.MESSAGE) {
                return;
            }
            if (field.isRepeated()) {
                List<?> elements = (List<?>) value;
                for (int i = 0; i < elements.size(); i++) {
                    built.setRepeatedField(field, i, withUnknownFields((Message) elements.get(i)));
                }
            } else {
                built.setField(field, withUnknownFields((Message) value));
            }
        });
        return built.setUnknownFields(unknown()).build();
    }

    private static UnknownFieldSet unknown() {
        return UnknownFieldSet.newBuilder()
                .addField(
                        A_FIELD_OF_THE_FUTURE,
                        UnknownFieldSet.Field.newBuilder()
                                .addVarint(-1)
                                .addFixed32(2)
                                .addFixed64(3)
                                .addLengthDelimited(ByteString.copyFromUtf8("four"))
                                .build())
                .build();
    }

    private static List<?> withoutRecords(Frame frame) {
        return frame.messages().stream().map(UnknownFieldsTest::withoutRecords).toList();
    }

    private static dev.wsmesh.protocol.Message withoutRecords(dev.wsmesh.protocol.Message message) {
        return switch (message) {
            case Batch(var stream, var first, var age, var acknowledge, var _) ->
                new Batch(stream, first, age, acknowledge, List.of());
            case History(var stream, var first, var age, var _) -> new History(stream, first, age, List.of());
            default -> message;
        };
    }

    private static List<?> decodedRecords(Frame frame) {
        return records(frame).stream().map(Samples.RECORDS::decode).toList();
    }

    private static List<EncodedRecord> records(Frame frame) {
        return frame.messages().stream()
                .flatMap(message -> records(message).stream())
                .toList();
    }

    private static List<EncodedRecord> records(dev.wsmesh.protocol.Message message) {
        return switch (message) {
            case Batch batch -> batch.records();
            case History history -> history.records();
            default -> List.of();
        };
    }
}
