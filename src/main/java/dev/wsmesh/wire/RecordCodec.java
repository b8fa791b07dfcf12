package dev.wsmesh.wire;

import dev.wsmesh.protocol.Bytes;
import dev.wsmesh.protocol.EncodedRecord;
import dev.wsmesh.protocol.Header;
import dev.wsmesh.protocol.Limits;
import dev.wsmesh.protocol.MeshRecord;
import dev.wsmesh.protocol.RecordEncoder;
import dev.wsmesh.protocol.RecordHead;
import dev.wsmesh.protocol.Topic;
import java.time.Instant;
import java.util.List;

/**
 * Records to bytes, once, at their publisher; and back at their subscribers. Frames carry the bytes as they are.
 *
 * <p>Times of publishing are kept to the microsecond. Safe for any number of threads.
 */
public final class RecordCodec implements RecordEncoder {
    /** In UTF-8. */
    private static final int MOST_BYTES_OF_A_CHAR = 3;

    private final Limits limits;
    private final KnownBeginnings known = new KnownBeginnings();
    private final WrittenBeginnings written = new WrittenBeginnings();

    /** A codec that holds content types and headers against these limits, in both directions. */
    public RecordCodec(Limits limits) {
        this.limits = limits;
    }

    /**
     * The record as it travels. Its size is not looked at: whoever publishes it holds it against
     * {@link Limits#recordBytes}. Half a surrogate pair, in the content type or a header, becomes a question mark.
     *
     * @throws IllegalArgumentException if the content type or the headers are beyond the limits, a header has no
     *     name, or the time of publishing is more than 290,000 years away: no peer would accept the record
     */
    @Override
    public EncodedRecord encode(MeshRecord record) {
        RecordHead known = written.find(record.topic(), record.contentType());
        if (known != null) {
            return new EncodedRecord(known, body(record, Bytes.EMPTY, known));
        }
        // Only a head that comes again is worth keeping.
        RecordHead head = WrittenBeginnings.write(record.topic(), record.contentType());
        EncodedRecord encoded = new EncodedRecord(body(record, head.bytes(), head));
        written.remember(head);
        return encoded;
    }

    /** These bytes, and what follows a head. */
    private Bytes body(MeshRecord record, Bytes beginning, RecordHead head) {
        long publishedAt = micros(record.publishedAt());
        int expected = asciiBytes(beginning, record, publishedAt);
        // It begins with what stands before it in a frame: if that is kept with it, several are sent as one piece.
        ProtoWriter out = new ProtoWriter(ProtoWriter.elementBytes(BatchCodec.RECORDS, expected));
        out.begin(BatchCodec.RECORDS, expected);
        int start = out.length();
        out.fields(beginning);
        out.varint(RecordFields.PUBLISHED_AT, publishedAt);
        for (Header header : record.headers()) {
            int headerStart = out.begin(RecordFields.HEADERS);
            out.text(RecordFields.HEADER_NAME, header.name());
            out.text(RecordFields.HEADER_VALUE, header.value());
            out.end(headerStart);
        }
        out.bytes(RecordFields.PAYLOAD, record.payload());
        Bytes bytes = Bytes.wrap(out.array(), start, out.length() - start);
        if (mayBeRefused(record)) {
            check(new EncodedRecord(beginning.length() > 0 ? null : head, bytes));
        }
        return bytes.length() == expected ? bytes : Bytes.wrap(bytes.toArray());
    }

    private void check(EncodedRecord record) {
        try {
            RecordFields _ = passOver(record);
        } catch (WireException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    /** A short content type, and no headers, are within the limits whatever they are. */
    private boolean mayBeRefused(MeshRecord record) {
        return !record.headers().isEmpty()
                || record.contentType().length() > limits.contentTypeBytes() / MOST_BYTES_OF_A_CHAR;
    }

    /** How many bytes that takes if the headers are ASCII, as nearly always: then it is written into its own array. */
    private static int asciiBytes(Bytes beginning, MeshRecord record, long publishedAt) {
        int bytes = beginning.length() + ProtoWriter.fieldBytes(RecordFields.PUBLISHED_AT, publishedAt);
        for (Header header : record.headers()) {
            int headerBytes = textBytes(RecordFields.HEADER_NAME, header.name())
                    + textBytes(RecordFields.HEADER_VALUE, header.value());
            bytes += ProtoWriter.elementBytes(RecordFields.HEADERS, headerBytes);
        }
        int payload = record.payload().length();
        return payload == 0 ? bytes : Math.addExact(bytes, ProtoWriter.elementBytes(RecordFields.PAYLOAD, payload));
    }

    private static int textBytes(int tag, String text) {
        return text.isEmpty() ? 0 : ProtoWriter.elementBytes(tag, text.length());
    }

    /**
     * The record as applications see it: its payload in memory of its own, or in what this record has alone.
     *
     * @throws IllegalArgumentException if the bytes did not come from {@link #encode} or a decoded frame
     */
    @Override
    public MeshRecord decode(EncodedRecord record) {
        RecordHead head = record.head();
        PlainRecord plain = new PlainRecord();
        if (head != null && plain.readBody(record.body(), 0, record.body().length())) {
            return decode(record.body(), head, plain);
        }
        try {
            return read(record, new RecordFields(limits, known, true))
                    .record(record.body().isDetached());
        } catch (WireException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    private static MeshRecord decode(Bytes body, RecordHead head, PlainRecord plain) {
        int at = plain.payloadAt();
        int length = body.length() - at;
        Bytes payload = body.isDetached() ? body.slice(at, length) : body.copy(at, length);
        return new MeshRecord(
                head.topic(), payload, head.contentType(), List.of(), RecordFields.instant(plain.publishedAt()));
    }

    /**
     * What the record is about.
     *
     * @throws IllegalArgumentException if the bytes did not come from {@link #encode} or a decoded frame
     */
    @Override
    public Topic topic(EncodedRecord record) {
        RecordHead head = record.head();
        if (head != null) {
            return head.topic();
        }
        try {
            return passOver(record).topic();
        } catch (WireException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    private RecordFields passOver(EncodedRecord record) throws WireException {
        return read(record, new RecordFields(limits, known, false));
    }

    private static RecordFields read(EncodedRecord record, RecordFields fields) throws WireException {
        RecordHead head = record.head();
        ProtoReader in = new ProtoReader(record.body());
        if (head == null || !fields.readBody(head, in)) {
            fields.read(new ProtoReader(record.bytes()));
        }
        return fields;
    }

    private static long micros(Instant instant) {
        try {
            return Math.addExact(
                    Math.multiplyExact(instant.getEpochSecond(), RecordFields.MICROS), instant.getNano() / 1_000);
        } catch (ArithmeticException e) {
            throw new IllegalArgumentException("no time of publishing: " + instant, e);
        }
    }
}
