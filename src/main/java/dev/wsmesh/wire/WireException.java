package dev.wsmesh.wire;

import org.jspecify.annotations.Nullable;

/**
 * Received bytes are not what the protocol allows. It is the only exception that decoding throws, whatever the bytes.
 * The link they came from has to be closed with the violation's code: what its decoder knows is worthless from here
 * on.
 *
 * <p>The message never contains received text, so that it may be logged.
 */
public final class WireException extends Exception {
    private static final long serialVersionUID = 1;

    private final Violation violation;
    private final long limit;
    private final long found;

    private WireException(Violation violation, String message, long limit, long found) {
        super(message);
        this.violation = violation;
        this.limit = limit;
        this.found = found;
    }

    static WireException malformed(Violation violation) {
        return new WireException(violation, violation + ": " + violation.meaning(), 0, 0);
    }

    static WireException beyond(Violation violation, long limit, long found) {
        String message = violation + ": " + violation.meaning() + "; limit " + limit + ", found " + found;
        return new WireException(violation, message, limit, found);
    }

    static void refuseAbove(long limit, long found, Violation violation) throws WireException {
        if (found > limit) {
            throw beyond(violation, limit, found);
        }
    }

    static <T> T present(@Nullable T value) throws WireException {
        if (value == null) {
            throw malformed(Violation.MISSING_FIELD);
        }
        return value;
    }

    public Violation violation() {
        return violation;
    }

    /** The bound that was not kept, in the unit that the violation names; 0 for a fault of form. */
    public long limit() {
        return limit;
    }

    /** What was found instead, or as much of it as was counted before giving up; 0 for a fault of form. */
    public long found() {
        return found;
    }
}
