package dev.wsmesh.node;

import dev.wsmesh.protocol.NodeId;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The last presence of each other node. One that is not renewed for three intervals, or that says goodbye, is forgotten. At the
 * bound a node that is not on the board yet is turned away, and counted. Thread-safe.
 */
public final class PresenceBoard {

    /** As many as tell of themselves at all; prescribed by the protocol. */
    static final int MAX_NODES = 2_000;

    private static final int INTERVALS = 3;

    /** What a node with a silly configuration says is not believed for longer. Six times what 2,000 nodes take. */
    private static final Duration LONGEST_INTERVAL = Duration.ofMinutes(10);

    private final MeshCounters counters;
    private final InstantSource clock;
    private final LongSupplier nanoTime;
    /** Guarded by the monitor. */
    private final Map<NodeId, Entry> entries = new HashMap<>();

    private record Entry(NodePresence node, long goneAtNanos) {}

    /**
     * Creates an empty board.
     *
     * @param clock stamps what is heard
     * @param nanoTime decides how long it counts
     */
    public PresenceBoard(MeshCounters counters, InstantSource clock, LongSupplier nanoTime) {
        this.counters = counters;
        this.clock = clock;
        this.nanoTime = nanoTime;
    }

    synchronized void take(Announcement announcement) {
        NodePresence node = announcement.node();
        if (announcement.leaving()) {
            entries.remove(node.id());
            return;
        }
        forgetSilent();
        if (entries.size() >= MAX_NODES && !entries.containsKey(node.id())) {
            counters.dropped(MeshCounters.Drop.PRESENCE, 1);
            return;
        }
        Duration interval = announcement.interval();
        Duration believed = interval.compareTo(LONGEST_INTERVAL) < 0 ? interval : LONGEST_INTERVAL;
        long goneAt = nanoTime.getAsLong() + believed.multipliedBy(INTERVALS).toNanos();
        entries.put(node.id(), new Entry(node.seenAt(clock.instant()), goneAt));
    }

    /** The nodes, by their names. */
    synchronized List<NodePresence> nodes() {
        forgetSilent();
        List<NodePresence> nodes =
                new ArrayList<>(entries.values().stream().map(Entry::node).toList());
        nodes.sort(Comparator.comparing(NodePresence::name).thenComparing(NodePresence::id));
        return nodes;
    }

    synchronized Set<NodeId> ids() {
        forgetSilent();
        return Set.copyOf(entries.keySet());
    }

    /** What the node calls itself; null if it is not on the board. */
    public synchronized @Nullable String nameOf(NodeId id) {
        Entry entry = entries.get(id);
        return entry == null ? null : entry.node().name();
    }

    private void forgetSilent() {
        long now = nanoTime.getAsLong();
        entries.values().removeIf(entry -> entry.goneAtNanos() - now <= 0);
    }
}
