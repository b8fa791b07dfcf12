package dev.wsmesh.node;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One configured peer at one moment.
 *
 * @param url as configured
 * @param since when it entered this state; of one that was reached through other nodes and is not any more, when something from
 *     it arrived last
 * @param failedDials dials that failed since it was last connected
 * @param lastFailure why the last dial failed or the last session ended; null if nothing ever did. Of one that is unreachable
 *     it is the reason for that, and nothing older
 * @param lastFailureSince since when that is the reason: the same again counts from the first time, unless all was well in
 *     between; null if there is none
 * @param neverDialled whether it was added at run time, leads where this node dials nobody, and has never been reached: that it
 *     is not reached says nothing of the mesh
 */
public record ConfiguredPeerView(
        String url,
        State state,
        Instant since,
        int failedDials,
        @Nullable String lastFailure,
        @Nullable Instant lastFailureSince,
        boolean neverDialled) {

    /** One that is dialled. */
    public ConfiguredPeerView(
            String url,
            State state,
            Instant since,
            int failedDials,
            @Nullable String lastFailure,
            @Nullable Instant lastFailureSince) {
        this(url, state, since, failedDials, lastFailure, lastFailureSince, false);
    }

    /**
     * Where dialling a configured peer stands: {@code NOT_TRIED -> CONNECTED | UNREACHABLE} when the first dial ends,
     * {@code CONNECTED -> UNREACHABLE} when the session ends, {@code UNREACHABLE -> CONNECTED} when a later dial succeeds. A node that is
     * no neighbour is {@code REACHED} as long as something that it published lately arrives.
     */
    public enum State {
        /** The first dial has not ended yet. */
        NOT_TRIED,
        /** A link or a plain session with it is up. */
        CONNECTED,
        /** No link, but it is in the mesh: what it publishes arrives through other nodes. */
        REACHED,
        /** It is this node itself: every replica may have the same configuration. */
        SELF,
        /** The last dial failed or the session ended; it is dialled again and again. */
        UNREACHABLE
    }
}
