package dev.wsmesh.simulation;

import dev.wsmesh.protocol.Counter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** How often a record is sent per node that it is delivered to, once the trees stand: 1 is the least possible. */
final class SendsTable {
    private static final int WARM_UP = 50;
    private static final int MEASURED = 50;
    private static final long INTERVAL = Network.millis(200);

    private final Average sends = new Average();
    private final Average reached = new Average();
    private final Average linksMade = new Average();

    private SendsTable() {}

    static void print(ReportOptions options) {
        Rows rows = new Rows(
                options,
                "nodes",
                "views",
                "seeds",
                "senders",
                "payload sends per delivery",
                "reached",
                "links made meanwhile");
        Points points = Points.in(options.points(), "sends");
        String senders = options.text("senders", "1");
        for (int nodes : options.numbers("nodes", "3,8,32,128")) {
            SendsTable table = new SendsTable();
            int count = senders.equals("all") ? nodes : Integer.parseInt(senders);
            for (long seed = 1; seed <= options.seeds(); seed++) {
                table.measure(MeasuredMesh.of(options, nodes, seed), count);
            }
            rows.row(
                    String.format(Locale.ROOT, "%,d", nodes),
                    options.views(),
                    options.seeds(),
                    count,
                    table.sends.withRange(4),
                    table.reached.digits(4),
                    table.linksMade.digits(0));
            String series = (senders.equals("all")
                            ? "every node sends"
                            : senders.equals("1") ? "one sender" : senders + " senders")
                    + "; views " + options.views();
            points.put(series, nodes, table.sends.value());
            points.write();
        }
        rows.end();
    }

    private void measure(MeasuredMesh mesh, int senders) {
        broadcast(mesh, senders, WARM_UP);
        long linksBefore = links(mesh);
        List<Trace> traces = broadcast(mesh, senders, MEASURED);
        linksMade.add((double) (links(mesh) - linksBefore));
        double delivered = traces.stream().mapToDouble(Trace::delivered).sum();
        sends.add(traces.stream().mapToDouble(Trace::sends).sum() / delivered);
        reached.add(delivered / traces.size() / (mesh.size - 1));
    }

    private static List<Trace> broadcast(MeasuredMesh mesh, int senders, int rounds) {
        List<Trace> traces = new ArrayList<>();
        for (int round = 0; round < rounds; round++) {
            for (int sender = 0; sender < senders; sender++) {
                traces.add(mesh.publish(mesh.network.nodes.get(mesh.size - 1 - sender)));
            }
            mesh.network.run(INTERVAL);
        }
        mesh.network.run(Network.seconds(3));
        return traces;
    }

    private static long links(MeasuredMesh mesh) {
        return mesh.network.nodes.stream()
                        .mapToLong(node -> node.protocol().counted(Counter.LINKS_UP))
                        .sum()
                / 2;
    }
}
