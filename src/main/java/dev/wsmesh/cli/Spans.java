package dev.wsmesh.cli;

import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Times for people to read. */
final class Spans {

    private Spans() {}

    /** About how long: 340 ms, 12 s, 5 min, 3 h, 2 d. */
    static String about(Duration span) {
        long seconds = span.toSeconds();
        if (seconds < 1) {
            return Math.max(0, span.toMillis()) + " ms";
        }
        if (seconds < 120) {
            return seconds + " s";
        }
        if (seconds < 7_200) {
            return span.toMinutes() + " min";
        }
        return span.toHours() < 48 ? span.toHours() + " h" : span.toDays() + " d";
    }

    /** As a node reads it. */
    static String written(Duration span) {
        return span.toNanosPart() == 0
                ? span.toSeconds() + "s"
                : span.plusNanos(999_999).toMillis() + "ms";
    }

    static String millis(@Nullable Double millis) {
        return millis == null ? "" : about(millis);
    }

    /** What a node wrote as a time: ISO 8601, or milliseconds since 1970; null if it is neither. */
    static @Nullable Instant instant(@Nullable Object value) {
        try {
            return switch (value) {
                case Number millis -> Instant.ofEpochMilli(millis.longValue());
                case String text -> Instant.parse(text);
                case null, default -> null;
            };
        } catch (DateTimeParseException e) {
            return null;
        }
    }

    private static String about(double millis) {
        return millis < 1_000
                ? String.format(Locale.ROOT, millis < 10 ? "%.1f ms" : "%.0f ms", millis)
                : about(Duration.ofMillis(Math.round(millis)));
    }
}
