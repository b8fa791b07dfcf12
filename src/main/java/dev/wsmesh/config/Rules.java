package dev.wsmesh.config;

import java.time.Duration;
import java.util.function.Function;
import org.springframework.boot.convert.DurationStyle;
import org.springframework.util.unit.DataSize;

/** The rules that configured values must keep; each complaint names the property, the value and the rule. */
final class Rules {

    /** Nothing here is meant to last longer, and much longer ones do not fit into nanoseconds. */
    private static final Duration LONGEST = Duration.ofDays(1);

    private Rules() {}

    static void require(boolean kept, String property, Object value, String rule) {
        if (!kept) {
            throw new InvalidPropertyException(property, "'" + shown(value) + "' is not allowed; give " + rule);
        }
    }

    static void atLeast(String property, Duration value, Duration min) {
        require(
                value.compareTo(min) >= 0 && value.compareTo(LONGEST) <= 0,
                property,
                value,
                "a duration of at least " + shown(min) + " and at most 1d");
    }

    static void atLeast(String property, int value, int min) {
        require(value >= min, property, value, "a number of at least " + min);
    }

    static void between(String property, DataSize value, DataSize min, DataSize max) {
        require(
                value.compareTo(min) >= 0 && value.compareTo(max) <= 0,
                property,
                value,
                "a size from " + shown(min) + " to " + shown(max));
    }

    /** Parses with a parser whose complaint already names the value and the rule. */
    static <T> T parse(String property, String value, Function<String, T> parser) {
        try {
            return parser.apply(value);
        } catch (IllegalArgumentException e) {
            throw new InvalidPropertyException(property, String.valueOf(e.getMessage()));
        }
    }

    private static String shown(Object value) {
        return switch (value) {
            case Duration duration -> duration.isZero() ? "0s" : shownDuration(duration);
            default -> value.toString();
        };
    }

    private static String shownDuration(Duration duration) {
        boolean wholeSeconds = duration.toMillis() % 1_000 == 0;
        return wholeSeconds ? duration.toSeconds() + "s" : DurationStyle.SIMPLE.print(duration);
    }
}
