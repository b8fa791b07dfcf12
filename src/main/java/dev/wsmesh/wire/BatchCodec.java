package dev.wsmesh.wire;

import dev.wsmesh.protocol.EncodedRecord;
import dev.wsmesh.protocol.Limits;
import dev.wsmesh.protocol.Message.Batch;
import dev.wsmesh.protocol.Message.History;
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
    /** Used for each record anew. */
    private final RecordFields validator;

    BatchCodec(Limits limits) {
        this.limits = limits;
        this.validator = new RecordFields(limits, new KnownBeginnings(), false);
    }

    /** Writes a Batch whose stream has this alias. */
    static void write(ProtoWriter out, int alias, Batch batch) {
        out.begin(FrameTag.BATCHES, bodyBytes(alias, batch));
        out.varint(STREAM, alias);
        out.varint(FIRST, batch.first());
        out.varint(AGE, age(batch.ageMillis()));
        out.varint(ACKNOWLEDGE, batch.acknowledge() ? 1 : 0);
        writeRecords(out, batch.records());
    }

    /** Writes a History whose stream has this alias. */
    static void write(ProtoWriter out, int alias, History history) {
        out.begin(FrameTag.HISTORY, bodyBytes(alias, history));
        out.varint(STREAM, alias);
        out.varint(FIRST, history.first());
        out.varint(AGE, age(history.ageMillis()));
        writeRecords(out, history.records());
    }

    /** Exactly as many bytes as {@link #write} writes. */
    static int bytes(int alias, Batch batch) {
        return ProtoWriter.elementBytes(FrameTag.BATCHES, bodyBytes(alias, batch));
    }

    /** Exactly as many bytes as {@link #write} writes. */
    static int bytes(int alias, History history) {
        return ProtoWriter.elementBytes(FrameTag.HISTORY, bodyBytes(alias, history));
    }

    private static int bodyBytes(int alias, Batch batch) {
        return bodyBytes(alias, batch.first(), batch.ageMillis(), batch.records())
                + ProtoWriter.fieldBytes(ACKNOWLEDGE, batch.acknowledge() ? 1 : 0);
    }

    private static int bodyBytes(int alias, History history) {
        return bodyBytes(alias, history.first(), history.ageMillis(), history.records());
    }

    private static int bodyBytes(int alias, long first, long ageMillis, List<EncodedRecord> records) {
        int bytes = ProtoWriter.fieldBytes(STREAM, alias)
                + ProtoWriter.fieldBytes(FIRST, first)
                + ProtoWriter.fieldBytes(AGE, age(ageMillis));
        for (EncodedRecord record : records) {
            bytes = Math.addExact(bytes, ProtoWriter.elementBytes(RECORDS, record.length()));
        }
        return bytes;
    }

    /** What came with the highest age has grown older since. */
    private static long age(long millis) {
        return Math.min(millis, ControlReader.MOST_MILLIS);
    }

    Batch read(ProtoReader in, IncomingAliases aliases, Tally tally) throws WireException {
        Fields fields = new Fields();
        fields.read(in, tally);
        return new Batch(
                aliases.resolve(fields.alias), fields.first, fields.ageMillis, fields.acknowledge, fields.records);
    }

    History readHistory(ProtoReader in, IncomingAliases aliases, Tally tally) throws WireException {
        Fields fields = new Fields();
        fields.read(in, tally);
        return new History(aliases.resolve(fields.alias), fields.first, fields.ageMillis, fields.records);
    }

    private static void writeRecords(ProtoWriter out, List<EncodedRecord> records) {
        for (EncodedRecord record : records) {
            out.element(RECORDS, record.bytes());
        }
    }

    private final class Fields {
        private final List<EncodedRecord> records = new ArrayList<>();
        private long alias;
        private long first;
        private long ageMillis;
        private boolean acknowledge;

        void read(ProtoReader in, Tally tally) throws WireException {
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
            // Who holds the last record asks for the one behind it, and that number has to be one, too.
            ProtoReader.inRange(first, 1, Limits.MOST_NUMBER - records.size());
        }
    }

    private EncodedRecord readRecord(ProtoReader in, Tally tally) throws WireException {
        tally.countRecord();
        int length = in.length();
        WireException.refuseAbove(limits.recordBytes(), length, Violation.RECORD_BYTES);
        int start = in.position();
        int outer = in.enter(length);
        validator.pass(in);
        in.leave(outer);
        return new EncodedRecord(in.since(start));
    }
}
