package dev.wsmesh.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What goes when there is no more room is what a plain model of the rule says, record by record. */
class LogTest {

    private static final int STREAMS = 30;
    private static final Comparator<Map.Entry<Stream, Deque<Long>>> FIRST_TO_EVICT = Comparator.comparingInt(
                    (Map.Entry<Stream, Deque<Long>> each) -> canSpare(each) ? 0 : 1)
            .thenComparingLong(each -> -spare(each))
            .thenComparing(each -> each.getKey().id);

    private final List<Stream> streams = new ArrayList<>();
    private final SplittableRandom random = new SplittableRandom(3);

    @ParameterizedTest
    @CsvSource({"1000, 4", "30000, 4", "262144, 4", "2097152, 40"})
    void the_oldest_of_the_largest_goes_and_no_newest_one_before_it_must(int most, int mostTogether) {
        Log log = log(most);
        for (int i = 0; i < STREAMS; i++) {
            streams.add(stream(i));
        }
        int settled = 0;
        for (int step = 0; step < 40_000 / mostTogether; step++) {
            int which = random.nextInt(1 + random.nextInt(STREAMS));
            Stream stream = streams.get(which);
            switch (random.nextInt(step % 1_000 < 900 ? 300 : 6)) {
                case 0 -> log.skipTo(stream, stream.next() - random.nextInt(3));
                case 1 -> log.evictOlderThan(stream, step - 200, step - 200);
                case 2 -> {
                    log.forget(stream);
                    streams.set(which, stream(step + STREAMS));
                }
                default -> {
                    if (random.nextInt(20) == 0) {
                        stream.staysFrom =
                                random.nextBoolean() ? Long.MAX_VALUE : stream.next() + random.nextInt(9) - 7;
                    }
                    for (int i = random.nextInt(mostTogether); i >= 0; i--) {
                        log.append(stream, Records.of(record()), step, 1);
                    }
                    Map<Stream, Deque<Long>> left = costs();
                    settled += evictByTheRule(left, most) ? 1 : 0;
                    log.settle(stream);
                    assertThat(costs()).as("step %d", step).isEqualTo(left);
                }
            }
            assertThat(log.bytes()).isEqualTo(total(costs()));
        }
        assertThat(settled).isGreaterThan(300);
        streams.forEach(log::forget);
        assertThat(log.bytes()).isZero();
    }

    /** As with thousands of nodes that tell of themselves now and then: none may lose all but its newest at once. */
    @Test
    void where_many_streams_hold_little_each_loses_a_little() {
        int most = 4 << 20;
        int each = 20;
        Log log = log(most);
        for (int i = 0; i < 2_000; i++) {
            Stream stream = stream(i);
            streams.add(stream);
        }
        for (int round = 0; round < 2 * each; round++) {
            for (Stream stream : streams) {
                log.append(stream, Records.of(new EncodedRecord(Bytes.wrap(new byte[10]))), round, 1);
                log.settle(stream);
            }
        }
        int fair = most / streams.size() / (10 + StreamLog.OVERHEAD_BYTES);
        assertThat(streams).allSatisfy(stream -> assertThat(stream.log.size()).isBetween(fair - 4, fair + 4));
    }

    /** A little more than need be is evicted, but of what there is more of. */
    @Test
    void the_newest_of_a_stream_does_not_go_for_the_sake_of_those_to_come() {
        int most = 1 << 20;
        Log log = log(most);
        Stream two = stream(1);
        Stream one = stream(2);
        int half = most / 2 - 250 - StreamLog.OVERHEAD_BYTES;
        log.append(two, Records.of(new EncodedRecord(Bytes.wrap(new byte[1_000]))), 0, 1);
        log.append(two, Records.of(new EncodedRecord(Bytes.wrap(new byte[half]))), 0, 1);
        log.settle(two);
        log.append(one, Records.of(new EncodedRecord(Bytes.wrap(new byte[half]))), 0, 1);
        log.settle(one);
        assertThat(two.log.size()).isEqualTo(1);
        assertThat(one.log.size()).isEqualTo(1);
        assertThat(log.bytes()).isEqualTo(most - 500);
    }

