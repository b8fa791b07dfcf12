package dev.wsmesh.simulation;

import dev.wsmesh.protocol.Address;
import dev.wsmesh.protocol.Counter;
import dev.wsmesh.protocol.EncodedRecord;
import dev.wsmesh.protocol.Frame;
import dev.wsmesh.protocol.Input;
import dev.wsmesh.protocol.Output;
import dev.wsmesh.protocol.Settings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/** One random life of a mesh: everything in it, from the number of nodes to the last fault, follows from the seed. */
final class Scenario implements Observer {
    private static final long STEP = Network.millis(20);
    private static final int PATIENCE_SECONDS = 180;

    private final long seed;
    private final Network network;
    private final Ledger ledger;
    private final Safety safety;
    private final SplittableRandom dice;

    private final int size;
    private final int faultsPerMinute;
    private final int recordsPerSecond;
    private final int recordBytes;
    private final boolean small;
    private long numbers;

    Scenario(long seed) {
        this.seed = seed;
        this.network = new Network(seed, this);
        this.ledger = new Ledger(network);
        this.safety = new Safety(network, ledger);
        this.dice = new SplittableRandom(seed ^ 0x5eed);
        this.size = 2 + dice.nextInt(dice.nextInt(8) == 0 ? 22 : 10);
        this.faultsPerMinute = dice.nextInt(60);
        this.recordsPerSecond = 1 + dice.nextInt(30);
        this.recordBytes = 8 + dice.nextInt(500);
        this.small = dice.nextInt(5) > 1;
        network.setMedianLatency(Network.millis(1 + dice.nextInt(40)));
    }

