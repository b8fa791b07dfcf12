package dev.wsmesh.simulation;

import dev.wsmesh.protocol.Counter;
import java.util.Locale;
import java.util.TreeMap;

/** Degrees, clustering and path lengths once the mesh stands, and what it still does when nobody uses it. */
final class OverlayTable {
    private static final int PATH_SOURCES = 50;
    private static final int IDLE_SECONDS = 30;

    private final Average degree = new Average();
    private final Average leastDegree = new Average();
    private final Average fullShare = new Average();
    private final Average clustering = new Average();
    private final Average path = new Average();
    private final Average component = new Average();
    private final Average passive = new Average();
    private final Average dials = new Average();
    private final TreeMap<Integer, Average> degrees = new TreeMap<>();

    private OverlayTable() {}

    static void print(ReportOptions options) {
        Rows rows = new Rows(
                options,
                "nodes",
                "views",
                "seeds",
                "degree",
                "least degree",
                "with a full view",
                "clustering coefficient",
                "average shortest path",
                "largest component",
                "candidates known",
                "dials per node and minute, idle");
        for (int nodes : options.numbers("nodes", "128")) {
            OverlayTable table = new OverlayTable();
            for (long seed = 1; seed <= options.seeds(); seed++) {
                table.measure(MeasuredMesh.of(options, nodes, seed), options);
            }
            rows.row(
                    String.format(Locale.ROOT, "%,d", nodes),
                    options.views(),
                    options.seeds(),
                    table.degree.digits(2),
                    table.leastDegree.digits(0),
                    table.fullShare.digits(1) + " %",
                    table.clustering.digits(5),
                    table.path.withRange(3),
                    table.component.digits(2) + " %",
                    table.passive.digits(1),
                    table.dials.digits(2));
            table.keep(options, nodes);
        }
        rows.end();
    }

    private void measure(MeasuredMesh mesh, ReportOptions options) {
        OverlayGraph graph = OverlayGraph.of(mesh);
        degree.add(graph.averageDegree());
        leastDegree.add(graph.degrees().firstKey());
        int wanted = Math.min(options.membership().activeView(), mesh.size - 1);
        graph.degrees()
                .forEach((each, count) ->
                        degrees.computeIfAbsent(each, _ -> new Average()).add(count));
        fullShare.add(100.0
                * graph.degrees().tailMap(wanted, true).values().stream()
                        .mapToInt(Integer::intValue)
                        .sum()
                / mesh.size);
        clustering.add(graph.clustering());
        path.add(graph.averagePath(PATH_SOURCES, mesh.dice));
        component.add(100 * graph.largestComponent());
        passive.add(mesh.network.nodes.stream()
                .mapToInt(node -> node.protocol().view().passive().size())
                .average()
                .orElse(0));
        long before = dialsOf(mesh);
        mesh.network.run(Network.seconds(IDLE_SECONDS));
        dials.add((dialsOf(mesh) - before) * 60.0 / IDLE_SECONDS / mesh.size);
    }

    private static long dialsOf(MeasuredMesh mesh) {
        return mesh.network.nodes.stream()
                .mapToLong(node -> node.protocol().counted(Counter.DIALS))
                .sum();
    }

    private void keep(ReportOptions options, int nodes) {
        Points points = Points.in(options.points(), "degrees");
        String series = nodes + " nodes; views " + options.views();
        points.forget(series);
        degrees.forEach((each, counted) ->
                points.put(series, each, 100 * counted.value() * counted.count() / options.seeds() / nodes));
        points.write();
    }
}
