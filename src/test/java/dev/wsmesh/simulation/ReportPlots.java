package dev.wsmesh.simulation;

import java.util.function.Predicate;

/** Draws every plot of docs/SIMULATION.md from the points that the tables have left. */
final class ReportPlots {
    private final ReportOptions options;

    private ReportPlots(ReportOptions options) {
        this.options = options;
    }

    static void draw(ReportOptions options) {
        ReportPlots plots = new ReportPlots(options);
        plots.write(
                "failures",
                "failures",
                new Plot("Broadcasts right after a failure: share of the survivors reached within a second")
                        .across("nodes that crashed at once, %", false)
                        .up("reached, %", false)
                        .showing(90, 100),
                name -> name.endsWith("at once") && !name.contains("contact alive"));
        plots.write(
                "degrees",
                "degrees",
                new Plot("Degrees of the overlay")
                        .across("neighbours", false)
                        .up("nodes, %", false)
                        .showing(0, 100)
                        .bars(),
                _ -> true);
        plots.write(
                "redundancy",
                "redundancy",
                new Plot("Relative message redundancy; half of the nodes crash on the way")
                        .across("broadcast of each sender", false)
                        .up("payload messages beyond one per delivery", false)
                        .showing(0, 0),
                _ -> true);
        plots.write(
                "hops",
                "hops",
                new Plot("Last-delivery hop; half of the nodes crash on the way")
                        .across("broadcast of each sender", false)
                        .up("hops to the last node", false)
                        .showing(0, 0),
                _ -> true);
        plots.write(
                "sends",
                "sends",
                new Plot("Payload sends per delivery, once the trees stand")
                        .across("nodes", true)
                        .up("sends per delivery", false)
                        .showing(1, 1)
                        .aim(1.05, "aim: at most 1.05"),
                _ -> true);
        plots.write(
                "control",
                "control",
                new Plot("Control bytes per byte of payload (128 B each)")
                        .across("messages/s", true)
                        .up("control, % of payload", true)
                        .aim(2, "aim at 10,000/s: at most 2 %"),
                _ -> true);
        plots.write(
                "state",
                "state",
                new Plot("State of a node that knows no stream")
                        .across("nodes", true)
                        .up("bytes", false)
                        .showing(0, 0),
                _ -> true);
    }

    private void write(String points, String file, Plot plot, Predicate<String> wanted) {
        boolean[] any = {false};
        Points.in(options.points(), points).series().forEach((name, values) -> {
            if (wanted.test(name)) {
                plot.series(name, values);
                any[0] = true;
            }
        });
        if (any[0]) {
            plot.write(options.points().resolve(file + ".svg"));
        }
    }
}
