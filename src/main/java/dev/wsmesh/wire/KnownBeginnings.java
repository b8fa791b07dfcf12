package dev.wsmesh.wire;

import dev.wsmesh.protocol.Bytes;
import dev.wsmesh.protocol.Topic;
import org.jspecify.annotations.Nullable;

/**
 * How records began that were read lately: with a topic and, mostly, a content type. One that begins with the same bytes, as nearly
 * all do, is not read there again. At most 256 of them; one that comes to the place of another replaces it.
 *
 * <p>Safe for any number of threads without a lock: a beginning does not change, and one that is lost in a race is read again.
 */
final class KnownBeginnings {
    private static final int CAPACITY = 256;

    private final @Nullable Beginning[] places = new Beginning[CAPACITY];

    /**
     * The first fields of a record.
     *
     * @param contentType empty if the topic is all that there is
     * @param fields how many they are: the topic, or the topic and the content type behind it
     */
    record Beginning(Bytes bytes, Topic topic, String contentType, int fields) {}

    /** Passes over what the record that comes next begins with; null if that is not known. */
    @Nullable
    Beginning pass(ProtoReader in) {
        Beginning known = places[place(in.roughHash())];
        return known != null && in.passIfNext(known.bytes()) ? known : null;
    }

    /** This much of what was read is such a beginning. */
    void remember(Bytes read, Topic topic, String contentType, int fields) {
        Bytes own = Bytes.wrap(read.toArray());
        places[place(new ProtoReader(own).roughHash())] = new Beginning(own, topic, contentType, fields);
    }

    private static int place(int hash) {
        return (hash ^ hash >>> Byte.SIZE) & CAPACITY - 1;
    }
}
