package dev.wsmesh.websocket;

import dev.wsmesh.node.Direction;
import dev.wsmesh.node.LinkView;
import dev.wsmesh.protocol.LinkId;
import java.time.Instant;
import java.util.concurrent.atomic.LongAdder;

/** What one link has carried. Thread-safe. */
final class LinkTraffic {
    final LongAdder framesIn = new LongAdder();
    final LongAdder framesOut = new LongAdder();
    final LongAdder bytesIn = new LongAdder();
    final LongAdder bytesOut = new LongAdder();

    LinkView view(LinkId id, String address, Direction direction, Instant since) {
        return new LinkView(
                id, address, direction, since, framesIn.sum(), framesOut.sum(), bytesIn.sum(), bytesOut.sum());
    }
}
