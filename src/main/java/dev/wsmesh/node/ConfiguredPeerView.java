package dev.wsmesh.node;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One configured peer at one moment.
 *
 * @param url as configured
 * @param since when it entered this state
 * @param failedDials dials that failed since it was last connected
 * @param lastFailure why the last dial failed or the last session ended; null if nothing ever did
 */
public record ConfiguredPeerView(
        String url,
        State state,
        Instant since,
        int failedDials,
        @Nullable String lastFailure) {

    /**
     * Where dialling a configured peer stands: {@code NOT_TRIED -> CONNECTED | UNREACHABLE} when the first dial ends,
     * {@code CONNECTED -> UNREACHABLE} when the session ends, {@code UNREACHABLE -> CONNECTED} when a later dial succeeds.
     */
    public enum State {
        /** The first dial has not ended yet. */
        NOT_TRIED,
        /** A session is up. */
        CONNECTED,
        /** The last dial failed or the session ended; it is dialled again and again. */
        UNREACHABLE
    }
}
