package dev.wsmesh.simulation;

import dev.wsmesh.protocol.Address;
import dev.wsmesh.protocol.Counter;
import dev.wsmesh.protocol.Frame;
import dev.wsmesh.protocol.Input;
import dev.wsmesh.protocol.NodeId;
import dev.wsmesh.protocol.Output;
import dev.wsmesh.protocol.Settings;
import dev.wsmesh.protocol.View.LinkView;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * Measures what the papers measure; prints lines for docs/SIMULATION.md.
 *
 * <pre>
 * Report trees NODES SENDERS [ACTIVE PASSIVE]
 * Report failures NODES PERCENT [ACTIVE PASSIVE]
 * Report overlay NODES [ACTIVE PASSIVE]
 * </pre>
 */
final class Report implements Observer {
    private static final int WARM_UP = 50;
    private static final int MEASURED = 50;
    private static final int RECORD_BYTES = 128;

    private final Network network;
    private final SplittableRandom dice;
    private final int size;
    private long deliveries;
    private long payloadBytes;
    private long controlBytes;
    private long numbers;

    private Report(long seed, int size, Settings.Membership membership) {
        this.network = new Network(seed, this);
        this.dice = new SplittableRandom(seed);
        this.size = size;
        List<Address> contact = List.of(SimulatedNode.addressOf(0));
        for (int i = 0; i < size; i++) {
            SimulatedNode node = network.add(contact, each -> each.with(membership));
            network.in(Network.millis(10L * i), () -> node.start(false));
        }
        network.run(Network.millis(10L * size) + Network.seconds(90));
    }

    public static void main(String[] arguments) {
        int size = Integer.parseInt(arguments[1]);
        boolean views = arguments.length > 3;
        Settings.Membership usual = Settings.Membership.DEFAULT;
        int last = arguments.length - 1;
        boolean custom = arguments[0].equals("overlay") ? last == 3 : views && last == 4;
        Settings.Membership membership = custom
                ? usual.withViews(Integer.parseInt(arguments[last - 1]), Integer.parseInt(arguments[last]))
                : usual;
        for (long seed = 1; seed <= Integer.getInteger("wsmesh.report.seeds", 2); seed++) {
            Report report = new Report(seed, size, membership);
            switch (arguments[0]) {
                case "trees" -> report.trees(Integer.parseInt(arguments[2]));
                case "failures" -> report.failures(Integer.parseInt(arguments[2]));
                case "overlay" -> report.overlay();
                default -> throw new IllegalArgumentException(arguments[0]);
            }
        }
    }

    @Override
    public void onOutput(SimulatedNode node, Output output) {
        if (output instanceof Output.Deliver) {
            deliveries++;
        }
    }

    @Override
    public void onSent(SimulatedNode from, SimulatedNode to, Frame frame) {
        payloadBytes += Sizes.payload(frame);
        controlBytes += Sizes.control(frame);
    }

    /** Payload sends per delivery at another node, once the trees have formed. */
    private void trees(int senders) {
        broadcast(senders, WARM_UP);
        long sentBefore = sum(Counter.RECORDS_SENT);
        deliveries = 0;
        payloadBytes = 0;
        controlBytes = 0;
        long published = broadcast(senders, MEASURED);
        long elsewhere = deliveries - published;
        double perDelivery = (sum(Counter.RECORDS_SENT) - sentBefore) / (double) elsewhere;
        print(
                "trees nodes=%d senders=%d published=%d delivered=%.4f sends/delivery=%.4f control/payload=%.4f",
                size,
                senders,
                published,
                elsewhere / (double) (published * (size - 1)),
                perDelivery,
                controlBytes / (double) payloadBytes);
    }

    private long broadcast(int senders, int rounds) {
        for (int i = 0; i < rounds; i++) {
            for (int sender = 0; sender < senders; sender++) {
                publish(network.nodes.get(sender));
            }
            network.run(Network.millis(200));
        }
        network.run(Network.seconds(3));
        return (long) rounds * senders;
    }

