package dev.wsmesh.cli;

import dev.wsmesh.node.LogText;

/** A hop that does not work. */
final class HopFailure extends Exception {

    private static final long serialVersionUID = 1L;

    private final Hop hop;
    private final String advice;

    /**
     * Creates a failure.
     *
     * @param problem what was found; it may quote what the other side said
     * @param advice what to do about it
     */
    HopFailure(Hop hop, String problem, String advice) {
        super(LogText.printable(problem));
        this.hop = hop;
        this.advice = advice;
    }

    Hop hop() {
        return hop;
    }

    String problem() {
        return String.valueOf(getMessage());
    }

    String advice() {
        return advice;
    }
}
