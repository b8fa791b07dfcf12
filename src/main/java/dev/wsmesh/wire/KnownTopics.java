package dev.wsmesh.wire;

import dev.wsmesh.protocol.Topic;
import org.jspecify.annotations.Nullable;

/**
 * Topics that were read lately: one that comes again, as nearly all do, is neither checked nor made again. At most 256 of them,
 * each where the hash of its bytes says; one that comes to the place of another replaces it.
 *
 * <p>Safe for any number of threads without a lock: topics do not change, and one that is lost in a race is made again.
 */
final class KnownTopics {
    private static final int CAPACITY = 256;

    private final @Nullable Topic[] topics = new Topic[CAPACITY];

    /** The topic that comes next. */
    Topic read(ProtoReader in) throws WireException {
        int length = in.length();
        WireException.refuseAbove(Topic.MAX_LENGTH, length, Violation.TOPIC_BYTES);
        int place = in.hash(length) & CAPACITY - 1;
        Topic known = topics[place];
        if (known != null && in.passIfNext(known.name(), length)) {
            return known;
        }
        Topic topic = make(in.text(length));
        topics[place] = topic;
        return topic;
    }

    private static Topic make(String name) throws WireException {
        try {
            return new Topic(name);
        } catch (IllegalArgumentException e) {
            throw WireException.malformed(Violation.INVALID_TOPIC);
        }
    }
}
