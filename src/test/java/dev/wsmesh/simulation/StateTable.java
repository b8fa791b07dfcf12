package dev.wsmesh.simulation;

import java.util.List;
import java.util.Locale;

/** What a node keeps in memory: without streams, per stream, and per stream whose records are gone again. */
final class StateTable {
    private static final int SAMPLED = 20;
    /** Longer than the retention, shorter than twice of it: records are evicted, and the streams are still known. */
    private static final int AFTER_RETENTION_SECONDS = 150;

    private final Average idle = new Average();
    private final Average perStream = new Average();
    private final Average perEmptyStream = new Average();

    private StateTable() {}

    static void print(ReportOptions options) {
        int records = options.number("records", 1);
        Rows rows = new Rows(
                options,
                "nodes",
                "views",
                "seeds",
                "bytes per node without streams",
                "streams",
                "bytes more per stream with " + records + " record(s) retained",
                "bytes per stream whose records are evicted");
        Points points = Points.in(options.points(), "state");
        for (int nodes : options.numbers("nodes", "8,128,1000")) {
            for (int streams : options.numbers("streams", "8")) {
                StateTable table = new StateTable();
                for (long seed = 1; seed <= options.seeds(); seed++) {
                    table.measure(MeasuredMesh.of(options, nodes, seed), streams, records);
                }
                rows.row(
                        String.format(Locale.ROOT, "%,d", nodes),
                        options.views(),
                        options.seeds(),
                        table.idle.withRange(0),
                        streams,
                        table.perStream.digits(0),
                        table.perEmptyStream.digits(0));
                points.put("without streams; views " + options.views(), nodes, table.idle.value());
                points.write();
            }
        }
        rows.end();
    }

    private void measure(MeasuredMesh mesh, int streams, int records) {
        double without = bytes(mesh);
        idle.add(without);
        if (streams == 0) {
            return;
        }
        for (int record = 0; record < records; record++) {
            for (int sender = 0; sender < streams; sender++) {
                mesh.publish(mesh.network.nodes.get(sender));
                mesh.network.run(Network.millis(1));
            }
        }
        mesh.network.run(Network.seconds(2));
        perStream.add((bytes(mesh) - without) / streams);
        mesh.network.run(Network.seconds(AFTER_RETENTION_SECONDS));
        perEmptyStream.add((bytes(mesh) - without) / streams);
    }

    private static double bytes(MeasuredMesh mesh) {
        List<SimulatedNode> nodes = mesh.network.nodes;
        Average average = new Average();
        int step = Math.max(1, nodes.size() / SAMPLED);
        for (int i = 0; i < nodes.size(); i += step) {
            average.add((double) StateSize.of(nodes.get(i).protocol()));
        }
        return average.value();
    }
}
