package dev.wsmesh.simulation;

import dev.wsmesh.protocol.Bytes;
import dev.wsmesh.protocol.EncodedRecord;
import dev.wsmesh.protocol.Header;
import dev.wsmesh.protocol.MeshRecord;
import dev.wsmesh.protocol.RecordEncoder;
import dev.wsmesh.protocol.Topic;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;

/** Records that are all different; as an encoder it keeps nothing of them but the payload. */
final class NumberedRecords implements RecordEncoder {
    private static final Topic TOPIC = new Topic("simulation");

    static MeshRecord of(long number, int bytes) {
        return new MeshRecord(TOPIC, payload(number, bytes), "", List.of(), Instant.EPOCH);
    }

    /** With everything that a record can have. */
    static MeshRecord full(long number, int bytes, Instant publishedAt) {
        Topic topic = new Topic("simulation." + number % 7);
        String contentType = number % 3 == 0 ? "" : "application/x-number-" + number % 3;
        List<Header> headers = number % 4 == 0 ? List.of() : List.of(new Header("number", "" + number));
        return new MeshRecord(topic, payload(number, bytes), contentType, headers, publishedAt);
    }

    private static Bytes payload(long number, int bytes) {
        byte[] payload = new byte[Math.max(Long.BYTES, bytes)];
        ByteBuffer.wrap(payload).putLong(number);
        return Bytes.wrap(payload);
    }

    static EncodedRecord encoded(long number, int bytes) {
        return new NumberedRecords().encode(of(number, bytes));
    }

    @Override
    public EncodedRecord encode(MeshRecord record) {
        return new EncodedRecord(record.payload());
    }

    @Override
    public Topic topic(EncodedRecord record) {
        return decode(record).topic();
    }

    @Override
    public MeshRecord decode(EncodedRecord record) {
        return new MeshRecord(TOPIC, record.bytes(), "", List.of(), Instant.EPOCH);
    }
}
