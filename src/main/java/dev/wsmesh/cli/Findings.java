package dev.wsmesh.cli;

import java.util.ArrayList;
import java.util.List;

/** What a doctor has found, hop by hop. */
final class Findings {

    private final List<Finding> all = new ArrayList<>();
    private long sinceNanos = System.nanoTime();

    /** How a hop is. */
    enum State {
        OK,
        /** It works, but somebody should look at it. */
        WARNING,
        FAILED
    }

    /**
     * One line about a hop.
     *
     * @param millis how long it took since the line before
     */
    record Finding(Hop hop, State state, String text, double millis) {}

    void ok(Hop hop, String text) {
        add(hop, State.OK, text);
    }

    void warning(Hop hop, String text) {
        add(hop, State.WARNING, text);
    }

    void failed(HopFailure failure) {
        add(failure.hop(), State.FAILED, failure.problem());
    }

    List<Finding> all() {
        return List.copyOf(all);
    }

    private void add(Hop hop, State state, String text) {
        long now = System.nanoTime();
        all.add(new Finding(hop, state, text, (now - sinceNanos) / 1e6));
        sinceNanos = now;
    }
}
