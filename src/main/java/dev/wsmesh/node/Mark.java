package dev.wsmesh.node;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A place in the deliveries of a {@link PulledSubscription}: whatever had come to the node when it was set stands before it. Who
 * was given everything before it could go on from there.
 *
 * @param landmark when it was set; null where nothing is retained
 * @param positions up to where each stream had come. Of the first mark, which comes before everything else: what the subscription
 *     does not get, where its beginning alone does not tell
 */
public record Mark(@Nullable Landmark landmark, Map<StreamTag, Long> positions) implements Delivery, Waiting {

    /** Copies the positions. */
    public Mark {
        positions = Map.copyOf(positions);
    }
}
