package dev.wsmesh.websocket;

import dev.wsmesh.node.Direction;
import dev.wsmesh.node.LinkView;
import dev.wsmesh.node.MeshCounters;
import dev.wsmesh.protocol.LinkId;
import java.time.Instant;
import java.util.concurrent.atomic.LongAdder;

/** What one link has carried; the node counts it, too, and longer than the link lives. Thread-safe. */
final class LinkTraffic {
    private final MeshCounters counters;
    private final LongAdder framesIn = new LongAdder();
    private final LongAdder framesOut = new LongAdder();
    private final LongAdder bytesIn = new LongAdder();
    private final LongAdder bytesOut = new LongAdder();

    LinkTraffic(MeshCounters counters) {
        this.counters = counters;
    }

    void receivedBytes(int bytes) {
        bytesIn.add(bytes);
        counters.receivedOnLink(bytes);
    }

    void receivedFrame() {
        framesIn.increment();
        counters.receivedFrame();
    }

    void sentBytes(int bytes) {
        bytesOut.add(bytes);
        counters.sentOnLink(bytes);
    }

    void sentFrame() {
        framesOut.increment();
        counters.sentFrame();
    }

    LinkView view(LinkId id, String address, Direction direction, Instant since, int sockets) {
        return new LinkView(
                id, address, direction, since, framesIn.sum(), framesOut.sum(), bytesIn.sum(), bytesOut.sum(), sockets);
    }
}
