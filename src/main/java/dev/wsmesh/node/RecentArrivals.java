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

/** In which order the last records came to this node, across all streams. Used under the driver's lock only. */
final class RecentArrivals {

    /** A guess: 256 kB, looked through in a few milliseconds. */
    static final int MOST = 16_384;

    private final @Nullable StreamId[] streams = new StreamId[MOST];
    private final long[] sequences = new long[MOST];
    private long count;

    void note(StreamId stream, long sequence) {
        int slot = (int) (count++ % MOST);
        streams[slot] = stream;
        sequences[slot] = sequence;
    }

    /** Of those that are still retained and asked for, the last ones, in the order of arrival; no more bytes than that. */
    List<Replay.Item> last(Protocol core, int most, long mostBytes, Asked asked) {
        Map<StreamId, Retained> retained = new HashMap<>();
        core.retained().forEach(each -> retained.put(each.id(), each));
        List<Replay.Item> found = new ArrayList<>();
        long bytes = 0;
        for (long i = count - 1; i >= Math.max(0, count - MOST) && found.size() < most; i--) {
            int slot = (int) (i % MOST);
            Retained stream = retained.get(streams[slot]);
            if (stream != null && isHeld(stream, sequences[slot])) {
                EncodedRecord record = stream.get(sequences[slot]);
                if (!asked.test(stream.id(), record)) {
                    continue;
                }
                bytes += record.length();
                if (bytes > mostBytes && !found.isEmpty()) {
                    break;
                }
                found.add(new Replay.Item(stream.id(), sequences[slot], record));
            }
        }
        return found.reversed();
    }

    private static boolean isHeld(Retained stream, long sequence) {
        return sequence >= stream.first() && sequence <= stream.last();
    }
}
