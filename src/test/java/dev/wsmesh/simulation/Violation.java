package dev.wsmesh.simulation;

import org.jspecify.annotations.Nullable;

/** An invariant does not hold. */
final class Violation extends RuntimeException {
    private static final long serialVersionUID = 1;

    Violation(String invariant, String detail) {
        super(invariant + ": " + detail);
    }

    static void unless(boolean holds, String invariant, @Nullable Object... detail) {
        if (!holds) {
            StringBuilder text = new StringBuilder();
            for (@Nullable Object each : detail) {
                text.append(each).append(' ');
            }
            throw new Violation(invariant, text.toString());
        }
    }

    static <T> T unlessPresent(@Nullable T value, String invariant, @Nullable Object... detail) {
        unless(value != null, invariant, detail);
        if (value == null) {
            throw new IllegalStateException(invariant);
        }
        return value;
    }
}
