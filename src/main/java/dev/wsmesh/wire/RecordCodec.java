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
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Records to bytes, once, at their publisher; and back at their subscribers. Frames carry the bytes as they are.
 *
 * <p>Times of publishing are kept to the microsecond. Safe for any number of threads.
 */
public final class RecordCodec implements RecordEncoder {
    private static final int TOPIC = 1 << Tag.NUMBER | Tag.LENGTH;
    private static final int CONTENT_TYPE = 2 << Tag.NUMBER | Tag.LENGTH;
    private static final int PUBLISHED_AT = 3 << Tag.NUMBER | Tag.VARINT;
    private static final int HEADERS = 4 << Tag.NUMBER | Tag.LENGTH;
    private static final int PAYLOAD = 5 << Tag.NUMBER | Tag.LENGTH;
    private static final int HEADER_NAME = 1 << Tag.NUMBER | Tag.LENGTH;
    private static final int HEADER_VALUE = 2 << Tag.NUMBER | Tag.LENGTH;

    /** Room for a short topic, the time and the framing; a guess, and only about speed. */
    private static final int USUAL_OVERHEAD_BYTES = 64;

    private static final int TOPIC_WITH_TAG_BYTES = Topic.MAX_LENGTH + 3;

    private final Limits limits;

    public RecordCodec(Limits limits) {
        this.limits = limits;
    }

    /**
     * The record as it travels. Its size is not looked at: whoever publishes it holds it against
     * {@link Limits#recordBytes}.
     *
     * @throws IllegalArgumentException if the content type or the headers are beyond the limits, a header has no
     *     name, or the time of publishing is more than 290,000 years away: no peer would accept the record
     */
    @Override
    public EncodedRecord encode(MeshRecord record) {
        ProtoWriter out = new ProtoWriter(record.payload().length() + USUAL_OVERHEAD_BYTES);
        out.text(TOPIC, record.topic().name());
        out.text(CONTENT_TYPE, record.contentType());
        out.varint(PUBLISHED_AT, micros(record.publishedAt()));
        for (Header header : record.headers()) {
            int start = out.begin(HEADERS);
            out.text(HEADER_NAME, header.name());
            out.text(HEADER_VALUE, header.value());
            out.end(start);
        }
        out.bytes(PAYLOAD, record.payload());
        byte[] bytes = out.toArray();
        try {
            validate(new ProtoReader(bytes));
        } catch (WireException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
        return new EncodedRecord(Bytes.wrap(bytes));
    }

    /**
     * The record as applications see it, in memory of its own.
     *
     * @throws IllegalArgumentException if the bytes did not come from {@link #encode} or a decoded frame
     */
    @Override
    public MeshRecord decode(EncodedRecord record) {
        try {
            return read(new ProtoReader(record.bytes().toArray()));
        } catch (WireException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    @Override
    public Topic topic(EncodedRecord record) {
        // Our own records begin with it; those of other implementations may not.
        Topic early = findTopic(record.bytes().first(TOPIC_WITH_TAG_BYTES));
        Topic topic = early != null ? early : findTopic(record.bytes());
        if (topic == null) {
            throw new IllegalArgumentException("a record without a topic");
        }
        return topic;
    }

    private static @Nullable Topic findTopic(Bytes bytes) {
        ProtoReader in = new ProtoReader(bytes.toArray());
        try {
            while (in.hasMore()) {
                int tag = in.tag();
                if (tag == TOPIC) {
                    return readTopic(in);
                }
                in.skip(tag);
            }
        } catch (WireException e) {
            return null;
        }
        return null;
    }

    /** A record is valid if it can be read, by the very code that reads it later: so that later it cannot fail. */
    void validate(ProtoReader in) throws WireException {
        MeshRecord _ = read(in);
    }

    private MeshRecord read(ProtoReader in) throws WireException {
        Topic topic = null;
        String contentType = "";
        long publishedAt = 0;
        Bytes payload = Bytes.EMPTY;
        HeaderReader headers = new HeaderReader();
        while (in.hasMore()) {
            int tag = in.tag();
            switch (tag) {
                case TOPIC -> topic = readTopic(in);
                case CONTENT_TYPE -> contentType = in.text(limits.contentTypeBytes(), Violation.CONTENT_TYPE_BYTES);
                case PUBLISHED_AT -> publishedAt = in.varint();
                case HEADERS -> headers.read(in.message());
                case PAYLOAD -> payload = in.bytes();
                default -> in.skip(tag);
            }
        }
        return new MeshRecord(
                WireException.present(topic), payload, contentType, headers.headers, instant(publishedAt));
    }

    private static Topic readTopic(ProtoReader in) throws WireException {
        String name = in.text(Topic.MAX_LENGTH, Violation.TOPIC_BYTES);
        try {
            return new Topic(name);
        } catch (IllegalArgumentException e) {
            throw WireException.malformed(Violation.INVALID_TOPIC);
        }
    }

    private static long micros(Instant instant) {
        try {
            return ChronoUnit.MICROS.between(Instant.EPOCH, instant);
        } catch (ArithmeticException e) {
            throw new IllegalArgumentException("no time of publishing: " + instant, e);
        }
    }

    private static Instant instant(long micros) {
        return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
    }

    /** Collects the headers of one record, and counts them and their bytes before it takes any memory for them. */
    private final class HeaderReader {
        private final List<Header> headers = new ArrayList<>(0);
        private int bytes;

        void read(ProtoReader in) throws WireException {
            WireException.refuseAbove(limits.headersPerRecord(), headers.size() + 1, Violation.HEADERS_PER_RECORD);
            String name = null;
            String value = "";
            while (in.hasMore()) {
                int tag = in.tag();
                switch (tag) {
                    case HEADER_NAME -> name = text(in);
                    case HEADER_VALUE -> value = text(in);
                    default -> in.skip(tag);
                }
            }
            headers.add(new Header(presentName(name), value));
        }

        private String text(ProtoReader in) throws WireException {
            int length = in.length();
            WireException.refuseAbove(limits.headerBytes(), (long) bytes + length, Violation.HEADER_BYTES);
            bytes += length;
            return in.text(length);
        }

        private static String presentName(@Nullable String name) throws WireException {
            String present = WireException.present(name);
            if (present.isEmpty()) {
                throw WireException.malformed(Violation.MISSING_FIELD);
            }
            return present;
        }
    }
}
