package dev.wsmesh.wire;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.wsmesh.protocol.EncodedRecord;
import dev.wsmesh.protocol.Frame;
import dev.wsmesh.protocol.Limits;
import dev.wsmesh.protocol.MeshRecord;
import dev.wsmesh.protocol.Message;
import java.util.List;

/**
 * What must be true whatever bytes arrive; fed by tests with their own and with chance's, and by the fuzzer. Decoding
 * ends in a frame or in a {@link WireException}. What was accepted, protoc accepts as well; it is within the limits;
 * and written anew, it is read as the same.
 */
final class FrameOracle {
    /** Small, so that short inputs reach them. */
    static final Limits TIGHT = new Limits(4_096, 16, 8, 3, 32, 16, 2, 5, 512);

    private FrameOracle() {}

    static void check(byte[] bytes) {
        checkFrame(bytes, Limits.DEFAULT);
        checkFrame(bytes, TIGHT);
        checkHandshake(bytes);
    }

    static boolean accepts(byte[] bytes) {
        try {
            return !new FrameDecoder(Limits.DEFAULT).decode(bytes).messages().isEmpty();
        } catch (WireException e) {
            return false;
        }
    }

    private static void checkFrame(byte[] bytes, Limits limits) {
        Frame frame;
        try {
            frame = new FrameDecoder(limits).decode(bytes.clone());
        } catch (WireException e) {
            return;
        }
        expect(isProtobuf(bytes), "protoc refuses what we accept");
        checkLimits(frame, limits);
        byte[] again = new FrameEncoder(Integer.MAX_VALUE).encode(frame);
        try {
            expect(frame.equals(new FrameDecoder(Limits.DEFAULT).decode(again)), "written anew, it is another frame");
        } catch (WireException e) {
            throw new AssertionError("written anew, it is refused", e);
        }
    }

    private static void checkHandshake(byte[] bytes) {
        HandshakeCodec codec = new HandshakeCodec(Limits.DEFAULT);
        Message.Handshake message;
        try {
            message = codec.decode(bytes.clone());
        } catch (WireException e) {
            return;
        }
        expect(isProtobuf(bytes), "protoc refuses a handshake that we accept");
        try {
            expect(message.equals(codec.decode(codec.encode(message))), "written anew, it is another message");
        } catch (WireException e) {
            throw new AssertionError("written anew, it is refused", e);
        }
    }

    private static void checkLimits(Frame frame, Limits limits) {
        expect(frame.messages().size() <= limits.messagesPerFrame(), "too many messages");
        int records = 0;
        for (Message message : frame.messages()) {
            if (message instanceof Message.Batch batch) {
                records += batch.records().size();
                expect(batch.first() >= 1 && batch.last() >= batch.first(), "sequence numbers out of range");
                checkRecords(batch.records(), limits);
            }
            if (message instanceof Message.History history) {
                records += history.records().size();
                expect(history.first() >= 1 && history.last() >= history.first() - 1, "sequence numbers out of range");
                checkRecords(history.records(), limits);
            }
        }
        expect(records <= limits.recordsPerFrame(), "too many records");
    }

    private static void checkRecords(List<EncodedRecord> records, Limits limits) {
        RecordCodec codec = new RecordCodec(limits);
        for (EncodedRecord record : records) {
            MeshRecord decoded = codec.decode(record);
            expect(decoded.headers().size() <= limits.headersPerRecord(), "too many headers");
        }
    }

    private static boolean isProtobuf(byte[] bytes) {
        try {
            return dev.wsmesh.proto.v1.Frame.parseFrom(bytes).isInitialized();
        } catch (InvalidProtocolBufferException e) {
            return false;
        }
    }

    private static void expect(boolean truth, String otherwise) {
        if (!truth) {
            throw new AssertionError(otherwise);
        }
    }
}
