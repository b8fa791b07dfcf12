package dev.wsmesh.cli.bench;

/**
 * How often each duration was seen, to within 1 %: 128 steps for each doubling. A dependency for this would be larger than the
 * command. Not thread-safe.
 */
final class Histogram {

    private static final int STEP_BITS = 7;
    private static final int STEPS = 1 << STEP_BITS;

    private final long[] counts = new long[(Long.SIZE - STEP_BITS) * STEPS];
    private long total;
    private long longest;

    /** Negative ones count as 0: the clock of another processor may be a little behind. */
    void record(long nanos) {
        long value = Math.max(0, nanos);
        add(step(value), 1);
        longest = Math.max(longest, value);
    }

    void add(Histogram other) {
        for (int i = 0; i < counts.length; i++) {
            add(i, other.counts[i]);
        }
        longest = Math.max(longest, other.longest);
    }

    private void add(int step, long count) {
        counts[step] += count;
        total += count;
    }

    /** The duration that this share of all does not exceed; 0 if there are none. */
    long percentile(double percent) {
        long wanted = Math.max(1, (long) Math.ceil(total * percent / 100));
        long seen = 0;
        for (int i = 0; i < counts.length; i++) {
            seen += counts[i];
            if (seen >= wanted) {
                return Math.min(longest, upperEnd(i));
            }
        }
        return 0;
    }

    long longest() {
        return longest;
    }

    /** On one line, without a space. */
    String encode() {
        StringBuilder text = new StringBuilder().append(longest);
        for (int i = 0; i < counts.length; i++) {
            if (counts[i] > 0) {
                text.append(',').append(i).append(':').append(counts[i]);
            }
        }
        return text.toString();
    }

    static Histogram decode(String text) {
        Histogram decoded = new Histogram();
        String[] parts = text.split(",", -1);
        decoded.longest = Long.parseLong(parts[0]);
        for (int i = 1; i < parts.length; i++) {
            int colon = parts[i].indexOf(':');
            decoded.add(Integer.parseInt(parts[i].substring(0, colon)), Long.parseLong(parts[i].substring(colon + 1)));
        }
        return decoded;
    }

    /** Small values have a step each; of larger ones the highest bits count. */
    private static int step(long value) {
        int doublings = Math.max(0, Long.SIZE - Long.numberOfLeadingZeros(value) - STEP_BITS - 1);
        return doublings * STEPS + (int) (value >>> doublings);
    }

    private static long upperEnd(int step) {
        int doublings = Math.max(0, step / STEPS - 1);
        long first = ((long) (step - doublings * STEPS)) << doublings;
        return first + (1L << doublings) - 1;
    }
}
