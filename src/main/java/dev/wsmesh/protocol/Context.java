package dev.wsmesh.protocol;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/** What all parts of one node share: its settings, its dice, its alarms, and the time and outputs of the current call. */
@SuppressWarnings("EnumOrdinal") // counters in an array, on the path of every record
final class Context {
    /**
     * Peers refuse an epoch that is more than a day ahead of their clocks: whoever takes one must stay well below that. Half of
     * it, which leaves the other half for clocks that differ, is a guess.
     */
    private static final Duration MOST_EPOCH_AHEAD = Duration.ofHours(12);

    /** Nearly every call has fewer. */
    private static final int USUAL_OUTPUTS = 6;

    final Settings settings;
    final RandomGenerator random;
    final Alarms alarms = new Alarms();
    final SpareMemory spareMemory = new SpareMemory();
    private final long[] counters = new long[Counter.values().length];

    long now;
    private final long startedAt;
    private final long firstEpoch;

    /** What we publish under this run's epoch. */
    StreamId ownStream;

    /** When the first neighbour's link came up; from then on nothing new is missed. */
    long listeningSince = Alarms.NEVER;

    /** When a link last became ready for streams. */
    long lastReadyAt;

    /** The highest epoch at which others know our own node id, if it is not a past of ours; else 0. */
    long ownFuture;

    boolean leaving;
    boolean left;

    /** Own records up to here are acknowledged at once by whoever gets them. */
    long acknowledgeUpTo;

    private List<Output> outputs = new ArrayList<>(USUAL_OUTPUTS);

    Context(Settings settings, RandomGenerator random, long epoch, long now) {
        this.settings = settings;
        this.random = random;
        this.now = now;
        this.startedAt = now;
        this.firstEpoch = epoch;
        this.ownStream = new StreamId(settings.self(), epoch);
    }

    boolean isOwn(StreamId stream) {
        return stream.equals(ownStream);
    }

    /** Published by this node, in this run or an earlier one. */
    boolean isOurs(StreamId stream) {
        return stream.origin().equals(settings.self());
    }

    /** Epochs are milliseconds: none that a run of this node can have had by now is higher, unless a clock was wrong. */
    long mostEpoch() {
        long elapsedMillis = (now - startedAt) / 1_000_000;
        return firstEpoch + elapsedMillis + MOST_EPOCH_AHEAD.toMillis();
    }

    void emit(Output output) {
        outputs.add(output);
    }

    List<Output> takeOutputs() {
        if (outputs.isEmpty()) {
            return List.of();
        }
        List<Output> taken = outputs;
        outputs = new ArrayList<>(USUAL_OUTPUTS);
        return taken;
    }

    void count(Counter counter) {
        counters[counter.ordinal()]++;
    }

    void count(Counter counter, long amount) {
        counters[counter.ordinal()] += amount;
    }

    long counted(Counter counter) {
        return counters[counter.ordinal()];
    }

    long in(Duration delay) {
        return now + delay.toNanos();
    }

    /** Between half and one and a half times the delay from now, so that nodes that began together drift apart. */
    long inAbout(Duration delay) {
        long nanos = delay.toNanos();
        return now + nanos / 2 + (nanos > 0 ? random.nextLong(nanos) : 0);
    }

    boolean chosen(int one, int of) {
        return random.nextInt(of) < one;
    }

    <T> T pick(List<T> choices) {
        return choices.get(random.nextInt(choices.size()));
    }
}
