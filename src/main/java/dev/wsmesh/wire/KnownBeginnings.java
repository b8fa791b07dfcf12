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
    /** Of the record before: nearly always the next one begins like it, and nothing has to be hashed. */
    private @Nullable Beginning last;

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
        Beginning before = last;
        if (before != null && in.passIfNext(before.bytes())) {
            return before;
        }
        Beginning known = places[place(in.textHash())];
        if (known == null || !in.passIfNext(known.bytes())) {
            return null;
        }
        last = known;
        return known;
    }

    /** This much of what was read is such a beginning. */
    void remember(Bytes read, Topic topic, String contentType, int fields) {
        Bytes own = Bytes.wrap(read.toArray());
        Beginning known = new Beginning(own, topic, contentType, fields);
        places[place(new ProtoReader(own).textHash())] = known;
        last = known;
    }

    private static int place(int hash) {
        return (hash ^ hash >>> Byte.SIZE) & CAPACITY - 1;
    }
}
