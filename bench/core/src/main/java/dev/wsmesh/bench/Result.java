package dev.wsmesh.bench;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/** What one run has come to, in the order it is written. */
final class Result {

    private final Map<String, Object> values = new LinkedHashMap<>();

    Result put(String name, Object value) {
        values.put(name, value);
        return this;
    }

    boolean has(String name) {
        return values.containsKey(name);
    }

    double number(String name) {
        return values.get(name) instanceof Number number ? number.doubleValue() : Double.NaN;
    }

    String text(String name) {
        return String.valueOf(values.get(name));
    }

    String json() {
        return values.entrySet().stream().map(e -> "\"" + e.getKey() + "\": " + json(e.getValue()))
                .collect(Collectors.joining(", ", "{", "}"));
    }

    private static String json(Object value) {
        return switch (value) {
            case Double d when d.isNaN() || d.isInfinite() -> "null";
            case Double d -> "%.3f".formatted(d);
            case Number n -> n.toString();
            default -> '"' + value.toString().replace("\\", "\\\\").replace("\"", "\\\"").replaceAll("\\s+", " ") + '"';
        };
    }

    String line() {
        String error = has("error") ? "  ERROR " + text("error") : "";
        if (!has("deliveries_s")) {
            return "%-18s %-10s%s".formatted(text("system"), text("mode"), error);
        }
        return "%-18s %-10s n=%.0f size=%.0f %,11.0f deliv/s %7.1f MB/s  cpu %6.2f s/M  rss %5.0f MiB  lost %.0f told %.0f dup %.0f ooo %.0f  us p50 %,.0f p99 %,.0f p99.9 %,.0f max %,.0f%s"
                .formatted(text("system"), text("mode"), number("nodes"), number("size"), number("deliveries_s"), number("mb_s"),
                        number("cpu_s_per_million"), number("rss_mib"), number("lost"), number("told"), number("duplicates"), number("out_of_order"),
                        number("p50_us"), number("p99_us"), number("p999_us"), number("max_us"), error);
    }
}
