package dev.wsmesh.simulation;

/** An invariant does not hold. */
final class Violation extends RuntimeException {
    private static final long serialVersionUID = 1;

    Violation(String invariant, String detail) {
        super(invariant + ": " + detail);
    }

    static void unless(boolean holds, String invariant, Object... detail) {
        if (!holds) {
            StringBuilder text = new StringBuilder();
            for (Object each : detail) {
                text.append(each).append(' ');
            }
            throw new Violation(invariant, text.toString());
        }
    }
}
