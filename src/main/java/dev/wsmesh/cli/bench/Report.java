package dev.wsmesh.cli.bench;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Collectors;

/** What one node saw in a round, or all of them together. Not thread-safe. */
final class Report {

    private final Histogram delays = new Histogram();
    private long published;
    private long received;
    private long duplicates;
    private long outOfOrder;
    private long damaged;
    private long gapped;
    private long firstNanos = Long.MAX_VALUE;
    private long lastNanos = Long.MIN_VALUE;

    void published(long count, long since) {
        published += count;
        firstNanos = Math.min(firstNanos, since);
    }

    void received(long fresh, long again, long late) {
        received += fresh;
        duplicates += again;
        outOfOrder += late;
    }

    /** What came otherwise: broken, or as a gap. */
    void missed(long broken, long toldAsGap) {
        damaged += broken;
        gapped += toldAsGap;
    }

    void last(long atNanos) {
        lastNanos = Math.max(lastNanos, atNanos);
    }

    void add(Report other) {
        delays.add(other.delays);
        published(other.published, other.firstNanos);
        received(other.received, other.duplicates, other.outOfOrder);
        missed(other.damaged, other.gapped);
        last(other.lastNanos);
    }

    Histogram delays() {
        return delays;
    }

    long published() {
        return published;
    }

    long received() {
        return received;
    }

    long duplicates() {
        return duplicates;
    }

    long outOfOrder() {
        return outOfOrder;
    }

    long damaged() {
        return damaged;
    }

    /** How many messages, of whatever topic, gaps told of. */
    long gapped() {
        return gapped;
    }

    /** From the first publication to the last delivery. */
    double seconds() {
        return lastNanos <= firstNanos ? 0 : (lastNanos - firstNanos) / 1e9;
    }

    /** On one line, {@code name=value} with spaces between. */
    String encode() {
        return "published=" + published + " received=" + received + " duplicates=" + duplicates + " outOfOrder="
                + outOfOrder + " damaged=" + damaged + " gapped=" + gapped + " first=" + firstNanos + " last="
                + lastNanos + " delays=" + delays.encode();
    }

    static Report decode(String line) {
        Map<String, String> values = Arrays.stream(line.split(" ", -1))
                .map(pair -> pair.split("=", 2))
                .collect(Collectors.toMap(pair -> pair[0], pair -> pair[1], (_, last) -> last, HashMap::new));
        Report report = new Report();
        report.published(number(values, "published"), number(values, "first"));
        report.received(number(values, "received"), number(values, "duplicates"), number(values, "outOfOrder"));
        report.missed(number(values, "damaged"), number(values, "gapped"));
        report.last(number(values, "last"));
        report.delays.add(Histogram.decode(values.getOrDefault("delays", "0")));
        return report;
    }

    private static long number(Map<String, String> values, String name) {
        return Long.parseLong(values.getOrDefault(name, "0"));
    }
}
