package dev.wsmesh.gateway.http;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations as people write them: {@code 500ms}, {@code 30s}, {@code 2m}. */
final class Durations {

    private static final Pattern WRITTEN = Pattern.compile("(\\d{1,9})(ms|s|m|h)");

    private Durations() {}

    /** Reads what stands in a header or a parameter of this name. */
    static Duration parse(String name, String text, Duration most) {
        Matcher written = WRITTEN.matcher(text.strip());
        if (!written.matches()) {
            throw Problem.badRequest(name + ": '" + text + "' is no duration; write it like 500ms, 30s or 2m");
        }
        long number = Long.parseLong(written.group(1));
        Duration duration = switch (written.group(2)) {
            case "ms" -> Duration.ofMillis(number);
            case "s" -> Duration.ofSeconds(number);
            case "m" -> Duration.ofMinutes(number);
            default -> Duration.ofHours(number);
        };
        if (duration.compareTo(most) > 0) {
            throw Problem.badRequest(name + ": '" + text + "' is too long; give at most " + most.toSeconds() + "s");
        }
        return duration;
    }
}
