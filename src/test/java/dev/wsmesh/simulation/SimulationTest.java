package dev.wsmesh.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/**
 * Random lives of meshes, one per seed. {@code -Dwsmesh.simulation.scenarios=1000} runs as many as one likes from seed
 * {@code wsmesh.simulation.first} on; {@code -Dwsmesh.simulation.seed=42} replays one, and with
 * {@code -Dwsmesh.simulation.size=300} the large one of that size. The profile {@code simulation} runs ten thousand.
 */
class SimulationTest {
    private static final int SCENARIOS = Integer.getInteger("wsmesh.simulation.scenarios", 240);
    private static final long FIRST_SEED = Long.getLong("wsmesh.simulation.first", 1);
    private static final int REACHED_AT_LEAST = 100;

    /** How many nodes each large scenario has. */
    private static final String LARGE = System.getProperty("wsmesh.simulation.large", "1000,300");

    @Test
    void everyInvariantHoldsInEveryScenarioAndEveryHardStateIsReached() throws InterruptedException {
        Long one = Long.getLong("wsmesh.simulation.seed");
        if (one != null) {
            int size = Integer.getInteger("wsmesh.simulation.size", 0);
            boolean steady = Boolean.getBoolean("wsmesh.simulation.steady");
            Scenario small = steady ? Scenario.steady(one) : Scenario.small(one);
            (size == 0 ? small : Scenario.large(one, size)).run();
            return;
        }
        Batch batch = new Batch();
        batch.run(scenarios());
        System.out.printf(
                "seeds %d to %d, and %s nodes: %d events reached %s%n",
                FIRST_SEED, FIRST_SEED + SCENARIOS - 1, LARGE, batch.events(), batch.coverage());
        assertThat(batch.coverage())
                .allSatisfy((state, times) -> assertThat(times).as(state).isGreaterThanOrEqualTo(REACHED_AT_LEAST));
    }

    /** The large ones first: no processor shall be left with one of them when the others are through. */
    private static List<Supplier<Scenario>> scenarios() {
        List<Supplier<Scenario>> scenarios = new ArrayList<>();
        for (String size : LARGE.isEmpty() ? new String[0] : LARGE.split(",", -1)) {
            long seed = FIRST_SEED + scenarios.size();
            scenarios.add(() -> Scenario.large(seed, Integer.parseInt(size)));
        }
        scenarios.addAll(Batch.small(FIRST_SEED, SCENARIOS));
        return scenarios;
    }
}
