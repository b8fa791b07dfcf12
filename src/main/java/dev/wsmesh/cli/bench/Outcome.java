package dev.wsmesh.cli.bench;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a measurement has come to, over all nodes.
 *
 * @param lost published, but never received by a node that should have
 * @param gapped how many messages, of whatever topic, gaps told of
 * @param deliveriesPerSecond messages received from other nodes, over the time from the first publication to the last delivery
 * @param cpuSecondsPerMillion what a million deliveries cost, everything that the processes do included
 * @param residentMib the peaks of all processes together; null where the system does not tell
 */
public record Outcome(
        long published,
        long received,
        double seconds,
        double deliveriesPerSecond,
        double megabytesPerSecond,
        double cpuSecondsPerMillion,
        @Nullable Double residentMib,
        double p50Micros,
        double p99Micros,
        double p999Micros,
        double maxMicros,
        long lost,
        long duplicates,
        long outOfOrder,
        long damaged,
        long gapped) {

    static Outcome of(Plan plan, Report report, double cpuSeconds, long residentKib) {
        double seconds = report.seconds();
        double perSecond = seconds == 0 ? 0 : report.received() / seconds;
        return new Outcome(
                report.published(),
                report.received(),
                seconds,
                perSecond,
                perSecond * plan.payloadBytes() / 1e6,
                report.received() == 0 ? 0 : cpuSeconds / report.received() * 1e6,
                residentKib < 0 ? null : residentKib / 1024.0,
                report.delays().percentile(50) / 1e3,
                report.delays().percentile(99) / 1e3,
                report.delays().percentile(99.9) / 1e3,
                report.delays().longest() / 1e3,
                report.published() * (plan.nodes() - 1) - report.received(),
                report.duplicates(),
                report.outOfOrder(),
                report.damaged(),
                report.gapped());
    }

    /** Whether the mesh has kept its promise: once, in order, and nothing lost in silence. */
    public boolean isKept() {
        return duplicates == 0 && outOfOrder == 0 && damaged == 0 && lost <= gapped;
    }

    /** By the names that {@code --json} has. */
    public Map<String, @Nullable Object> toMap() {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        map.put("published", published);
        map.put("received", received);
        map.put("seconds", seconds);
        map.put("deliveriesPerSecond", deliveriesPerSecond);
        map.put("megabytesPerSecond", megabytesPerSecond);
        map.put("cpuSecondsPerMillion", cpuSecondsPerMillion);
        map.put("residentMib", residentMib);
        map.put("p50Micros", p50Micros);
        map.put("p99Micros", p99Micros);
        map.put("p999Micros", p999Micros);
        map.put("maxMicros", maxMicros);
        map.put("lost", lost);
        map.put("duplicates", duplicates);
        map.put("outOfOrder", outOfOrder);
        map.put("damaged", damaged);
        map.put("gapped", gapped);
        return map;
    }
}
