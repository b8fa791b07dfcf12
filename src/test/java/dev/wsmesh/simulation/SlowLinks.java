package dev.wsmesh.simulation;

import java.util.SplittableRandom;

/**
 * A life in which nothing breaks, and nobody pauses: some links of one node take less than is published, and the systems at their
 * ends hold more of it than anybody retains. So what that node needs next is on its way, and others had it and have it no longer.
 */
final class SlowLinks {
    private static final long STEP = Network.millis(20);
    /** Until all are linked with all. */
    private static final long BEFORE = Network.seconds(10);

    private final Network network;
    private final Plan plan;
    private final SplittableRandom dice;
    private final Faults.Publisher publisher;

    SlowLinks(Network network, Plan plan, SplittableRandom dice, Faults.Publisher publisher) {
        this.network = network;
        this.plan = plan;
        this.dice = dice;
        this.publisher = publisher;
    }

    void live() {
        network.run(BEFORE);
        slowDown(network.nodes.get(dice.nextInt(plan.size())));
        int most = 1 + dice.nextInt(8);
        long end = network.now() + Network.seconds(plan.seconds());
        while (network.now() < end) {
            for (SimulatedNode node : network.nodes.subList(0, plan.publishers())) {
                for (int i = 0; i < most; i++) {
                    publisher.publish(node, false);
                }
            }
            network.run(STEP);
        }
    }

    /** All links of the node, or some. */
    private void slowDown(SimulatedNode node) {
        boolean all = dice.nextBoolean();
        for (SimulatedLink link : network.links) {
            boolean its = link.dialler.node.equals(node) || link.acceptor.node.equals(node);
            if (its && (all || dice.nextBoolean())) {
                // A frame is at most as large as the publish window, a quarter of the log, and takes half a second; but
                // what others relay to the node can keep a stream silent for longer than the 3 s for which it may be.
                link.bytesPerSecond = plan.logBytes() / (1 + dice.nextInt(2));
                link.bufferBytes = plan.logBytes() * (1 + dice.nextInt(8));
            }
        }
    }
}
