package dev.wsmesh.wire;

import dev.wsmesh.protocol.StreamId;
import java.util.HashMap;
import java.util.Map;

/**
 * The short names that this end of a link has given to streams. At most {@link IncomingAliases#CAPACITY}: when a
 * frame might need more, all are forgotten and given anew, which is simpler than forgetting the least used and as
 * rare as meeting so many streams. Owned by the link's writer.
 */
final class OutgoingAliases {
    private final Map<StreamId, Integer> aliases = new HashMap<>();

    /** Begins a frame that names at most so many streams: no alias changes its meaning within a frame. */
    void beginFrame(int mostStreams) {
        if (aliases.size() + mostStreams > IncomingAliases.CAPACITY) {
            aliases.clear();
        }
    }

    /** Gives the stream a name, and tells the other end, unless it has one. */
    void define(StreamId stream, ProtoWriter out) {
        if (aliases.containsKey(stream)) {
            return;
        }
        int alias = aliases.size() + 1;
        aliases.put(stream, alias);
        IncomingAliases.write(out, FrameTag.STREAMS, alias, stream);
    }

    int of(StreamId stream) {
        Integer alias = aliases.get(stream);
        if (alias == null) {
            throw new IllegalStateException("not defined in this frame or before: " + stream);
        }
        return alias;
    }
}
