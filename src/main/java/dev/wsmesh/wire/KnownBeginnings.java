package dev.wsmesh.wire;

import dev.wsmesh.protocol.Bytes;
import dev.wsmesh.protocol.RecordHead;
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
     * @param fields how many they are: the topic, or the topic and the content type behind it
     */
    record Beginning(RecordHead head, int fields) {}

    /** What the record between these places begins with; null if that is not known. */
    @Nullable
    Beginning find(Bytes in, int from, int to) {
        Beginning before = last;
        if (before != null && begins(in, from, to, before)) {
            return before;
        }
        Beginning known = places[place(textHash(in, from, to))];
        if (known == null || !begins(in, from, to, known)) {
            return null;
        }
        last = known;
        return known;
    }

    private static boolean begins(Bytes in, int from, int to, Beginning known) {
        return known.head().bytes().length() <= to - from
                && in.hasAt(from, known.head().bytes());
    }

    /**
     * This much of what was read is such a beginning. One that is written otherwise than we would write it is read each time: a record
     * that inherits from it would have another length with whoever knows it than with others.
     */
    void remember(Bytes read, Topic topic, String contentType, int fields) {
        RecordHead head = WrittenBeginnings.write(topic, contentType);
        if (!head.bytes().equals(read)) {
            return;
        }
        Beginning known = new Beginning(head, fields);
        places[place(textHash(head.bytes(), 0, head.bytes().length()))] = known;
        last = known;
    }

    /** A hash of the text that comes first as a field, if it is a short one; anything may be there. */
    private static int textHash(Bytes in, int from, int to) {
        int length = to - from < 2 ? 0 : in.at(from + 1);
        int hash = length;
        if (length > 0 && length <= to - from - 2) {
            for (int i = from + 2; i < from + 2 + length; i++) {
                hash = 31 * hash + in.at(i);
            }
        }
        return hash;
    }

    private static int place(int hash) {
        return (hash ^ hash >>> Byte.SIZE) & CAPACITY - 1;
    }
}