    /** Runs to the end; a violation says how to run the same again. */
    Map<Counter, Long> run() {
        try {
            populate();
            live(Network.seconds(20 + dice.nextInt(40)));
            heal();
            settle();
            return safety.coverage();
        } catch (RuntimeException | StackOverflowError failure) {
            throw new AssertionError(
                    "seed " + seed + " fails at " + network.now() / 1_000_000 + " ms: " + failure.getMessage()
                            + "; replay with -Dwsmesh.simulation.seed=" + seed,
                    failure);
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
    }

    @Override
    public void onStopped(SimulatedNode node) {
        safety.onStopped(node);
    }

    @Override
    public void onOutput(SimulatedNode node, Output output) {
        safety.onOutput(node, output);
        ledger.onOutput(node, output);
    }

    @Override
    public void onSent(SimulatedNode from, SimulatedNode to, Frame frame) {
        long bytes = Sizes.payload(frame) + Sizes.control(frame);
        Violation.unless(bytes <= from.settings.limits().frameBytes(), "frames are bounded", from.index, bytes);
    }

    @Override
    public void afterEvent(SimulatedNode node, Input input) {
        safety.afterEvent(node, input);
    }

    private void populate() {
        int bootstraps = 1 + dice.nextInt(Math.min(3, size));
        List<Address> addresses = new ArrayList<>();
        for (int i = 0; i < bootstraps; i++) {
            addresses.add(SimulatedNode.addressOf(i));
        }
        Settings.Membership membership = membership();
        for (int i = 0; i < size; i++) {
            Settings.Broadcasting broadcasting = broadcasting();
            SimulatedNode node =
                    network.add(addresses, each -> each.with(broadcasting).with(membership));
            boolean atOnce = dice.nextBoolean();
            network.in(atOnce ? 0 : Network.millis(dice.nextInt(20_000)), () -> startIfDown(node, false));
        }
    }

    private Settings.Membership membership() {
        Settings.Membership usual = Settings.Membership.DEFAULT;
        int active = dice.nextBoolean() ? usual.activeView() : 3 + dice.nextInt(4);
        return new Settings.Membership(
                active,
                active * 5,
                16,
                usual.activeWalk(),
                usual.passiveWalk(),
                usual.shuffleActive(),
                usual.shufflePassive(),
                Duration.ofSeconds(10),
                true,
                usual.dials(),
                usual.backoff(),
                Duration.ofSeconds(10),
                Duration.ofSeconds(20),
                usual.candidateFailures(),
                Duration.ofSeconds(5));
    }

    private Settings.Broadcasting broadcasting() {
        Settings.Broadcasting usual = Settings.Broadcasting.DEFAULT;
        if (!small) {
            return dice.nextBoolean() ? usual : usual.withPublishWindow(1_000 + dice.nextInt(10_000));
        }
        long logBytes = (4L + dice.nextInt(dice.nextBoolean() ? 20 : 200)) * (recordBytes + 80);
        Duration retention = Duration.ofSeconds(10 + dice.nextInt(30));
        return usual.bounded(logBytes, retention, 4 + dice.nextInt(30), 64);
    }

    private void live(long nanos) {
        long end = network.now() + nanos;
        while (network.now() < end) {
            network.run(STEP);
            if (chance(recordsPerSecond * STEP / 1e9)) {
                publishSome();
            }
            if (chance(faultsPerMinute * STEP / 60e9)) {
                breakSomething();
            }
        }
    }

    private boolean chance(double probability) {
        return dice.nextDouble() < probability;
    }

    private void publishSome() {
        SimulatedNode node = anyNode();
        int burst = dice.nextInt(6) == 0 ? 40 : 1;
        for (int i = 0; i < burst && node.isUp(); i++) {
            publish(node, dice.nextBoolean());
        }
    }

    private void publish(SimulatedNode node, boolean always) {
        if (!node.isUp()) {
            return;
        }
        long number = ++numbers;
        Input.Backpressure policy = always ? Input.Backpressure.IGNORE : Input.Backpressure.FAIL;
        EncodedRecord record = NumberedRecords.encoded(number, 8 + dice.nextInt(recordBytes));
        network.give(node, new Input.Publish(number, record, policy, null));
    }

    private SimulatedNode anyNode() {
        return network.nodes.get(dice.nextInt(size));
    }

    private void breakSomething() {
        switch (dice.nextInt(15)) {
            case 0, 1 -> crash(anyNode());
            case 2, 3 -> anyLink(SimulatedLink::cut);
            case 4 -> anyLink(link -> link.halfOpen(dice.nextBoolean()));
            case 5, 6 -> anyLink(this::slowDown);
            case 7 -> partition(true);
            case 8 -> partition(false);
            case 9 -> amnesia(anyNode());
            case 10 -> leave(anyNode());
            case 11, 12 -> clog(anyNode());
            case 13 -> storm();
            default -> bootstrapsDown();
        }
    }

    private void crash(SimulatedNode node) {
        if (node.isUp()) {
            network.crash(node, dice.nextInt(4) == 0);
        }
        boolean diskLost = dice.nextBoolean();
        network.in(Network.millis(dice.nextInt(20_000)), () -> startIfDown(node, diskLost));
    }

    /** The disk is lost, and the clock runs behind: the next run does not know how far the one before had come. */
    private void amnesia(SimulatedNode node) {
        node.wallClockOffsetMillis += dice.nextLong(-600_000, 60_000);
        if (node.isUp()) {
            network.crash(node, false);
        }
        network.in(Network.millis(dice.nextLong(5_000)), () -> startIfDown(node, true));
    }

    private void startIfDown(SimulatedNode node, boolean diskLost) {
        if (!node.isUp()) {
            node.start(diskLost);
        }
    }

    private void leave(SimulatedNode node) {
        if (node.isUp()) {
            network.give(node, new Input.Leave());
            network.in(Network.seconds(5 + dice.nextInt(10)), () -> startIfDown(node, false));
        }
    }

    private void bootstrapsDown() {
        for (SimulatedNode node : network.nodes) {
            if (node.settings.bootstrap().contains(node.address)) {
                crash(node);
            }
        }
    }

    private void anyLink(Consumer<SimulatedLink> fault) {
        List<SimulatedLink> links = List.copyOf(network.links);
        if (!links.isEmpty()) {
            fault.accept(links.get(dice.nextInt(links.size())));
        }
    }

    private void slowDown(SimulatedLink link) {
        link.bytesPerSecond = 500 + dice.nextLong(20_000);
        network.in(Network.seconds(5 + dice.nextInt(30)), () -> link.bytesPerSecond = 0);
    }

    /** A publisher that never rests meets neighbours that hardly take anything. */
    private void clog(SimulatedNode node) {
        for (SimulatedLink.End end : node.ends.values()) {
            if (end.link().isWhole()) {
                end.link().bytesPerSecond = 400 + dice.nextLong(1_000);
                network.in(Network.seconds(12), () -> end.link().bytesPerSecond = 0);
            }
        }
        for (int i = 0; i < 100; i++) {
            boolean first = i < 40;
            network.in(Network.millis(first ? 0L : 120L * i), () -> publish(node, first));
        }
    }

    /** Trees fall apart while there is much to carry. */
    private void storm() {
        SimulatedNode publisher = anyNode();
        for (int i = 0; i < 60; i++) {
            network.in(Network.millis(10L * i), () -> publish(publisher, true));
        }
        for (int i = 0; i < size; i++) {
            network.in(Network.millis(dice.nextLong(600)), () -> anyLink(SimulatedLink::cut));
        }
    }

    /** Two halves, in both directions or only in one. */
    private void partition(boolean bothWays) {
        for (SimulatedNode one : network.nodes) {
            for (SimulatedNode other : network.nodes) {
                boolean apart = one.index % 2 == 0 && other.index % 2 == 1;
                if (apart) {
                    network.block(one, other);
                    if (bothWays) {
                        network.block(other, one);
                    }
                }
            }
        }
        network.in(Network.seconds(1 + dice.nextInt(40)), network::heal);
    }

    private void heal() {
        network.heal();
        for (SimulatedNode node : network.nodes) {
            network.in(Network.seconds(1), () -> startIfDown(node, false));
        }
        network.run(Network.seconds(40));
        for (SimulatedLink link : network.links) {
            link.bytesPerSecond = 0;
        }
        network.heal();
        for (SimulatedNode node : network.nodes) {
            startIfDown(node, false);
        }
    }

    /** The overlay never rests completely, so a moment at which all holds is enough, if it comes in time. */
    private void settle() {
        Quiet quiet = new Quiet(network, ledger);
        for (int second = 0; ; second++) {
            network.run(Network.millis(1_000));
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
