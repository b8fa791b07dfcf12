package dev.wsmesh.simulation;

import dev.wsmesh.protocol.Address;
import dev.wsmesh.protocol.Counter;
import dev.wsmesh.protocol.Input;
import dev.wsmesh.protocol.MeshRecord;
import dev.wsmesh.protocol.Output;
import dev.wsmesh.protocol.Settings;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** One random life of a mesh: everything in it, from the number of nodes to the last fault, follows from the seed. */
final class Scenario implements Observer {
    private static final long STEP = Network.millis(20);
    private static final int PATIENCE_SECONDS = 180;

    private final String name;
    private final Network network;
    private final Ledger ledger;
    private final Safety safety;
    private final SplittableRandom dice;
    private final Plan plan;
    private final Faults faults;
    private long tickets;

    private Scenario(String name, long seed, SplittableRandom dice, Plan plan) {
        this.name = name;
        this.network = Network.ofBytes(seed, this);
        this.ledger = new Ledger(network);
        this.safety = new Safety(network, ledger);
        this.dice = dice;
        this.plan = plan;
        this.faults = new Faults(network, plan, dice, this::publish);
        network.setMedianLatency(plan.medianLatency());
    }

    static Scenario small(long seed) {
        SplittableRandom dice = dice(seed);
        return new Scenario("wsmesh.simulation.seed=" + seed, seed, dice, Plan.small(dice));
    }

    static Scenario steady(long seed) {
        SplittableRandom dice = dice(seed);
        String name = "wsmesh.simulation.seed=" + seed + " -Dwsmesh.simulation.steady=true";
        return new Scenario(name, seed, dice, Plan.steady(dice));
    }

    static Scenario large(long seed, int size) {
        SplittableRandom dice = dice(seed);
        String name = "wsmesh.simulation.seed=" + seed + " -Dwsmesh.simulation.size=" + size;
        return new Scenario(name, seed, dice, Plan.large(dice, size));
    }

    private static SplittableRandom dice(long seed) {
        return new SplittableRandom(seed ^ 0x5eed);
    }

    /** Runs to the end; a violation says how to run the same again. */
    Map<Counter, Long> run() {
        try {
            populate();
            live();
            heal();
            settle();
            return safety.coverage();
        } catch (RuntimeException | StackOverflowError failure) {
            throw new AssertionError(
                    "-D" + name + " fails at " + network.now() / 1_000_000 + " ms: " + failure.getMessage(), failure);
        }
    }

    int crossedDials() {
        return network.overlaps();
    }

    long events() {
        return network.happened();
    }

    @Override
    public void onStarted(SimulatedNode node) {
        ledger.onStarted(node);
        safety.onStarted(node);
    }

    @Override
    public void onStopped(SimulatedNode node) {
        safety.onStopped(node);
    }

    @Override
    public void onOutput(SimulatedNode node, Output output) {
        boolean lost = plan.steady() && output instanceof Output.Gap;
        Violation.unless(!lost, "nothing is lost where nothing breaks", node.index, output);
        safety.onOutput(node, output);
        ledger.onOutput(node, output);
    }

    @Override
    public void afterEvent(SimulatedNode node, Input input) {
        safety.afterEvent(node, input);
    }

    private void populate() {
        List<Address> contacts = new ArrayList<>();
        for (int i = 0; i < plan.contacts(); i++) {
            contacts.add(SimulatedNode.addressOf(i));
        }
        Settings.Membership membership = plan.membership(dice);
        for (int i = 0; i < plan.size(); i++) {
            Settings.Broadcasting broadcasting = plan.broadcasting(dice);
            int frameBytes = plan.frameBytes(i);
            SimulatedNode node = network.add(
                    contacts, each -> each.with(broadcasting).with(membership).withFrameBytes(frameBytes));
            boolean atOnce = plan.atOnce() || dice.nextBoolean();
            network.in(
                    atOnce ? 0 : Network.millis(dice.nextInt(20_000)),
                    () -> node.startIfDown(SimulatedNode.Return.AS_IT_WAS));
        }
    }

    private void live() {
        if (plan.steady()) {
            new SlowLinks(network, plan, dice, this::publish).live();
            return;
        }
        long end = network.now() + Network.seconds(plan.seconds());
        while (network.now() < end) {
            network.run(STEP);
            if (chance(plan.recordsPerSecond() * STEP / 1e9)) {
                publishSome();
            }
            if (chance(plan.faultsPerMinute() * STEP / 60e9)) {
                faults.breakSomething();
            }
        }
        if (plan.forgets() && dice.nextInt(8) == 0) {
            faults.hermit();
        }
    }

    private boolean chance(double probability) {
        return dice.nextDouble() < probability;
    }

    private void publishSome() {
        SimulatedNode node = network.nodes.get(dice.nextInt(plan.publishers()));
        int burst = dice.nextInt(6) == 0 ? 40 : 1;
        for (int i = 0; i < burst && node.isUp(); i++) {
            publish(node, dice.nextBoolean());
        }
    }

    private void publish(SimulatedNode node, boolean always) {
        if (!node.isUp()) {
            return;
        }
        long ticket = ++tickets;
        Input.Backpressure policy = always ? Input.Backpressure.IGNORE : Input.Backpressure.FAIL;
        int bytes = 8 + dice.nextInt(plan.recordBytes());
        MeshRecord record = NumberedRecords.full(ticket, plan.recordBytes(ticket, bytes), node.wallClock());
        ledger.offer(ticket, record);
        network.give(node, new Input.Publish(ticket, network.records().encode(record), policy, acknowledgements()));
    }

    private Input.@Nullable Acknowledgements acknowledgements() {
        if (dice.nextInt(8) != 0) {
            return null;
        }
        long deadline = network.now() + Network.millis(dice.nextInt(3_000));
        return new Input.Acknowledgements(1 + dice.nextInt(3), deadline, dice.nextBoolean());
    }

    private void heal() {
        network.heal();
        for (SimulatedNode node : network.nodes) {
            network.in(Network.seconds(1), () -> node.startIfDown(SimulatedNode.Return.AS_IT_WAS));
        }
        network.run(Network.seconds(40));
        for (SimulatedLink link : network.links) {
            link.bytesPerSecond = 0;
        }
        network.heal();
        for (SimulatedNode node : network.nodes) {
            node.startIfDown(SimulatedNode.Return.AS_IT_WAS);
        }
    }

    /**
     * The overlay never rests completely, so a moment at which all holds is enough for it, if it comes in time. What was
     * delivered then stays so, whatever the overlay does.
     */
    private void settle() {
        Quiet quiet = new Quiet(network, ledger);
        awaitQuiet(quiet);
        for (int second = 0; second < plan.peaceSeconds(); second++) {
            network.run(Network.seconds(1));
            quiet.checkPeace();
        }
    }

    private void awaitQuiet(Quiet quiet) {
        for (int second = 0; ; second++) {
            network.run(Network.seconds(1));
            try {
                quiet.check();
                return;
            } catch (Violation violation) {
                if (second == PATIENCE_SECONDS) {
                    throw violation;
                }
            }
        }
    }
}
