package dev.wsmesh.gateway.listener;

import dev.wsmesh.node.SubscribeOptions;
import dev.wsmesh.node.SubscriptionLimits;
import java.time.Duration;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.springframework.format.datetime.standard.DurationFormatterUtils;
import org.springframework.util.unit.DataSize;

/**
 * What an annotation says, checked.
 *
 * @param errorHandler the name of a bean; empty for the usual one
 */
record ListenerSettings(SubscribeOptions options, int concurrency, String errorHandler) {

    /**
     * Reads an annotation.
     *
     * @param placeholders resolves what stands in its texts
     * @throws IllegalArgumentException if it cannot be meant so; the message names the attribute, the value and the rule
     */
    static ListenerSettings of(
            MeshListener annotation, UnaryOperator<String> placeholders, SubscriptionLimits usualLimits) {
        String pattern = placeholders.apply(annotation.value());
        SubscribeOptions options = read(
                "'" + pattern
                        + "' is no topic pattern: words separated by dots, '*' for one word, a last '>' for the rest",
                pattern,
                SubscribeOptions::to);
        String replay = placeholders.apply(annotation.replay());
        if (!replay.isBlank()) {
            options = options.replaying(duration(replay));
        }
        if (annotation.noLocal()) {
            options = options.withoutOwn();
        }
        int messages = number(
                "queueMessages",
                placeholders.apply(annotation.queueMessages()),
                usualLimits.messages(),
                Integer.MAX_VALUE);
        long bytes = bytes(placeholders.apply(annotation.queueBytes()), usualLimits.bytes());
        return new ListenerSettings(
                options.on(annotation.overflow()).within(new SubscriptionLimits(messages, bytes)),
                number("concurrency", placeholders.apply(annotation.concurrency()), 1, Lanes.MOST),
                placeholders.apply(annotation.errorHandler()));
    }

    private static int number(String attribute, String value, int usual, int most) {
        if (value.isBlank()) {
            return usual;
        }
        String complaint = attribute + " = '" + value + "' is not allowed; give a number from 1 to " + most;
        int number = read(complaint, value, Integer::parseInt);
        if (number < 1 || number > most) {
            throw new IllegalArgumentException(complaint);
        }
        return number;
    }

    private static long bytes(String value, long usual) {
        if (value.isBlank()) {
            return usual;
        }
        String complaint = "queueBytes = '" + value + "' is not allowed; give a size of at least 1B, like 8MB";
        long bytes = read(complaint, value, DataSize::parse).toBytes();
        if (bytes < 1) {
            throw new IllegalArgumentException(complaint);
        }
        return bytes;
    }

    private static Duration duration(String value) {
        String complaint = "replay = '" + value + "' is not allowed; give a duration of zero or more, like 30s";
        Duration duration = read(complaint, value, DurationFormatterUtils::detectAndParse);
        if (duration.isNegative()) {
            throw new IllegalArgumentException(complaint);
        }
        return duration;
    }

    private static <T> T read(String complaint, String value, Function<String, T> parser) {
        try {
            return parser.apply(value.strip());
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(complaint, e);
        }
    }
}
