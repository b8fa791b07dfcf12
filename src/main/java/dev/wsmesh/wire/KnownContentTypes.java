package dev.wsmesh.wire;

import org.jspecify.annotations.Nullable;

/**
 * Content types that were read lately, as {@link KnownTopics} are: one that comes again is not made again. At most 64 of them.
 *
 * <p>Safe for any number of threads without a lock: texts do not change, and one that is lost in a race is made again.
 */
final class KnownContentTypes {
    private static final int CAPACITY = 64;

    private final @Nullable String[] types = new String[CAPACITY];

    /** The content type that comes next, whose length was read and found acceptable. */
    String read(ProtoReader in, int length) throws WireException {
        int place = in.hash(length) & CAPACITY - 1;
        String known = types[place];
        if (known != null && in.passIfNext(known, length)) {
            return known;
        }
        String type = in.text(length);
        types[place] = type;
        return type;
    }
}
