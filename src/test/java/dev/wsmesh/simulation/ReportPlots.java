package dev.wsmesh.simulation;

final class ReportPlots {
    private ReportPlots() {}

    static void draw(ReportOptions options) {}
}
