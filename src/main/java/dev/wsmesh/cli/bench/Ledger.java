package dev.wsmesh.cli.bench;

import java.util.BitSet;

/** What has come from one node in one round. Written by the subscription's thread, read by others. */
final class Ledger {

    private final BitSet seen = new BitSet();
    private final Histogram delays = new Histogram();
    private long received;
    private long duplicates;
    private long outOfOrder;
    private int highest = -1;
    private long lastNanos;

    synchronized void enter(int sequence, long sentNanos, long nowNanos) {
        if (seen.get(sequence)) {
            duplicates++;
            return;
        }
        seen.set(sequence);
        received++;
        if (sequence < highest) {
            outOfOrder++;
        }
        highest = Math.max(highest, sequence);
        delays.record(nowNanos - sentNanos);
        lastNanos = nowNanos;
    }

    synchronized long received() {
        return received;
    }

    /** By the clock of {@link System#nanoTime}; only where something was received. */
    synchronized long lastNanos() {
        return lastNanos;
    }

    /** Adds what is here to a report. */
    synchronized void addTo(Report report) {
        report.received(received, duplicates, outOfOrder);
        report.delays().add(delays);
        if (received > 0) {
            report.last(lastNanos);
        }
    }
}
