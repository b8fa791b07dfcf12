package dev.wsmesh.simulation;

import dev.wsmesh.protocol.Bytes;
import dev.wsmesh.protocol.EncodedRecord;
import dev.wsmesh.protocol.MeshRecord;
import dev.wsmesh.protocol.RecordEncoder;
import dev.wsmesh.protocol.Topic;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;

/** Records that carry nothing but a number and padding, so that the ledger knows each again. */
final class NumberedRecords implements RecordEncoder {
    private static final Topic TOPIC = new Topic("simulation");

    static MeshRecord of(long number, int bytes) {
        byte[] payload = new byte[Math.max(Long.BYTES, bytes)];
        ByteBuffer.wrap(payload).putLong(number);
        return new MeshRecord(TOPIC, Bytes.wrap(payload), "", List.of(), Instant.EPOCH);
    }

    static EncodedRecord encoded(long number, int bytes) {
        return new NumberedRecords().encode(of(number, bytes));
    }

    static long numberOf(EncodedRecord record) {
        return ByteBuffer.wrap(record.bytes().toArray()).getLong();
    }

    @Override
    public EncodedRecord encode(MeshRecord record) {
        return new EncodedRecord(record.payload());
    }

    @Override
    public MeshRecord decode(EncodedRecord record) {
        return new MeshRecord(TOPIC, record.bytes(), "", List.of(), Instant.EPOCH);
    }
}
