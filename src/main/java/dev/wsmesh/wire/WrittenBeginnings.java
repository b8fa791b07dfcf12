package dev.wsmesh.wire;

import dev.wsmesh.protocol.Bytes;
import dev.wsmesh.protocol.RecordHead;
import dev.wsmesh.protocol.Topic;
import org.jspecify.annotations.Nullable;

/**
 * How records begin that were written lately: with a topic and a content type. The next one about the same, as nearly all are, has the
 * same head. At most 64 of them; one that comes to the place of another replaces it.
 *
 * <p>Safe for any number of threads without a lock: a head does not change, and one that is lost in a race is written again.
 */
final class WrittenBeginnings {
    private static final int CAPACITY = 64;

    /** Longer content types are not kept: nobody bounds them before they are written. A guess. */
    private static final int MOST_CHARS = 255;

    private final @Nullable RecordHead[] places = new RecordHead[CAPACITY];

    /** The head that was remembered; null if none was, or another has taken its place. */
    @Nullable
    RecordHead find(Topic topic, String contentType) {
        RecordHead known = places[place(topic, contentType)];
        return known != null
                        && known.topic().equals(topic)
                        && known.contentType().equals(contentType)
                ? known
                : null;
    }

    /** The next record about the same begins with this. */
    void remember(RecordHead head) {
        if (head.contentType().length() <= MOST_CHARS) {
            places[place(head.topic(), head.contentType())] = head;
        }
    }

    /** The first fields of a record, written anew. */
    static RecordHead write(Topic topic, String contentType) {
        ProtoWriter out = new ProtoWriter(2 * Integer.BYTES + topic.name().length() + contentType.length());
        out.text(RecordFields.TOPIC, topic.name());
        out.text(RecordFields.CONTENT_TYPE, contentType);
        return new RecordHead(Bytes.wrap(out.toArray()), topic, contentType);
    }

    private static int place(Topic topic, String contentType) {
        int hash = 31 * topic.name().hashCode() + contentType.hashCode();
        int folded = hash ^ hash >>> Short.SIZE;
        return (folded ^ folded >>> Byte.SIZE) & CAPACITY - 1;
    }
}
