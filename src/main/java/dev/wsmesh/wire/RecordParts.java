package dev.wsmesh.wire;

import dev.wsmesh.protocol.Limits;
import dev.wsmesh.protocol.RecordHead;
import dev.wsmesh.protocol.Topic;
import dev.wsmesh.wire.KnownBeginnings.Beginning;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Parts the records of a Batch into heads and bodies, and holds each against the limits. A record that does not say what it is about
 * has the topic and the content type of the one before it. One that does say so has a head if another began like it before; where it
 * says so elsewhere, or what follows says something else, it has none. Owned by who reads a link.
 */
final class RecordParts {
    private final KnownBeginnings beginnings = new KnownBeginnings();
    private final PlainRecord plain = new PlainRecord();
    private final RecordFields fields;

    /** What the next record is about, if it does not say so; null if nobody has asked for it since a record without a head. */
    private @Nullable RecordHead inherited;

    private @Nullable RecordHead head;
    private int bodyAt;
    /** Of the record before; null if there is none. */
    private @Nullable Topic topic;

    private String contentType = "";

    RecordParts(Limits limits) {
        this.fields = new RecordFields(limits, beginnings, false);
    }

    /** A Batch begins: its first record has to say what it is about. */
    void begin() {
        inherited = null;
        topic = null;
    }

    /** Reads a record, which is all that the reader has. */
    void read(ProtoReader in) throws WireException {
        int start = in.position();
        RecordHead known = in.comesNext(RecordFields.TOPIC) ? passHead(in) : inherit();
        bodyAt = in.position();
        if (known != null && (in.passPlain(plain) || fields.readBody(known, in))) {
            head = known;
            inherited = known;
            topic = known.topic();
            return;
        }
        in.goBackTo(start);
        fields.read(in);
        head = null;
        bodyAt = start;
        topic = fields.topic();
        contentType = fields.contentType();
        inherited = null;
    }

    /** Nearly always the next record says itself what it is about, or this one has a head. */
    private @Nullable RecordHead inherit() {
        if (inherited == null && topic != null) {
            inherited = WrittenBeginnings.write(topic, contentType);
        }
        return inherited;
    }

    private @Nullable RecordHead passHead(ProtoReader in) {
        Beginning known = in.passBeginning(beginnings);
        return known == null ? null : known.head();
    }

    /** What the record begins with, or would if it did not follow another; null if the body is all of it. */
    @Nullable
    RecordHead head() {
        return head;
    }

    /** Where its body begins. */
    int bodyAt() {
        return bodyAt;
    }

    Topic topic() {
        return Objects.requireNonNull(topic);
    }
}
