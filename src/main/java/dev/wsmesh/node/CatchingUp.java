package dev.wsmesh.node;

import dev.wsmesh.protocol.Retained;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A node that has just come learns of the past from its neighbours, and until then would tell gaps where they still hold
 * everything. So who wants the past waits a little. Thread-safe.
 */
final class CatchingUp {

    /** So long a node without neighbours may still find some. A guess: most are linked within a second. */
    private static final Duration LONELY = Duration.ofSeconds(5);

    /** After so long whatever is still missing of the past is not waited for. A guess. */
    private static final Duration SETTLED = Duration.ofSeconds(30);

    /** For so long it is not looked again: many may ask at once, after another node has gone. */
    private static final Duration KEPT = Duration.ofMillis(50);

    /** How long one subscription waits. A guess. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private static final Duration STEP = Duration.ofMillis(100);

    private volatile Look last = new Look(true, System.nanoTime() - KEPT.toNanos());

    /** Whether it was so at that time. */
    private record Look(boolean found, long at) {}

    /**
     * Waits until the node has learned of the past, if that is wanted.
     *
     * @param isOn whether it is catching up
     * @param givenUp ends the waiting
     * @return how long it took
     */
    static Duration await(BooleanSupplier isOn, BooleanSupplier givenUp) throws InterruptedException {
        long began = System.nanoTime();
        Duration waited = Duration.ZERO;
        while (waited.compareTo(PATIENCE) < 0 && !givenUp.getAsBoolean() && isOn.getAsBoolean()) {
            Thread.sleep(STEP);
            waited = Duration.ofNanos(System.nanoTime() - began);
        }
        return waited;
    }

    /** Whether this run of the node has just begun and may still learn of the past; so it is before the first one, too. */
    boolean isOn(@Nullable Driver run) {
        if (run == null || run.age().compareTo(SETTLED) > 0) {
            return run == null;
        }
        Look known = last;
        long now = System.nanoTime();
        if (now - known.at() < KEPT.toNanos()) {
            return known.found();
        }
        boolean lonely = run.age().compareTo(LONELY) < 0 && run.neighbours() == 0;
        boolean found =
                lonely || run.exclusively(core -> core.retained().stream().anyMatch(Retained::isIncomplete));
        last = new Look(found, now);
        return found;
    }
}
