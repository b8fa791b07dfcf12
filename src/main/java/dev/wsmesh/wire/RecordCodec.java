package dev.wsmesh.wire;

import dev.wsmesh.protocol.Bytes;
import dev.wsmesh.protocol.EncodedRecord;
import dev.wsmesh.protocol.Header;
import dev.wsmesh.protocol.Limits;
import dev.wsmesh.protocol.MeshRecord;
import dev.wsmesh.protocol.RecordEncoder;
import dev.wsmesh.protocol.Topic;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * Records to bytes, once, at their publisher; and back at their subscribers. Frames carry the bytes as they are.
 *
 * <p>Times of publishing are kept to the microsecond. Safe for any number of threads.
 */
public final class RecordCodec implements RecordEncoder {
    private final Limits limits;
    private final KnownTopics topics = new KnownTopics();
    private final KnownContentTypes contentTypes = new KnownContentTypes();

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
        long publishedAt = micros(record.publishedAt());
        ProtoWriter out = new ProtoWriter(asciiBytes(record, publishedAt));
        out.text(RecordFields.TOPIC, record.topic().name());
        out.text(RecordFields.CONTENT_TYPE, record.contentType());
        out.varint(RecordFields.PUBLISHED_AT, publishedAt);
        for (Header header : record.headers()) {
            int start = out.begin(RecordFields.HEADERS);
            out.text(RecordFields.HEADER_NAME, header.name());
            out.text(RecordFields.HEADER_VALUE, header.value());
            out.end(start);
        }
        out.bytes(RecordFields.PAYLOAD, record.payload());
        byte[] bytes = out.toArray();
        try {
            validate(new ProtoReader(bytes));
        } catch (WireException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
        return new EncodedRecord(Bytes.wrap(bytes));
    }

    /** How many bytes the record takes if all of its texts are ASCII, as nearly always: then it is written into its own array. */
    private static int asciiBytes(MeshRecord record, long publishedAt) {
        int bytes = textBytes(RecordFields.TOPIC, record.topic().name())
                + textBytes(RecordFields.CONTENT_TYPE, record.contentType())
                + ProtoWriter.fieldBytes(RecordFields.PUBLISHED_AT, publishedAt);
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
     * The record as applications see it, in memory that it shares with this record alone.
     *
     * @throws IllegalArgumentException if the bytes did not come from {@link #encode} or a decoded frame
     */
    @Override
    public MeshRecord decode(EncodedRecord record) {
        Bytes own = record.bytes().isDetached()
                ? record.bytes()
                : Bytes.wrap(record.bytes().toArray());
        RecordFields fields = new RecordFields(limits, topics, contentTypes);
        try {
            fields.read(new ProtoReader(own));
            return fields.record();
        } catch (WireException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    /**
     * What the record is about; nothing else of it is looked at.
     *
     * @throws IllegalArgumentException if the bytes did not come from {@link #encode} or a decoded frame
     */
    @Override
    public Topic topic(EncodedRecord record) {
        Topic topic = null;
        ProtoReader in = new ProtoReader(record.bytes());
        try {
            while (in.hasMore()) {
                int tag = in.tag();
                if (tag == RecordFields.TOPIC) {
                    topic = topics.read(in);
                } else {
                    in.skip(tag);
                }
            }
            return WireException.present(topic);
        } catch (WireException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    private void validate(ProtoReader in) throws WireException {
        new RecordFields(limits, topics).read(in);
    }

    private static long micros(Instant instant) {
        try {
            return ChronoUnit.MICROS.between(Instant.EPOCH, instant);
        } catch (ArithmeticException e) {
            throw new IllegalArgumentException("no time of publishing: " + instant, e);
        }
    }
}
