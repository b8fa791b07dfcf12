package dev.wsmesh.simulation;

import dev.wsmesh.protocol.Address;
import dev.wsmesh.protocol.EncodedRecord;
import dev.wsmesh.protocol.Input;
import dev.wsmesh.protocol.LinkId;
import dev.wsmesh.protocol.NodeId;
import dev.wsmesh.protocol.Output;
import dev.wsmesh.protocol.Protocol;
import dev.wsmesh.protocol.Settings;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** A machine with an identity, on which the production core runs, crashes and runs again. */
final class SimulatedNode {
    final int index;
    final NodeId id;
    final Address address;
    final Settings settings;
    final Map<LinkId, SimulatedLink.End> ends = new HashMap<>();

    private static final EncodedRecord BEACON = NumberedRecords.encoded(Output.Published.BEACON, 0);

    private final Network network;
    private @Nullable Protocol protocol;
    private int run;
    private long generations;
    private long timerAt = Long.MAX_VALUE;

    /** What survives a crash, unless the disk is lost too. */
    private long persistedEpoch;
    /** How wrong the wall clock is. */
    long wallClockOffsetMillis;

    SimulatedNode(Network network, int index, NodeId id, Settings settings) {
        this.network = network;
        this.index = index;
        this.id = id;
        this.address = addressOf(index);
        this.settings = settings;
    }

    static Address addressOf(int index) {
        return new Address("ws://node" + index);
    }

    int run() {
        return run;
    }

    boolean isUp() {
        return protocol != null;
    }

    boolean isRunning(int thatRun) {
        return protocol != null && run == thatRun;
    }

    Protocol protocol() {
        if (protocol == null) {
            throw new IllegalStateException("node " + index + " is down");
        }
        return protocol;
    }

    long epoch() {
        return persistedEpoch;
    }

    long nextGeneration() {
        return ++generations;
    }

    void start(boolean diskLost) {
        run++;
        long wallMicros = Math.max(1, 1_000_000_000_000L + network.now() / 1_000 + wallClockOffsetMillis * 1_000);
        persistedEpoch = diskLost ? wallMicros : Math.max(persistedEpoch + 1, wallMicros);
        timerAt = Long.MAX_VALUE;
        SplittableRandom dice = new SplittableRandom(network.random().nextLong());
        protocol = new Protocol(settings, persistedEpoch, BEACON, _ -> true, dice, network.now());
        network.onStarted(this);
        network.carryOut(this, protocol.start(network.now()));
    }

    /** Everything that only the process knew is gone. */
    void stop() {
        protocol = null;
        ends.clear();
    }

    void handle(Input input) {
        List<Output> outputs = protocol().handle(input, network.now());
        network.carryOut(this, outputs);
    }

    void persist(long epoch) {
        persistedEpoch = epoch;
    }

    void setTimer(long at) {
        timerAt = at;
        int then = run;
        network.at(at, () -> {
            if (isRunning(then) && timerAt == at) {
                timerAt = Long.MAX_VALUE;
                network.give(this, new Input.Timer());
            }
        });
    }
}
