package dev.wsmesh.protocol;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** The streams of one node, oldest epoch first. */
final class Origin {
    final NodeId id;
    final List<Stream> streams = new ArrayList<>(1);

    Origin(NodeId id) {
        this.id = id;
    }

    void add(Stream stream) {
        streams.add(stream);
        streams.sort(Comparator.comparing(each -> each.id));
        for (Stream each : streams) {
            stream.closed |= each.released && each.id.epoch() > stream.id.epoch();
        }
    }
}
