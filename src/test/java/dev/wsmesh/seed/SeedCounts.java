package dev.wsmesh.seed;

import dev.wsmesh.seed.RawWebSocket.UpgradeRequest;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.LongAdder;

/** What {@link SeedProgram} met: a test that relies on a habit looks here whether it was met at all. */
public final class SeedCounts {

    /** Upgrade requests, as they were received. */
    public final List<UpgradeRequest> upgrades = new CopyOnWriteArrayList<>();

    /** Codes of the Close frames received. */
    public final List<Integer> closes = new CopyOnWriteArrayList<>();

    public final LongAdder tcpAccepted = new LongAdder();
    public final LongAdder dials = new LongAdder();
    public final LongAdder dialsGivenUp = new LongAdder();
    public final LongAdder broadcasts = new LongAdder();
    public final LongAdder timerRestarts = new LongAdder();
    public final LongAdder pings = new LongAdder();
    public final LongAdder binaryIgnored = new LongAdder();
    public final LongAdder badUtf8Drops = new LongAdder();
    public final LongAdder exitsWithoutClose = new LongAdder();
    public final LongAdder heldOpenAfterClose = new LongAdder();
    public final LongAdder closedByOtherAfterClose = new LongAdder();
    public final LongAdder lostConnections = new LongAdder();
    public final LongAdder deadEntries = new LongAdder();
    public final LongAdder otherFrames = new LongAdder();
}
