package dev.wsmesh;

import java.util.Random;

/**
 * Draws which of several nodes a fault strikes, and says so, because another run has to be able to do the same:
 * {@code -Dwsmesh.faults.seed=SEED} draws again what a run with that seed drew.
 */
final class Lot {

    static final String SEED = "wsmesh.faults.seed";

    private Lot() {}

    /** One of the nodes from 0 to {@code nodes - 1}; each test of a seed draws the same from as many nodes. */
    static int among(int nodes, String test) {
        long seed = Long.getLong(SEED, System.nanoTime());
        int drawn = new Random(seed).nextInt(nodes);
        System.out.printf("%s strikes node%d of %d: -D%s=%d%n", test, drawn, nodes, SEED, seed);
        return drawn;
    }
}
