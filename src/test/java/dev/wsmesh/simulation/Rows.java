package dev.wsmesh.simulation;

import java.util.List;

/** A table in Markdown, each row printed as soon as it is known, and below it the command. */
final class Rows {
    private final ReportOptions options;
    private final long began = System.nanoTime();

    Rows(ReportOptions options, String... heads) {
        this.options = options;
        row(List.of(heads).toArray());
        row(List.of(heads).stream().map(_ -> "---").toArray());
    }

    void row(Object... cells) {
        StringBuilder row = new StringBuilder("|");
        for (Object cell : cells) {
            row.append(' ').append(cell).append(" |");
        }
        System.out.println(row);
    }

    void end() {
        long seconds = (System.nanoTime() - began) / 1_000_000_000;
        long heapMebibytes = Runtime.getRuntime().totalMemory() >> 20;
        System.out.println("\n`" + options.command() + "` (" + seconds + " s, a heap of " + heapMebibytes + " MiB)\n");
    }
}
