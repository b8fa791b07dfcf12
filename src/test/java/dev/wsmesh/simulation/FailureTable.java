package dev.wsmesh.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Crashes a share of the nodes in one instant and broadcasts from random survivors, in that instant and again and again, until
 * all of it arrives within a second. Nobody is restarted, and the only configured peer of all is among the dead, unless
 * {@code contact=alive}: so no survivor is helped by its configuration.
 */
final class FailureTable {
    private static final int BROADCASTS = 10;
    /** A round of membership, in the papers, is one period of the shuffle. */
    private static final double ROUND_SECONDS = 30;
    /** So many samples in a row without a miss, and the mesh counts as healed. */
    private static final int WHOLE_SAMPLES = 3;

    private final Average atOnce = new Average();
    private final Average afterTenSeconds = new Average();
    private final Average inTheEnd = new Average();
    private final Average firstOnesInTheEnd = new Average();
    private final Average healedAfterSeconds = new Average();
    private final Average acquaintance = new Average();
    private final Average knowingNobody = new Average();
    private final Average component = new Average();
    private int neverHealed;

    private FailureTable() {}

    static void print(ReportOptions options) {
        Rows rows = new Rows(
                options,
                "nodes",
                "views",
                "seeds",
                "crashed",
                "reached within a second, at once",
                "10 s later",
                "the first broadcasts, in the end",
                "100 % again after",
                "in rounds",
                "survivors that know no survivor",
                "largest component of who knows whom",
                "largest component in the end",
                "reached in the end");
        Points points = Points.in(options.points(), "failures");
        for (int percent : options.numbers("percent", "10,20,30,40,50,60,70,80,90,95")) {
            FailureTable table = new FailureTable();
            for (long seed = 1; seed <= options.seeds(); seed++) {
                table.measure(MeasuredMesh.of(options, options.nodes(), seed), percent, options);
            }
            table.row(rows, options, percent);
            String contact = sparesContact(options) ? "; contact alive" : "";
            String series = options.nodes() + " nodes; views " + options.views() + contact;
            points.put(series + "; at once", percent, 100 * table.atOnce.value());
            points.put(series + "; 10 s later", percent, 100 * table.afterTenSeconds.value());
            points.write();
        }
        rows.end();
    }

    private static boolean sparesContact(ReportOptions options) {
        return options.text("contact", "dead").equals("alive");
    }

    private void row(Rows rows, ReportOptions options, int percent) {
        String healed = healedAfterSeconds.count() == 0 ? "not" : healedAfterSeconds.withRange(0) + " s";
        String rounds = healedAfterSeconds.count() == 0
                ? "not"
                : String.format(Locale.ROOT, "%.1f", healedAfterSeconds.value() / ROUND_SECONDS);
        rows.row(
                String.format(Locale.ROOT, "%,d", options.nodes()),
                options.views(),
                options.seeds(),
                percent + " %",
                atOnce.withRange(4),
                afterTenSeconds.withRange(4),
                firstOnesInTheEnd.withRange(4),
                neverHealed == 0 ? healed : healed + "; " + neverHealed + " of " + options.seeds() + " seeds not",
                rounds,
                String.format(Locale.ROOT, "%.2f %%", 100 * knowingNobody.value()),
                acquaintance.withRange(4),
                component.withRange(4),
                inTheEnd.withRange(4));
    }

    private void measure(MeasuredMesh mesh, int percent, ReportOptions options) {
        int until = options.number("until", 120);
        mesh.crash(percent, sparesContact(options));
        knowingNobody.add(OverlayGraph.knowingNobody(mesh));
        acquaintance.add(OverlayGraph.ofAcquaintance(mesh).largestComponent());
        List<Trace> first = new ArrayList<>();
        int second = 0;
        int whole = 0;
        int healedAt = -1;
        double reached = 0;
        while (second < until && whole < WHOLE_SAMPLES) {
            List<Trace> sample = second == 0 ? first : new ArrayList<>();
            reached = reach(mesh, sample);
            if (second == 0) {
                atOnce.add(reached);
            }
            if (second == 10) {
                afterTenSeconds.add(reached);
            }
            healedAt = whole == 0 ? second : healedAt;
            whole = reached >= 1 ? whole + 1 : 0;
            int pause = second < 10 ? 1 : 10;
            mesh.network.run(Network.seconds(pause - 1));
            second += pause;
        }
        if (second <= 10) {
            afterTenSeconds.add(reached);
        }
        if (whole == WHOLE_SAMPLES) {
            healedAfterSeconds.add(healedAt);
        } else {
            neverHealed++;
        }
        inTheEnd.add(reached);
        firstOnesInTheEnd.add(share(mesh, first));
        component.add(OverlayGraph.of(mesh).largestComponent());
    }

    private static double reach(MeasuredMesh mesh, List<Trace> sample) {
        List<SimulatedNode> alive = mesh.alive();
        for (int i = 0; i < BROADCASTS; i++) {
            sample.add(mesh.publish(alive.get(mesh.dice.nextInt(alive.size()))));
        }
        mesh.network.run(Network.seconds(1));
        return share(mesh, sample);
    }

    private static double share(MeasuredMesh mesh, List<Trace> traces) {
        double others = mesh.alive().size() - 1;
        return traces.stream()
                .mapToDouble(trace -> trace.delivered() / others)
                .average()
                .orElse(0);
    }
}
