package dev.wsmesh.simulation;

/**
 * Measures what the papers measure, and prints rows for docs/SIMULATION.md, each table with the command that made it. What the
 * plots need is added to files of points, from which {@code plots} draws.
 *
 * <pre>
 * Report overlay    nodes=10000 views=5/30 seeds=1
 * Report failures   nodes=10000 views=5/30 seeds=1 percent=10,50,95 contact=dead
 * Report redundancy nodes=10000 views=5/30 seeds=1 senders=1 broadcasts=100 percent=50
 * Report sends      nodes=3,8,32 senders=1
 * Report control    nodes=8 senders=1 rate=1,100,10000
 * Report state      nodes=8,1000 streams=0,100
 * Report plots
 * </pre>
 *
 * <p>All take {@code seeds=} (how many, from 1 on), {@code views=} (active and passive), {@code settle=} (virtual seconds
 * between the last join and the measurement) and {@code points=} (the directory for the points).
 */
final class Report {
    private Report() {}

    public static void main(String[] arguments) {
        ReportOptions options = ReportOptions.parse(arguments);
        switch (options.table()) {
            case "overlay" -> OverlayTable.print(options);
            case "failures" -> FailureTable.print(options);
            case "redundancy" -> RedundancyTable.print(options);
            case "sends" -> SendsTable.print(options);
            case "control" -> ControlTable.print(options);
            case "state" -> StateTable.print(options);
            case "plots" -> ReportPlots.draw(options);
            default -> throw new IllegalArgumentException("no such table: " + options.table());
        }
    }
}
