package dev.wsmesh.simulation;

import dev.wsmesh.protocol.Counter;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * Many scenarios, on all processors: they share nothing. The same batch fails with the same scenario however many processors
 * there are, with the first of those that fail: what comes before it always runs, what comes after it only until it is known.
 */
final class Batch {
    private final Map<Counter, Long> counted = new EnumMap<>(Counter.class);
    private long crossedDials;
    private long events;

    /** Of this seed and of so many from there on; of each that ends in 7 also the steady one. */
    static List<Supplier<Scenario>> small(long first, int count) {
        List<Supplier<Scenario>> scenarios = new ArrayList<>();
        for (long seed = first; seed < first + count; seed++) {
            long each = seed;
            scenarios.add(() -> Scenario.small(each));
            if (each % 10 == 7) {
                scenarios.add(() -> Scenario.steady(each));
            }
        }
        return scenarios;
    }

    /** Runs them all, or to the first failure, which it throws. */
    void run(List<Supplier<Scenario>> scenarios) throws InterruptedException {
        AtomicInteger firstFailure = new AtomicInteger(Integer.MAX_VALUE);
        List<Future<?>> running = new ArrayList<>();
        try (ExecutorService processors =
                Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors())) {
            for (int i = 0; i < scenarios.size(); i++) {
                int place = i;
                Supplier<Scenario> scenario = scenarios.get(i);
                running.add(processors.submit(() -> {
                    if (place < firstFailure.get()) {
                        runOne(scenario.get(), place, firstFailure);
                    }
                }));
            }
        }
        for (Future<?> each : running) {
            throwFailure(each);
        }
    }

    private void runOne(Scenario scenario, int place, AtomicInteger firstFailure) {
        try {
            add(scenario, scenario.run());
        } catch (AssertionError failure) {
            firstFailure.accumulateAndGet(place, Math::min);
            throw failure;
        }
    }

    private synchronized void add(Scenario scenario, Map<Counter, Long> counts) {
        counts.forEach((counter, count) -> counted.merge(counter, count, Long::sum));
        crossedDials += scenario.crossedDials();
        events += scenario.events();
    }

    private static void throwFailure(Future<?> one) throws InterruptedException {
        try {
            one.get();
        } catch (ExecutionException failure) {
            if (failure.getCause() instanceof AssertionError error) {
                throw error;
            }
            throw new IllegalStateException(failure.getCause());
        }
    }

    synchronized long events() {
        return events;
    }

    /** How often each state was reached that is hard to reach. */
    synchronized Map<String, Long> coverage() {
        Map<String, Long> coverage = new LinkedHashMap<>();
        coverage.put("reorder window full", counted(Counter.WINDOW_OVERFLOWS));
        coverage.put("Graft on a pushing link", counted(Counter.GRAFTS_WHILE_PUSHING));
        coverage.put("Miss while another neighbour has it", counted(Counter.MISSES_WITH_ALTERNATIVE));
        coverage.put("Miss pending", counted(Counter.MISSES_PENDING_SENT));
        coverage.put("gap with records buffered behind it", counted(Counter.GAPS_BEFORE_BUFFERED));
        coverage.put("newer epoch with an older tail unfinished", counted(Counter.EPOCHS_HELD));
        coverage.put("crossed dials", crossedDials);
        coverage.put("evicted before sent", counted(Counter.EVICTED_BEFORE_SENT));
        coverage.put("forget and relearn", counted(Counter.STREAMS_RELEARNED));
        coverage.put("control from a dead generation", counted(Counter.STALE_FRAMES));
        coverage.put("laggard", counted(Counter.LAGGARDS));
        coverage.put("own higher epoch met", counted(Counter.OWN_EPOCHS_MET));
        return coverage;
    }

    private long counted(Counter counter) {
        return counted.getOrDefault(counter, 0L);
    }

    /** {@code Batch FIRST COUNT [SIZE]}: without JUnit, for {@link Bites} and for whoever looks for a failing seed. */
    public static void main(String[] arguments) throws InterruptedException {
        long first = Long.parseLong(arguments[0]);
        int count = Integer.parseInt(arguments[1]);
        int size = arguments.length > 2 ? Integer.parseInt(arguments[2]) : 0;
        List<Supplier<Scenario>> scenarios = size == 0 ? small(first, count) : new ArrayList<>();
        for (long seed = first; size > 0 && seed < first + count; seed++) {
            long each = seed;
            scenarios.add(() -> Scenario.large(each, size));
        }
        Batch batch = new Batch();
        try {
            batch.run(scenarios);
            System.out.println(batch.events() + " events reached " + batch.coverage());
        } catch (AssertionError failure) {
            System.out.println(failure.getMessage());
            System.exit(1);
        }
    }
}
