package dev.wsmesh.simulation;

import dev.wsmesh.protocol.Input;
import dev.wsmesh.simulation.SimulatedNode.Return;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/** Everything that goes wrong while a mesh lives; each fault ends by itself after a while. */
final class Faults {
    /** Someone who publishes: whether although its window is shut. */
    interface Publisher {
        void publish(SimulatedNode node, boolean always);
    }

    /** More than twice the longest retention of a tight plan. */
    private static final int HERMIT_SECONDS = 95;

    /** How somebody comes back after a crash; half of all do as they were. */
    private static final List<Return> HOWS =
            List.of(Return.AS_IT_WAS, Return.AS_IT_WAS, Return.WITHOUT_ITS_EPOCH, Return.AS_ANOTHER);

    private final Network network;
    private final Plan plan;
    private final SplittableRandom dice;
    private final Publisher publisher;

    Faults(Network network, Plan plan, SplittableRandom dice, Publisher publisher) {
        this.network = network;
        this.plan = plan;
        this.dice = dice;
        this.publisher = publisher;
    }

    void breakSomething() {
        switch (dice.nextInt(20)) {
            case 0, 1 -> crash(anyNode());
            case 2, 3 -> anyLink(SimulatedLink::cut);
            case 4 -> anyLink(link -> link.halfOpen(dice.nextBoolean()));
            case 5, 6 -> anyLink(this::slowDown);
            case 7 -> partition(true);
            case 8 -> partition(false);
            case 9 -> amnesia(anyNode());
            case 10 -> leave(anyNode());
            case 11, 12, 17, 18 -> clog(anyPublisher());
            case 13, 19 -> storm();
            case 14 -> stepClock(anyNode());
            case 15 -> massCrash();
            default -> bootstrapsDown();
        }
    }

    private SimulatedNode anyNode() {
        return network.nodes.get(dice.nextInt(plan.size()));
    }

    private SimulatedNode anyPublisher() {
        return network.nodes.get(dice.nextInt(plan.publishers()));
    }

    private void crash(SimulatedNode node) {
        if (node.isUp()) {
            network.crash(node, dice.nextInt(4) == 0);
        }
        Return how = HOWS.get(dice.nextInt(HOWS.size()));
        network.in(Network.millis(dice.nextInt(20_000)), () -> node.startIfDown(how));
    }

    private void massCrash() {
        int percent = 20 + dice.nextInt(70);
        for (SimulatedNode node : network.nodes) {
            if (dice.nextInt(100) < percent) {
                crash(node);
            }
        }
    }

    /** The disk is lost, and the clock runs behind: the next run does not know how far the one before had come. */
    private void amnesia(SimulatedNode node) {
        node.wallClockOffsetMillis += dice.nextLong(-600_000, 60_000);
        if (node.isUp()) {
            network.crash(node, false);
        }
        network.in(Network.millis(dice.nextLong(5_000)), () -> node.startIfDown(Return.WITHOUT_ITS_EPOCH));
    }

    /** Someone sets the clock while the node runs, forwards or backwards. */
    private void stepClock(SimulatedNode node) {
        node.wallClockOffsetMillis += dice.nextLong(-600_000, 600_000);
    }

    private void leave(SimulatedNode node) {
        if (node.isUp()) {
            network.give(node, new Input.Leave());
            network.in(Network.seconds(5 + dice.nextInt(10)), () -> node.startIfDown(Return.AS_IT_WAS));
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

    /** Some links are so slow that a frame takes longer than a silence may. */
    private void slowDown(SimulatedLink link) {
        boolean crawls = dice.nextInt(3) == 0;
        link.bytesPerSecond = crawls ? 60 + dice.nextLong(100) : 500 + dice.nextLong(20_000);
        long seconds = crawls ? 40 + dice.nextInt(40) : 5 + dice.nextInt(30);
        network.in(Network.seconds(seconds), () -> link.bytesPerSecond = 0);
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
            network.in(Network.millis(first ? 0L : 120L * i), () -> publisher.publish(node, first));
        }
    }

    /** Trees fall apart while there is much to carry. */
    private void storm() {
        SimulatedNode node = anyPublisher();
        for (int i = 0; i < 60; i++) {
            network.in(Network.millis(10L * i), () -> publisher.publish(node, true));
        }
        for (int i = 0; i < plan.size(); i++) {
            network.in(Network.millis(dice.nextLong(600)), () -> anyLink(SimulatedLink::cut));
        }
    }

    /** Somebody is away for longer than the others remember what was published meanwhile, by a run that is over when it returns. */
    void hermit() {
        SimulatedNode hermit = anyNode();
        SimulatedNode last = anyPublisher();
        for (int second = 0; second < HERMIT_SECONDS; second++) {
            for (SimulatedNode other : network.nodes) {
                network.block(hermit, other);
                network.block(other, hermit);
            }
            if (second == 1) {
                publisher.publish(last, true);
            }
            if (second == 3) {
                crash(last);
            }
            network.run(Network.seconds(1));
        }
        network.heal();
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
}
