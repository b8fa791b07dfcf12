package dev.wsmesh.protocol;

import java.util.Comparator;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeSet;

/** The streams of one node. A stream is open until a newer epoch is delivered; it is held while an older one is unfinished. */
final class Origin {
    private static final Comparator<Stream> OLDEST_FIRST = Comparator.comparing(stream -> stream.id);

    final NodeId id;
    final TreeSet<Stream> open = new TreeSet<>(OLDEST_FIRST);
    final TreeSet<Stream> held = new TreeSet<>(OLDEST_FIRST);
    private final Set<Stream> all = new HashSet<>();
    private long newestReleased = -1;

    Origin(NodeId id) {
        this.id = id;
    }

    void add(Stream stream) {
        all.add(stream);
        if (stream.id.epoch() < newestReleased) {
            stream.closed = true;
        } else {
            open.add(stream);
        }
    }

    /** No older epoch is delivered any more. */
    void release(Stream stream) {
        stream.released = true;
        held.remove(stream);
        newestReleased = Math.max(newestReleased, stream.id.epoch());
    }

    void close(Stream stream) {
        stream.closed = true;
        open.remove(stream);
    }

    void remove(Stream stream) {
        all.remove(stream);
        open.remove(stream);
        held.remove(stream);
    }

    boolean isEmpty() {
        return all.isEmpty();
    }
}
