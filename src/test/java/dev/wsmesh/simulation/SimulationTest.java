package dev.wsmesh.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wsmesh.protocol.Counter;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * Random lives of meshes, one per seed. {@code -Dwsmesh.simulation.scenarios=10000} runs as many as one likes;
 * {@code -Dwsmesh.simulation.seed=42} replays one.
 */
class SimulationTest {
    private static final int SCENARIOS = Integer.getInteger("wsmesh.simulation.scenarios", 240);
    private static final long FIRST_SEED = Long.getLong("wsmesh.simulation.first", 1);
    private static final int REACHED_AT_LEAST = 100;

    @Test
    void everyInvariantHoldsInEveryScenarioAndEveryHardStateIsReached() {
        Long one = Long.getLong("wsmesh.simulation.seed");
        if (one != null) {
            new Scenario(one).run();
            return;
        }
        Map<Counter, Long> counted = new EnumMap<>(Counter.class);
        long crossed = 0;
        for (long seed = FIRST_SEED; seed < FIRST_SEED + SCENARIOS; seed++) {
            Scenario scenario = new Scenario(seed);
            scenario.run().forEach((counter, count) -> counted.merge(counter, count, Long::sum));
            crossed += scenario.crossedDials();
        }
        Map<String, Long> coverage = coverage(counted, crossed);
        System.out.println("seeds " + FIRST_SEED + " to " + (FIRST_SEED + SCENARIOS - 1) + " reached " + coverage);
        assertThat(coverage)
                .allSatisfy((state, times) -> assertThat(times).as(state).isGreaterThanOrEqualTo(REACHED_AT_LEAST));
    }

    private static Map<String, Long> coverage(Map<Counter, Long> counted, long crossed) {
        Map<String, Long> coverage = new LinkedHashMap<>();
        coverage.put("reorder window full", counted.get(Counter.WINDOW_OVERFLOWS));
        coverage.put("Graft on a pushing link", counted.get(Counter.GRAFTS_WHILE_PUSHING));
        coverage.put("Miss while another neighbour has it", counted.get(Counter.MISSES_WITH_ALTERNATIVE));
        coverage.put("Miss pending", counted.get(Counter.MISSES_PENDING_SENT));
        coverage.put("gap with records buffered behind it", counted.get(Counter.GAPS_BEFORE_BUFFERED));
        coverage.put("newer epoch with an older tail unfinished", counted.get(Counter.EPOCHS_HELD));
        coverage.put("crossed dials", crossed);
        coverage.put("evicted before sent", counted.get(Counter.EVICTED_BEFORE_SENT));
        coverage.put("forget and relearn", counted.get(Counter.STREAMS_RELEARNED));
        coverage.put("control from a dead generation", counted.get(Counter.STALE_INPUTS));
        coverage.put("laggard", counted.get(Counter.LAGGARDS));
        coverage.put("own higher epoch met", counted.get(Counter.OWN_EPOCHS_MET));
        return coverage;
    }
}