    private void publish(SimulatedNode node) {
        long number = ++numbers;
        Input.Backpressure policy = Input.Backpressure.IGNORE;
        network.give(node, new Input.Publish(number, NumberedRecords.encoded(number, RECORD_BYTES), policy, null));
    }

    /** Kills so many percent at once, and broadcasts before anybody can have repaired anything but what was noticed. */
    private void failures(int percent) {
        List<SimulatedNode> left = new ArrayList<>(network.nodes);
        for (int i = 0; i < size * percent / 100; i++) {
            network.crash(left.remove(dice.nextInt(left.size())), false);
        }
        List<String> reliability = new ArrayList<>();
        for (int second = 0; second <= 60; second += 10) {
            reliability.add(String.format(Locale.ROOT, "%d s: %.4f", second, reach(left)));
            network.run(Network.seconds(9));
        }
        print("failures nodes=%d percent=%d reached=%s", size, percent, reliability);
    }

    /** The share of the live nodes that ten broadcasts by random nodes reach within a second. */
    private double reach(List<SimulatedNode> live) {
        deliveries = 0;
        for (int i = 0; i < 10; i++) {
            publish(live.get(dice.nextInt(live.size())));
        }
        network.run(Network.seconds(1));
        return Math.min(1, deliveries / (10.0 * live.size()));
    }

    private void overlay() {
        Map<NodeId, Set<NodeId>> views = new HashMap<>();
        for (SimulatedNode node : network.nodes) {
            Set<NodeId> peers = new HashSet<>();
            for (LinkView link : node.protocol().view().links()) {
                if (link.neighbour()) {
                    peers.add(link.id().peer());
                }
            }
            views.put(node.id, peers);
        }
        double degree = views.values().stream().mapToInt(Set::size).average().orElse(0);
        int least = views.values().stream().mapToInt(Set::size).min().orElse(0);
        int most = views.values().stream().mapToInt(Set::size).max().orElse(0);
        print(
                "overlay nodes=%d degree=%.2f (%d to %d) clustering=%.5f path=%s",
                size, degree, least, most, clustering(views), path(views));
    }

    private static double clustering(Map<NodeId, Set<NodeId>> views) {
        double sum = 0;
        for (Set<NodeId> peers : views.values()) {
            long closed = 0;
            for (NodeId one : peers) {
                closed += peers.stream()
                        .filter(views.getOrDefault(one, Set.of())::contains)
                        .count();
            }
            int pairs = peers.size() * (peers.size() - 1);
            sum += pairs == 0 ? 0 : closed / (double) pairs;
        }
        return sum / views.size();
    }

    /** Average shortest path from 20 random nodes, and how many nodes they reach. */
    private String path(Map<NodeId, Set<NodeId>> views) {
        long hops = 0;
        long reached = 0;
        for (int i = 0; i < 20; i++) {
            Map<NodeId, Integer> distance = new HashMap<>();
            NodeId start = network.nodes.get(dice.nextInt(size)).id;
            distance.put(start, 0);
            ArrayDeque<NodeId> left = new ArrayDeque<>(List.of(start));
            while (!left.isEmpty()) {
                NodeId at = left.remove();
                for (NodeId peer : views.getOrDefault(at, Set.of())) {
                    if (distance.putIfAbsent(peer, distance.getOrDefault(at, 0) + 1) == null) {
                        left.add(peer);
                    }
                }
            }
            hops += distance.values().stream().mapToInt(each -> each).sum();
            reached += distance.size();
        }
        return String.format(Locale.ROOT, "%.3f reaching %.4f", hops / (double) reached, reached / (20.0 * size));
    }

    private long sum(Counter counter) {
        return network.nodes.stream()
                .filter(SimulatedNode::isUp)
                .mapToLong(node -> node.protocol().counted(counter))
                .sum();
    }

    @SuppressWarnings("AnnotateFormatMethod")
    private static void print(String format, Object... values) {
        System.out.println(String.format(Locale.ROOT, format, values));
    }
}
