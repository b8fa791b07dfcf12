package dev.wsmesh.node;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Lets the nodes of a mesh tell of themselves together, without a clock in common: who hears another, and would speak soon
 * anyhow, speaks now. Links that carry no payload announce what was heard on others at most every 50 ms; so a chorus costs
 * them one frame where soloists cost one each (docs/adr/0307). Thread-safe.
 */
final class Chorus {

    /** Who has been silent for less than this part of its pause does not join in: nobody speaks much more often. A guess. */
    private static final double SOON = 0.75;

    /** All nodes together do not speak at once, but 200 a second: a mesh of 10 within one announcement. A guess. */
    private static final Duration FOR_EACH_NODE = Duration.ofMillis(5);

    private final LongSupplier nanoTime;
    private long toldAt;
    private Duration pause = Duration.ZERO;
    private boolean invited;

    Chorus(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.toldAt = nanoTime.getAsLong();
    }

    /** Within what time of the first to speak all others do, where so many nodes are known. */
    static Duration spread(int nodes) {
        return FOR_EACH_NODE.multipliedBy(nodes);
    }

    /** This node speaks, and would again after the pause. */
    synchronized void told(Duration next) {
        toldAt = nanoTime.getAsLong();
        pause = next;
        invited = false;
    }

    /** Another node has spoken; returns whether it is time to join in. */
    synchronized boolean heard() {
        invited |= nanoTime.getAsLong() - toldAt >= (long) (pause.toNanos() * SOON);
        return invited;
    }

    /** Whether another node has spoken since it is time to join in. */
    synchronized boolean isInvited() {
        return invited;
    }
}
