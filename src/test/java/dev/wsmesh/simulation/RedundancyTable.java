package dev.wsmesh.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeMap;

/**
 * How the trees form and heal: per round, in which each sender broadcasts once, the redundancy of payload, how many hops the
 * record came to the last node that got it, and how long that took; before and after a share of the nodes crashes.
 */
final class RedundancyTable {
    private static final long ROUND = Network.millis(500);
    private static final Set<Integer> SHOWN = Set.of(1, 2, 3, 4, 5, 6, 8, 10, 20, 30, 50, 75, 100);

    private static final class Round {
        final Average redundancy = new Average();
        final Average lastHop = new Average();
        final Average largestHop = new Average();
        final Average lastMillis = new Average();
        final Average reached = new Average();
    }

    private final TreeMap<Integer, Round> rounds = new TreeMap<>();
    private final ReportOptions options;
    private final int senders;
    private final int before;
    private final int after;
    private final int percent;

    private RedundancyTable(ReportOptions options) {
        this.options = options;
        this.senders = options.number("senders", 1);
        this.before = options.number("broadcasts", 100);
        this.after = options.number("after", before / 2);
        this.percent = options.number("percent", 0);
    }

    static void print(ReportOptions options) {
        RedundancyTable table = new RedundancyTable(options);
        Rows rows = new Rows(
                options,
                "nodes",
                "views",
                "seeds",
                "senders",
                "broadcast",
                "relative message redundancy",
                "last-delivery hop",
                "largest hop",
                "last delivery after",
                "reached");
        for (long seed = 1; seed <= options.seeds(); seed++) {
            table.measure(MeasuredMesh.of(options, options.nodes(), seed));
        }
        table.rounds.forEach((number, round) -> table.row(rows, number, round));
        table.keep();
        rows.end();
    }

    private void measure(MeasuredMesh mesh) {
        List<SimulatedNode> chosen = new ArrayList<>();
        for (int i = 0; i < senders; i++) {
            // Not the contact: it is among those that crash.
            chosen.add(mesh.network.nodes.get(1 + (int) ((long) i * (mesh.size - 1) / senders)));
        }
        broadcast(mesh, chosen, 1, before);
        if (percent > 0) {
            mesh.crash(percent, false);
            broadcast(mesh, survivors(mesh, chosen), before + 1, before + after);
        }
    }

    /** A crashed sender sends no more; if all are gone, some other node begins. */
    private static List<SimulatedNode> survivors(MeasuredMesh mesh, List<SimulatedNode> chosen) {
        List<SimulatedNode> left = chosen.stream().filter(SimulatedNode::isUp).toList();
        return left.isEmpty() ? List.of(mesh.alive().getFirst()) : left;
    }

    private void broadcast(MeasuredMesh mesh, List<SimulatedNode> from, int firstRound, int lastRound) {
        List<List<Trace>> traces = new ArrayList<>();
        for (int number = firstRound; number <= lastRound; number++) {
            List<Trace> round = new ArrayList<>();
            for (SimulatedNode sender : from) {
                round.add(mesh.publish(sender));
                mesh.network.run(ROUND / from.size());
            }
            traces.add(round);
        }
        mesh.network.run(Network.seconds(10));
        double others = mesh.alive().size() - 1;
        for (int i = 0; i < traces.size(); i++) {
            Round round = rounds.computeIfAbsent(firstRound + i, _ -> new Round());
            for (Trace trace : traces.get(i)) {
                round.redundancy.add(trace.redundancy());
                round.lastHop.add(trace.lastHop());
                round.largestHop.add(trace.largestHop());
                round.lastMillis.add(trace.lastDeliveryMillis());
                round.reached.add(trace.delivered() / others);
            }
        }
    }

    private void row(Rows rows, int number, Round round) {
        int since = number - before;
        if (!SHOWN.contains(number) && !SHOWN.contains(since) && number != before) {
            return;
        }
        rows.row(
                String.format(Locale.ROOT, "%,d", options.nodes()),
                options.views(),
                options.seeds(),
                senders,
                since > 0 ? since + " after " + percent + " % crashed" : number,
                round.redundancy.digits(4),
                round.lastHop.digits(1),
                round.largestHop.digits(1),
                round.lastMillis.digits(0) + " ms",
                round.reached.digits(4));
    }

    private void keep() {
        String series = options.nodes() + " nodes; views " + options.views() + "; "
                + (senders == 1 ? "1 sender" : senders + " senders");
        Points redundancy = Points.in(options.points(), "redundancy");
        Points hops = Points.in(options.points(), "hops");
        redundancy.forget(series);
        hops.forget(series);
        rounds.forEach((number, round) -> {
            redundancy.put(series, number, round.redundancy.value());
            hops.put(series, number, round.lastHop.value());
        });
        redundancy.write();
        hops.write();
    }
}
