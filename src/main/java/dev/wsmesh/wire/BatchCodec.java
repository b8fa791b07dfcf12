package dev.wsmesh.wire;

import dev.wsmesh.protocol.Limits;
import dev.wsmesh.protocol.Message.Batch;
import dev.wsmesh.protocol.Message.History;
import dev.wsmesh.protocol.RecordHead;
import dev.wsmesh.protocol.Records;
import dev.wsmesh.protocol.Topic;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Payload: records are copied into batches and sliced out of them, never written anew. */
final class BatchCodec {
    private static final int STREAM = 1 << Tag.NUMBER | Tag.VARINT;
    private static final int FIRST = 2 << Tag.NUMBER | Tag.VARINT;
    private static final int AGE = 3 << Tag.NUMBER | Tag.VARINT;
    private static final int ACKNOWLEDGE = 4 << Tag.NUMBER | Tag.VARINT;
    static final int RECORDS = 5 << Tag.NUMBER | Tag.LENGTH;

    /** Of the tag and the length before each record. */
    private static final int LEAST_HEAD = 2;

    /** Places made at once for the records of a Batch. A guess, and only about speed: half of what a frame of small ones holds. */
    private static final int MOST_EXPECTED = 512;

    private final Limits limits;
    private final RecordParts parts;

    BatchCodec(Limits limits) {
        this.limits = limits;
        this.parts = new RecordParts(limits);
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

    private static int bodyBytes(int alias, long first, long ageMillis, Records records) {
        int bytes = ProtoWriter.fieldBytes(STREAM, alias)
                + ProtoWriter.fieldBytes(FIRST, first)
                + ProtoWriter.fieldBytes(AGE, age(ageMillis));
        for (int i = 0; i < records.size(); i++) {
            bytes = Math.addExact(bytes, ProtoWriter.elementBytes(RECORDS, records.sentLength(i)));
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
                aliases.resolve(fields.alias), fields.first, fields.ageMillis, fields.acknowledge, fields.records(in));
    }

    History readHistory(ProtoReader in, IncomingAliases aliases, Tally tally) throws WireException {
        Fields fields = new Fields();
        fields.read(in, tally);
        return new History(aliases.resolve(fields.alias), fields.first, fields.ageMillis, fields.records(in));
    }

    /** Bodies that stand in one array as they stood in a frame are copied with what is between them. */
    private static void writeRecords(ProtoWriter out, Records records) {
        byte[] between = {};
        int length = -1;
        int next = 0;
        while (next < records.size()) {
            int first = next++;
            for (; next < records.size() && records.isSentAsBody(next); next++) {
                if (records.bodyLength(next) != length) {
                    length = records.bodyLength(next);
                    between = ProtoWriter.elementHead(RECORDS, length);
                }
                if (!records.isBehind(next, between)) {
                    break;
                }
            }
            out.begin(RECORDS, records.sentLength(first));
            RecordHead head = records.head(first);
            if (head != null && !records.isSentAsBody(first)) {
                out.fields(head.bytes());
            }
            out.fields(records.span(first, next - 1));
        }
    }

    private final class Fields {
        private @Nullable RecordHead[] heads = {};
        private int[] offsets = {};
        private int[] lengths = {};
        private int size;
        /** Nearly always all records begin alike. */
        private boolean alike = true;

        private @Nullable Topic topic;
        private long alias;
        private long first;
        private long ageMillis;
        private boolean acknowledge;

        void read(ProtoReader in, Tally tally) throws WireException {
            parts.begin();
            while (in.hasMore()) {
                int tag = in.tag();
                switch (tag) {
                    case STREAM -> alias = in.varint();
                    case FIRST -> first = in.varint();
                    case AGE -> ageMillis = in.number(0, ControlReader.MOST_MILLIS);
                    case ACKNOWLEDGE -> acknowledge = in.bool();
                    case RECORDS -> readRecord(in, tally);
                    default -> in.skip(tag);
                }
            }
            // Who holds the last record asks for the one behind it, and that number has to be one, too.
            ProtoReader.inRange(first, 1, Limits.MOST_NUMBER - size);
        }

        Records records(ProtoReader in) {
            return in.slices(heads, offsets, lengths, size, alike);
        }

        private void readRecord(ProtoReader in, Tally tally) throws WireException {
            tally.countRecord();
            int length = in.length();
            WireException.refuseAbove(limits.recordBytes(), length, Violation.RECORD_BYTES);
            int start = in.position();
            int outer = in.enter(length);
            parts.read(in);
            in.leave(outer);
            alike &= topic == null || parts.topic().equals(topic);
            topic = parts.topic();
            if (size == offsets.length) {
                // What is left may be more of the same size.
                makeRoom((outer - start) / (length + LEAST_HEAD) + 1);
            }
            add(parts.head(), parts.bodyAt(), start + length - parts.bodyAt());
        }

        private void add(@Nullable RecordHead head, int bodyAt, int bodyLength) throws WireException {
            int headLength = head == null ? 0 : head.bytes().length();
            WireException.refuseAbove(limits.recordBytes(), headLength + bodyLength, Violation.RECORD_BYTES);
            heads[size] = head;
            offsets[size] = bodyAt;
            lengths[size++] = bodyLength;
        }

        private void makeRoom(int expected) {
            int capacity = size == 0 ? Math.min(expected, MOST_EXPECTED) : 2 * size;
            heads = Arrays.copyOf(heads, capacity);
            offsets = Arrays.copyOf(offsets, capacity);
            lengths = Arrays.copyOf(lengths, capacity);
        }
    }
}
