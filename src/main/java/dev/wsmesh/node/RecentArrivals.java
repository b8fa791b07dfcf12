package dev.wsmesh.node;

import dev.wsmesh.protocol.EncodedRecord;
import dev.wsmesh.protocol.Protocol;
import dev.wsmesh.protocol.Retained;
import dev.wsmesh.protocol.StreamId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** In which order records came to this node lately, across all streams: the last of them, and as many as came with them. Used under the driver's lock only. */
final class RecentArrivals {

    /** A guess: 256 kB, looked through in a few milliseconds. */
    static final int MOST = 16_384;

    private final @Nullable StreamId[] streams = new StreamId[MOST];
    private final long[] firsts = new long[MOST];
    private final int[] sizes = new int[MOST];
    private long count;

    /** So many records have come together, the first of which has this number. */
    void note(StreamId stream, long first, int size) {
        int slot = (int) (count++ % MOST);
        streams[slot] = stream;
        firsts[slot] = first;
        sizes[slot] = size;
    }

    /** Of those that are still retained and asked for, the last ones, in the order of arrival; no more bytes than that. */
    List<Replay.Item> last(Protocol core, int most, long mostBytes, Asked asked) {
        Map<StreamId, Retained> retained = new HashMap<>();
        core.retained().forEach(each -> retained.put(each.id(), each));
        List<Replay.Item> found = new ArrayList<>();
        long bytes = 0;
        int seen = 0;
        for (long i = count - 1; i >= Math.max(0, count - MOST) && seen < MOST; i--) {
            int slot = (int) (i % MOST);
            Retained stream = retained.get(streams[slot]);
            for (long at = firsts[slot] + sizes[slot] - 1; at >= firsts[slot] && seen < MOST; at--, seen++) {
                if (stream == null || !isHeld(stream, at)) {
                    continue;
                }
                EncodedRecord record = stream.get(at);
                if (!asked.test(stream.id(), record)) {
                    continue;
                }
                bytes += record.length();
                if (found.size() == most || (bytes > mostBytes && !found.isEmpty())) {
                    return found.reversed();
                }
                found.add(new Replay.Item(stream.id(), at, record));
            }
        }
        return found.reversed();
    }

    private static boolean isHeld(Retained stream, long sequence) {
        return sequence >= stream.first() && sequence <= stream.last();
    }
}
