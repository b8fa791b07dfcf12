package dev.wsmesh.simulation;

import java.util.Arrays;

/** One broadcast as it travelled, written down outside the nodes. */
final class Trace {
    private static final byte UNSEEN = -1;

    final SimulatedNode origin;
    final long publishedAt;
    /** How many links the record came over, of each node to which a frame has brought it. */
    private final byte[] hops;

    private int delivered;
    private int lastNode;
    private long lastDeliveredAt;
    private long sends;

    Trace(SimulatedNode origin, long publishedAt, int nodes) {
        this.origin = origin;
        this.publishedAt = publishedAt;
        this.hops = new byte[nodes];
        Arrays.fill(hops, UNSEEN);
        hops[origin.index] = 0;
        lastNode = origin.index;
        lastDeliveredAt = publishedAt;
    }

    void onSend() {
        sends++;
    }

    /** Only the first frame that brings the record counts: the others bring a duplicate. */
    void onArrival(int from, int to) {
        if (hops[to] == UNSEEN && hops[from] != UNSEEN) {
            hops[to] = (byte) Math.min(Byte.MAX_VALUE, hops[from] + 1);
        }
    }

    void onDelivery(SimulatedNode node, long now) {
        if (node != origin) {
            delivered++;
            lastNode = node.index;
            lastDeliveredAt = now;
        }
    }

    /** Nodes other than the origin. */
    int delivered() {
        return delivered;
    }

    long sends() {
        return sends;
    }

    int lastHop() {
        return Math.max(0, hops[lastNode]);
    }

    int largestHop() {
        int largest = 0;
        for (byte each : hops) {
            largest = Math.max(largest, each);
        }
        return largest;
    }

    double lastDeliveryMillis() {
        return (lastDeliveredAt - publishedAt) / 1e6;
    }

    /** As Plumtree defines it: payload messages beyond the one that each receiver needs, per receiver. */
    double redundancy() {
        return delivered == 0 ? 0 : sends / (double) delivered - 1;
    }
}