    /** Nothing else comes by where a stream rests. */
    @Test
    void what_is_left_of_a_stream_does_not_keep_the_places_of_what_went() {
        int most = 1 << 20;
        Log log = log(most);
        Stream stream = stream(1);
        for (int i = 0; i < 1_000; i++) {
            log.append(stream, Records.of(new EncodedRecord(Bytes.EMPTY)), 0, 1);
        }
        log.append(stream, Records.of(new EncodedRecord(Bytes.wrap(new byte[most - 1_000]))), 0, 1);
        log.settle(stream);
        assertThat(stream.log.size()).isLessThan(10);
        assertThat(stream.log.capacity()).isLessThan(50);
    }

    private static boolean canSpare(Map.Entry<Stream, Deque<Long>> each) {
        return each.getValue().size() > 1 && spared(each) > 0;
    }

    private static long spare(Map.Entry<Stream, Deque<Long>> each) {
        return each.getValue().stream()
                .limit(spared(each))
                .mapToLong(cost -> cost)
                .sum();
    }

    /** How many of the oldest need not stay. */
    private static long spared(Map.Entry<Stream, Deque<Long>> each) {
        long base = each.getKey().next() - each.getValue().size();
        return Math.max(0, each.getKey().staysFrom - base);
    }

    /** Whether there was anything to evict. */
    private static boolean evictByTheRule(Map<Stream, Deque<Long>> held, long most) {
        long bytes = total(held);
        if (bytes <= most) {
            return false;
        }
        long atOnce = Math.min(64 << 10, most >> 10);
        long enough = most - atOnce;
        while (true) {
            List<Map.Entry<Stream, Deque<Long>>> first =
                    held.entrySet().stream().sorted(FIRST_TO_EVICT).limit(2).toList();
            Map.Entry<Stream, Deque<Long>> victim = first.getFirst();
            if (bytes <= (canSpare(victim) ? enough : most)) {
                return true;
            }
            boolean alone = first.size() < 2 || !canSpare(first.getLast());
            long least = alone ? Long.MIN_VALUE : spare(first.getLast()) - Math.min(atOnce, spare(victim) / 8);
            do {
                bytes -= victim.getValue().removeFirst();
            } while (bytes > enough && canSpare(victim) && spare(victim) > least);
            if (victim.getValue().isEmpty()) {
                held.remove(victim.getKey());
            }
        }
    }

    /** What each record costs that is held. */
    private Map<Stream, Deque<Long>> costs() {
        Map<Stream, Deque<Long>> costs = new HashMap<>();
        for (Stream stream : streams) {
            for (long sequence = stream.log.base(); sequence < stream.next(); sequence++) {
                costs.computeIfAbsent(stream, _ -> new Costs()).add(stream.log.cost(sequence));
            }
        }
        return costs;
    }

    /** Equal if they are the same numbers. */
    @SuppressWarnings("serial")
    private static final class Costs extends ArrayDeque<Long> {
        @Override
        public boolean equals(Object other) {
            return other instanceof Costs that && List.copyOf(this).equals(List.copyOf(that));
        }

        @Override
        public int hashCode() {
            return List.copyOf(this).hashCode();
        }
    }

    private static long total(Map<Stream, Deque<Long>> costs) {
        return costs.values().stream().mapToLong(LogTest::sum).sum();
    }

    private static long sum(Deque<Long> costs) {
        return costs.stream().mapToLong(each -> each).sum();
    }

    private EncodedRecord record() {
        return new EncodedRecord(Bytes.wrap(new byte[random.nextInt(1 + random.nextInt(600))]));
    }

    private static Stream stream(int number) {
        NodeId id = new NodeId(number % 5, number);
        return new Stream(new StreamId(id, 1), new Origin(id), 0, new SpareMemory());
    }

    private static Log log(int most) {
        Settings.Memory memory = Settings.Memory.DEFAULT.retaining(most, Duration.ofMinutes(1));
        Settings settings = Settings.of(Bench.SELF, new Address("ws://self"), List.of())
                .with(Settings.Broadcasting.DEFAULT.with(memory));
        Context context = new Context(settings, new SplittableRandom(1), 1, 0);
        return new Log(context, new Streams(context), _ -> {});
    }
}
