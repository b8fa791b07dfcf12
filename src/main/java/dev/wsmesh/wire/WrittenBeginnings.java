package dev.wsmesh.wire;

import dev.wsmesh.protocol.Bytes;
import dev.wsmesh.protocol.Topic;
import org.jspecify.annotations.Nullable;

/**
 * How records begin that were written lately: with a topic and a content type. The next one about the same, as nearly all are, begins
 * with a copy. At most 64 of them; one that comes to the place of another replaces it.
 *
 * <p>Safe for any number of threads without a lock: a beginning does not change, and one that is lost in a race is written again.
 */
final class WrittenBeginnings {
    private static final int CAPACITY = 64;

    /** Longer content types are not kept: nobody bounds them before they are written. A guess. */
    private static final int MOST_CHARS = 255;

    private final @Nullable Beginning[] places = new Beginning[CAPACITY];

    private record Beginning(String topic, String contentType, Bytes bytes) {
        boolean is(String otherTopic, String otherType) {
            return topic.equals(otherTopic) && contentType.equals(otherType);
        }
    }

    /** The first fields of a record. */
    Bytes beginning(Topic topic, String contentType) {
        String name = topic.name();
        int place = place(31 * name.hashCode() + contentType.hashCode());
        Beginning known = places[place];
        if (known != null && known.is(name, contentType)) {
            return known.bytes();
        }
        Bytes bytes = write(name, contentType);
        if (contentType.length() <= MOST_CHARS) {
            places[place] = new Beginning(name, contentType, bytes);
        }
        return bytes;
    }

    private static Bytes write(String topic, String contentType) {
        ProtoWriter out = new ProtoWriter(2 * Integer.BYTES + topic.length() + contentType.length());
        out.text(RecordFields.TOPIC, topic);
        out.text(RecordFields.CONTENT_TYPE, contentType);
        return Bytes.wrap(out.toArray());
    }

    private static int place(int hash) {
        int folded = hash ^ hash >>> Short.SIZE;
        return (folded ^ folded >>> Byte.SIZE) & CAPACITY - 1;
    }
}
