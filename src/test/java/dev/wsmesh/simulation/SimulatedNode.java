package dev.wsmesh.simulation;

import dev.wsmesh.protocol.Address;
import dev.wsmesh.protocol.Input;
import dev.wsmesh.protocol.LinkId;
import dev.wsmesh.protocol.NodeId;
import dev.wsmesh.protocol.Output;
import dev.wsmesh.protocol.Protocol;
import dev.wsmesh.protocol.Settings;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** A machine with an identity, on which the production core runs, crashes and runs again. */
final class SimulatedNode {
    private static final long NEVER = Long.MAX_VALUE;
    private static final int MOST_TIMERS_AT_ONCE = 100;
    /** How often one address may be dialled in ten seconds: links break, and some dials are due at once. A guess. */
    private static final int MOST_DIALS = 30;

    private static final long DIALS_NANOS = 10_000_000_000L;
    /** What the clocks say when the simulation begins: the year 2001. */
    private static final long FIRST_WALL_MICROS = 1_000_000_000_000_000L;

    /** What a machine still knows when it runs again. */
    enum Return {
        AS_IT_WAS,
        /** Its disk is lost, but for its key. */
        WITHOUT_ITS_EPOCH,
        /** It never had a disk: whoever it was before is gone for ever. */
        AS_ANOTHER
    }

    final int index;
    final Address address;
    NodeId id;
    Settings settings;
    final Map<LinkId, SimulatedLink.End> ends = new HashMap<>();
    /** The nodes, by their index, that nothing from here gets to. */
    final BitSet cannotReach = new BitSet();
    /** Begun by this node, and not over. */
    final List<Handshake> handshakes = new ArrayList<>();

    private final Network network;
    private @Nullable Protocol protocol;
    private int run;
    private long generations;
    private long timerAt = NEVER;
    /** When the agenda wakes this node next: at the timer, or before it because the timer was put off. */
    private long wakesAt = NEVER;

    private final Map<Address, Integer> dials = new HashMap<>();
    private long dialsSince;

    private long lastTimerAt;
    private int timersNow;

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

    /** The time on the wall of this machine, right or wrong. */
    Instant wallClock() {
        return Instant.EPOCH.plus(wallMicros(), ChronoUnit.MICROS);
    }

    private long wallMicros() {
        return FIRST_WALL_MICROS + network.now() / 1_000 + wallClockOffsetMillis * 1_000;
    }

    void start(Return how) {
        run++;
        if (how == Return.AS_ANOTHER) {
            id = network.newId();
            settings = new Settings(
                    id,
                    settings.address(),
                    settings.bootstrap(),
                    settings.limits(),
                    settings.broadcasting(),
                    settings.membership(),
                    settings.liveness());
        }
        long wallMillis = wallMicros() / 1_000;
        persistedEpoch = how == Return.AS_IT_WAS ? Math.max(persistedEpoch + 1, wallMillis) : wallMillis;
        timerAt = NEVER;
        wakesAt = NEVER;
        SplittableRandom dice = new SplittableRandom(network.random().nextLong());
        protocol = new Protocol(settings, persistedEpoch, network.beacon(), _ -> true, dice, network.now());
        network.onStarted(this);
        network.carryOut(this, protocol.start(network.now()));
    }

    void startIfDown(Return how) {
        if (!isUp()) {
            start(how);
        }
    }

    /** Everything that only the process knew is gone. */
    void stop() {
        protocol = null;
        ends.clear();
    }

    /** Whether the core did anything. */
    boolean handle(Input input) {
        List<Output> outputs = protocol().handle(input, network.now());
        network.carryOut(this, outputs);
        return !outputs.isEmpty();
    }

    void persist(long epoch) {
        persistedEpoch = epoch;
    }

    void noteDial(Address to) {
        if (network.now() - dialsSince > DIALS_NANOS) {
            dialsSince = network.now();
            dials.clear();
        }
        int times = dials.merge(to, 1, Integer::sum);
        Violation.unless(times <= MOST_DIALS, "nobody is dialled again and again", index, to, times);
    }

    /** Most timers are put off again and again: only one that comes earlier than the next waking needs another. */
    void setTimer(long at) {
        timerAt = at;
        if (at < wakesAt) {
            wakesAt = at;
            int then = run;
            network.at(at, () -> wake(then, at));
        }
    }

    private void wake(int thatRun, long at) {
        if (!isRunning(thatRun) || wakesAt != at) {
            return;
        }
        wakesAt = NEVER;
        if (timerAt > at) {
            setTimer(timerAt);
            return;
        }
        timerAt = NEVER;
        timersNow = network.now() == lastTimerAt ? timersNow + 1 : 0;
        lastTimerAt = network.now();
        Violation.unless(timersNow < MOST_TIMERS_AT_ONCE, "a node lets time go on", index);
        network.give(this, new Input.Timer());
    }

    @Override
    public String toString() {
        return "node " + index;
    }
}
