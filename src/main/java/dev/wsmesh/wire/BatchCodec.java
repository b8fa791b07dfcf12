package dev.wsmesh.wire;

import dev.wsmesh.protocol.Bytes;
import dev.wsmesh.protocol.EncodedRecord;
import dev.wsmesh.protocol.Limits;
import dev.wsmesh.protocol.Message.Batch;
import java.util.ArrayList;
import java.util.List;

/** Payload: records are copied into batches and sliced out of them, never written anew. */
final class BatchCodec {
    private static final int STREAM = 1 << Tag.NUMBER | Tag.VARINT;
    private static final int FIRST = 2 << Tag.NUMBER | Tag.VARINT;
    private static final int AGE = 3 << Tag.NUMBER | Tag.VARINT;
    private static final int ACKNOWLEDGE = 4 << Tag.NUMBER | Tag.VARINT;
    private static final int RECORDS = 5 << Tag.NUMBER | Tag.LENGTH;

    private final Limits limits;
    private final RecordCodec validator;

    BatchCodec(Limits limits) {
        this.limits = limits;
        this.validator = new RecordCodec(limits);
    }

    static void write(ProtoWriter out, int alias, Batch batch) {
        int start = out.begin(FrameTag.BATCHES);
        out.varint(STREAM, alias);
        out.varint(FIRST, batch.first());
        out.varint(AGE, batch.ageMillis());
        out.varint(ACKNOWLEDGE, batch.acknowledge() ? 1 : 0);
        for (EncodedRecord record : batch.records()) {
            out.element(RECORDS, record.bytes());
        }
        out.end(start);
    }

    Batch read(ProtoReader in, IncomingAliases aliases, Tally tally) throws WireException {
        long alias = 0;
        long first = 0;
        long ageMillis = 0;
        boolean acknowledge = false;
        List<EncodedRecord> records = new ArrayList<>();
        while (in.hasMore()) {
            int tag = in.tag();
            switch (tag) {
                case STREAM -> alias = in.varint();
                case FIRST -> first = in.varint();
                case AGE -> ageMillis = in.number(0, ControlReader.MOST_MILLIS);
                case ACKNOWLEDGE -> acknowledge = in.bool();
                case RECORDS -> records.add(readRecord(in, tally));
                default -> in.skip(tag);
            }
        }
        if (records.isEmpty()) {
            throw WireException.malformed(Violation.MISSING_FIELD);
        }
        ProtoReader.inRange(first, 1, Long.MAX_VALUE - records.size() + 1);
        return new Batch(aliases.resolve(alias), first, ageMillis, acknowledge, records);
    }

    private EncodedRecord readRecord(ProtoReader in, Tally tally) throws WireException {
        tally.countRecord();
        ProtoReader ahead = in.ahead();
        Bytes bytes = in.bytes();
        WireException.refuseAbove(limits.recordBytes(), bytes.length(), Violation.RECORD_BYTES);
        validator.validate(ahead.message());
        return new EncodedRecord(bytes);
    }
}
