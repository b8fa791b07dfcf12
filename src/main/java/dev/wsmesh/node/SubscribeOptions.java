package dev.wsmesh.node;

import dev.wsmesh.protocol.TopicPattern;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a subscription asks for.
 *
 * @param pattern topics; {@code *} stands for one word, a last {@code >} for one or more
 * @param replay how much of the retained past comes first, by age; zero for none. What this node retains is all there is.
 * @param limits the bounds of its queue; null for those of the configuration
 */
public record SubscribeOptions(
        TopicPattern pattern,
        Duration replay,
        Overflow overflow,
        @Nullable SubscriptionLimits limits) {

    /** More than any node retains. */
    public static final Duration EVERYTHING = Duration.ofDays(365);

    /** Refuses a replay that reaches into the future. */
    public SubscribeOptions {
        if (replay.isNegative()) {
            throw new IllegalArgumentException("a replay of " + replay + ": give zero or more");
        }
    }

    /**
     * From now on, with the configured bounds.
     *
     * @throws IllegalArgumentException if this is no topic pattern
     */
    public static SubscribeOptions to(String pattern) {
        return new SubscribeOptions(new TopicPattern(pattern), Duration.ZERO, Overflow.DROP_NEWEST, null);
    }

    /** The same with what is retained of this much of the past. */
    public SubscribeOptions replaying(Duration past) {
        return new SubscribeOptions(pattern, past, overflow, limits);
    }

    /** The same with another answer to a full queue. */
    public SubscribeOptions on(Overflow changed) {
        return new SubscribeOptions(pattern, replay, changed, limits);
    }

    /** The same with bounds of its own. */
    public SubscribeOptions within(SubscriptionLimits bounds) {
        return new SubscribeOptions(pattern, replay, overflow, bounds);
    }
}
