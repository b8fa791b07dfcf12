package dev.wsmesh.node;

import java.time.Duration;

/**
 * A moment as any node can find it that holds the record, without looking at a clock on the wall.
 *
 * @param stream whose record
 * @param sequence its number
 * @param after how long after the record's birth; negative for a moment before it
 */
public record Landmark(StreamTag stream, long sequence, Duration after) {

    /** The moment so much earlier. */
    public Landmark earlierBy(Duration time) {
        return new Landmark(stream, sequence, after.minus(time));
    }
}
