package dev.wsmesh.wire;

import dev.wsmesh.protocol.Bytes;
import dev.wsmesh.protocol.Header;
import dev.wsmesh.protocol.Limits;
import dev.wsmesh.protocol.MeshRecord;
import dev.wsmesh.protocol.Topic;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The fields of one record, either kept or only passed over, which takes no memory. Both are the same code: what could be
 * passed over can be kept later. Owned by who reads.
 */
final class RecordFields {
    static final int TOPIC = 1 << Tag.NUMBER | Tag.LENGTH;
    static final int CONTENT_TYPE = 2 << Tag.NUMBER | Tag.LENGTH;
    static final int PUBLISHED_AT = 3 << Tag.NUMBER | Tag.VARINT;
    static final int HEADERS = 4 << Tag.NUMBER | Tag.LENGTH;
    static final int PAYLOAD = 5 << Tag.NUMBER | Tag.LENGTH;
    static final int HEADER_NAME = 1 << Tag.NUMBER | Tag.LENGTH;
    static final int HEADER_VALUE = 2 << Tag.NUMBER | Tag.LENGTH;

    private final Limits limits;
    private final KnownTopics topics;
    private final @Nullable KnownContentTypes contentTypes;
    private final boolean kept;
    private @Nullable Topic topic;
    private String contentType = "";
    private long publishedAt;
    private Bytes payload = Bytes.EMPTY;
    private List<Header> headers = List.of();
    private int headerCount;
    private int headerBytes;

    /** Fields that are passed over: {@link #record} has nothing to tell. */
    RecordFields(Limits limits, KnownTopics topics) {
        this(limits, topics, null);
    }

    /** Fields that are kept, and not read yet. */
    RecordFields(Limits limits, KnownTopics topics, @Nullable KnownContentTypes contentTypes) {
        this.limits = limits;
        this.topics = topics;
        this.contentTypes = contentTypes;
        this.kept = contentTypes != null;
    }

    /**
     * Passes over a record, in place of the one before: a record is valid if its fields can be read, by the very code that reads
     * them later, so that later it cannot fail.
     */
    void pass(ProtoReader in) throws WireException {
        topic = null;
        headerCount = 0;
        headerBytes = 0;
        read(in);
    }

    void read(ProtoReader in) throws WireException {
        while (in.hasMore()) {
            int tag = in.tag();
            switch (tag) {
                case TOPIC -> topic = topics.read(in);
                case CONTENT_TYPE -> readContentType(in);
                case PUBLISHED_AT -> publishedAt = in.varint();
                case HEADERS -> readHeader(in.message());
                case PAYLOAD -> readPayload(in);
                default -> in.skip(tag);
            }
        }
        Topic _ = WireException.present(topic);
    }

    MeshRecord record() throws WireException {
        Instant published = Instant.EPOCH.plus(publishedAt, ChronoUnit.MICROS);
        return new MeshRecord(WireException.present(topic), payload, contentType, headers, published);
    }

    private void readContentType(ProtoReader in) throws WireException {
        int length = in.length();
        WireException.refuseAbove(limits.contentTypeBytes(), length, Violation.CONTENT_TYPE_BYTES);
        if (contentTypes == null) {
            in.passText(length);
        } else {
            contentType = contentTypes.read(in, length);
        }
    }

    private void readPayload(ProtoReader in) throws WireException {
        if (kept) {
            payload = in.bytes();
        } else {
            in.skip(PAYLOAD);
        }
    }

    /** Headers and their bytes are counted before any memory is taken for them. */
    private void readHeader(ProtoReader in) throws WireException {
        WireException.refuseAbove(limits.headersPerRecord(), ++headerCount, Violation.HEADERS_PER_RECORD);
        String name = "";
        String value = "";
        int nameBytes = 0;
        while (in.hasMore()) {
            int tag = in.tag();
            switch (tag) {
                case HEADER_NAME -> {
                    nameBytes = headerLength(in);
                    name = text(in, nameBytes);
                }
                case HEADER_VALUE -> value = text(in, headerLength(in));
                default -> in.skip(tag);
            }
        }
        if (nameBytes == 0) {
            throw WireException.malformed(Violation.MISSING_FIELD);
        }
        if (kept) {
            headers = headers.isEmpty() ? new ArrayList<>() : headers;
            headers.add(new Header(name, value));
        }
    }

    private int headerLength(ProtoReader in) throws WireException {
        int length = in.length();
        WireException.refuseAbove(limits.headerBytes(), (long) headerBytes + length, Violation.HEADER_BYTES);
        headerBytes += length;
        return length;
    }

    private String text(ProtoReader in, int length) throws WireException {
        if (kept) {
            return in.text(length);
        }
        in.passText(length);
        return "";
    }
}
