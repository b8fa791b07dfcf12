package dev.wsmesh.wire;

import dev.wsmesh.protocol.Bytes;
import dev.wsmesh.protocol.Header;
import dev.wsmesh.protocol.Limits;
import dev.wsmesh.protocol.MeshRecord;
import dev.wsmesh.protocol.RecordHead;
import dev.wsmesh.protocol.Topic;
import dev.wsmesh.wire.KnownBeginnings.Beginning;
import java.time.Instant;
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

    /** In a second. */
    static final long MICROS = 1_000_000;

    private final Limits limits;
    private final KnownBeginnings beginnings;
    private final boolean kept;
    private @Nullable Topic topic;
    private String contentType = "";
    private long publishedAt;
    private Bytes payload = Bytes.EMPTY;
    private List<Header> headers = List.of();
    private int headerCount;
    private int headerBytes;

    /**
     * Fields that are not read yet.
     *
     * @param beginnings of records that were read in the same way
     * @param kept whether {@link #record} is to tell of them; else they are passed over
     */
    RecordFields(Limits limits, KnownBeginnings beginnings, boolean kept) {
        this.limits = limits;
        this.beginnings = beginnings;
        this.kept = kept;
    }

    /**
     * Reads the body of a record with this head, to the end, in place of the record before.
     *
     * @return false if it says itself what it is about, so that it is no body
     */
    boolean readBody(RecordHead head, ProtoReader in) throws WireException {
        clear();
        topic = head.topic();
        contentType = head.contentType();
        while (in.hasMore()) {
            int tag = in.tag();
            if (tag == TOPIC || tag == CONTENT_TYPE) {
                return false;
            }
            readField(tag, in);
        }
        return true;
    }

    /**
     * Reads a whole record, to the end, in place of the one before. A record is valid if its fields can be read: who passes over them
     * first reads them later by the very same code, so that later it cannot fail.
     */
    void read(ProtoReader in) throws WireException {
        clear();
        int start = in.position();
        Beginning known = in.passBeginning(beginnings);
        int fields = 0;
        if (known != null) {
            topic = known.head().topic();
            contentType = known.head().contentType();
            fields = known.fields();
        }
        boolean beginsWithTopic = known != null;
        while (in.hasMore()) {
            int before = in.position();
            int tag = in.tag();
            readField(tag, in);
            if (++fields == 1) {
                beginsWithTopic = tag == TOPIC;
            } else if (fields == 2 && beginsWithTopic) {
                learn(in, start, before, tag, known);
            }
        }
        Topic found = WireException.present(topic);
        if (known == null && fields == 1) {
            beginnings.remember(in.since(start), found, "", 1);
        }
    }

    private void clear() {
        topic = null;
        contentType = "";
        publishedAt = 0;
        payload = Bytes.EMPTY;
        headers = List.of();
        headerCount = 0;
        headerBytes = 0;
    }

    private void readField(int tag, ProtoReader in) throws WireException {
        switch (tag) {
            case TOPIC -> topic = readTopic(in);
            case CONTENT_TYPE -> readContentType(in);
            case PUBLISHED_AT -> publishedAt = in.varint();
            case HEADERS -> readHeader(in);
            case PAYLOAD -> readPayload(in);
            default -> in.skip(tag);
        }
    }

    /** Two fields were read, the first of which is the topic. */
    private void learn(ProtoReader in, int start, int before, int second, @Nullable Beginning known)
            throws WireException {
        if (second == CONTENT_TYPE) {
            beginnings.remember(in.since(start), WireException.present(topic), contentType, 2);
        } else if (known == null && second != TOPIC) {
            beginnings.remember(in.between(start, before), WireException.present(topic), "", 1);
        }
    }

    /**
     * What was kept.
     *
     * @param shared whether the payload may stay in the memory that was read
     */
    MeshRecord record(boolean shared) throws WireException {
        Bytes own = shared || payload.isDetached() ? payload : Bytes.wrap(payload.toArray());
        return new MeshRecord(WireException.present(topic), own, contentType, headers, instant(publishedAt));
    }

    static Instant instant(long micros) {
        return Instant.ofEpochSecond(Math.floorDiv(micros, MICROS), Math.floorMod(micros, MICROS) * 1_000L);
    }

    /** What the record is about. */
    Topic topic() throws WireException {
        return WireException.present(topic);
    }

    /** What it is; known also if it was passed over. */
    String contentType() {
        return contentType;
    }

    private static Topic readTopic(ProtoReader in) throws WireException {
        try {
            return new Topic(in.text(Topic.MAX_LENGTH, Violation.TOPIC_BYTES));
        } catch (IllegalArgumentException e) {
            throw WireException.malformed(Violation.INVALID_TOPIC);
        }
    }

    private void readContentType(ProtoReader in) throws WireException {
        int length = in.length();
        WireException.refuseAbove(limits.contentTypeBytes(), length, Violation.CONTENT_TYPE_BYTES);
        contentType = in.text(length);
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
        int outer = in.enter(in.length());
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
        in.leave(outer);
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
