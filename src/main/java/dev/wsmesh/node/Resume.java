package dev.wsmesh.node;

import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where a subscription goes on that was cut off, perhaps on another node.
 *
 * @param positions of each listed stream, the last number that was delivered or told as missing
 * @param landmark a moment up to which everything that the streams not listed had brought was delivered; null if none is known
 * @param age how old the subscription was at that moment
 * @param complete whether the list is; if not, streams that are not listed go on from now
 */
public record Resume(
        Map<StreamTag, Long> positions, @Nullable Landmark landmark, Duration age, boolean complete) {

    /** Copies the positions. */
    public Resume {
        positions = Map.copyOf(positions);
    }
}
