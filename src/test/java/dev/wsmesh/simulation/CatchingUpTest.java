package dev.wsmesh.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wsmesh.protocol.Address;
import dev.wsmesh.protocol.Input;
import dev.wsmesh.protocol.Output;
import dev.wsmesh.protocol.Settings.Broadcasting;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A node that was away for longer than records are kept gets its gap, and then what is published from there on, although
 * records come and go all the time. Random lives do not show it: their quiet begins when the publishing ends.
 */
class CatchingUpTest implements Observer {
    private static final int KEPT = 200;

    private final Network network = Network.ofBytes(1, this);
    private long published;
    private long delivered;

    @Override
    public void onOutput(SimulatedNode node, Output output) {
        if (node.index == 2 && output instanceof Output.Deliver) {
            delivered++;
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {20, 100, 1_000})
    void whoWasAwayForTooLongIsNotAlwaysTooLate(int recordsPerSecond) {
        long logBytes = KEPT * 110L;
        Broadcasting small = Broadcasting.DEFAULT.bounded(logBytes, Duration.ofSeconds(30), 1_024, 100);
        for (int i = 0; i < 3; i++) {
            List<Address> contact = List.of(SimulatedNode.addressOf(0));
            network.add(contact, each -> each.with(small)).start(SimulatedNode.Return.AS_IT_WAS);
        }
        network.run(Network.seconds(10));
        publish(2, recordsPerSecond);
        separate();
        publish(40, recordsPerSecond);
        network.heal();
        publish(20, recordsPerSecond);
        published = 0;
        delivered = 0;
        publish(10, recordsPerSecond);
        assertThat(delivered).isBetween(published * 99 / 100, published * 101 / 100);
    }

    private void separate() {
        SimulatedNode away = network.nodes.getLast();
        for (SimulatedNode other : network.nodes.subList(0, 2)) {
            network.block(away, other);
            network.block(other, away);
        }
    }

    private void publish(int seconds, int recordsPerSecond) {
        for (int i = 0; i < seconds * recordsPerSecond; i++) {
            published++;
            Input publish = new Input.Publish(
                    published,
                    network.records().encode(NumberedRecords.of(published, 8)),
                    Input.Backpressure.IGNORE,
                    null);
            network.give(network.nodes.getFirst(), publish);
            network.run(Network.seconds(1) / recordsPerSecond);
        }
    }
}
