package dev.wsmesh.node;

import dev.wsmesh.protocol.TopicPattern;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a subscription asks for.
 *
 * @param pattern topics; {@code *} stands for one word, a last {@code >} for one or more
 * @param replay how much of the retained past comes first, by age; zero for none. What this node retains is all there is.
 * @param history or how many of the last messages that came to this node come first, in the order in which they came
 * @param resume or where an earlier subscription goes on; null if there was none
 * @param limits the bounds of its queue; null for those of the configuration
 * @param noLocal whether what this node publishes itself is left out. Gaps are not: of what is missing, nobody knows more than the
 *     publisher's name.
 */
public record SubscribeOptions(
        TopicPattern pattern,
        Duration replay,
        int history,
        @Nullable Resume resume,
        Overflow overflow,
        @Nullable SubscriptionLimits limits,
        boolean noLocal) {

    /** More than any node retains. */
    public static final Duration EVERYTHING = Duration.ofDays(365);

    /** Refuses a replay that reaches into the future, and more than one kind of past. */
    public SubscribeOptions {
        if (replay.isNegative()) {
            throw new IllegalArgumentException("a replay of " + replay + ": give zero or more");
        }
        if (history < 0) {
            throw new IllegalArgumentException("a history of " + history + " messages: give zero or more");
        }
        if ((replay.isZero() ? 0 : 1) + (history == 0 ? 0 : 1) + (resume == null ? 0 : 1) > 1) {
            throw new IllegalArgumentException("a replay by age, a number of last messages, and a place to go on from"
                    + " exclude each other: give one of them");
        }
    }

    /**
     * From now on, with the configured bounds.
     *
     * @throws IllegalArgumentException if this is no topic pattern
     */
    public static SubscribeOptions to(String pattern) {
        return new SubscribeOptions(
                new TopicPattern(pattern), Duration.ZERO, 0, null, Overflow.DROP_NEWEST, null, false);
    }

    /** The same with what is retained of this much of the past. */
    public SubscribeOptions replaying(Duration past) {
        return new SubscribeOptions(pattern, past, history, resume, overflow, limits, noLocal);
    }

    /** The same with the last messages that came to this node, so far as they are retained; none older than 16,384 arrivals. */
    public SubscribeOptions withLast(int messages) {
        return new SubscribeOptions(pattern, replay, messages, resume, overflow, limits, noLocal);
    }

    /** The same from where an earlier subscription was cut off. */
    public SubscribeOptions goingOnFrom(Resume place) {
        return new SubscribeOptions(pattern, replay, history, place, overflow, limits, noLocal);
    }

    /** The same with another answer to a full queue. */
    public SubscribeOptions on(Overflow changed) {
        return new SubscribeOptions(pattern, replay, history, resume, changed, limits, noLocal);
    }

    /** The same with bounds of its own. */
    public SubscribeOptions within(SubscriptionLimits bounds) {
        return new SubscribeOptions(pattern, replay, history, resume, overflow, bounds, noLocal);
    }

    /**
     * The same without what this node publishes itself, as <i>No Local</i> in MQTT and JMS: for who knows that already, as one that
     * has cleared its own cache.
     */
    public SubscribeOptions withoutOwn() {
        return new SubscribeOptions(pattern, replay, history, resume, overflow, limits, true);
    }
}
