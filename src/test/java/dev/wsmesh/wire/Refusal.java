package dev.wsmesh.wire;

import static org.assertj.core.api.Assertions.catchThrowableOfType;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** What decoding says to bytes that it refuses. */
final class Refusal {
    private Refusal() {}

    static WireException of(ThrowingCallable decoding) {
        WireException refusal = catchThrowableOfType(WireException.class, decoding);
        if (refusal == null) {
            throw new AssertionError("not refused");
        }
        return refusal;
    }
}
