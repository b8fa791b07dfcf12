package dev.wsmesh.cli;

import dev.wsmesh.node.LogText;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Rows for people. */
final class Table {

    private static final String GAP = "  ";
    private static final String NOTHING = "-";

    private final List<List<String>> rows = new ArrayList<>();

    Table(String... headings) {
        add(List.of(headings).stream()
                .map(heading -> heading.toUpperCase(Locale.ROOT))
                .toList());
    }

    /** Adds a row; what is empty in it is shown as a dash. */
    void add(List<String> cells) {
        rows.add(cells.stream()
                .map(cell -> cell.isEmpty() ? NOTHING : LogText.oneLine(cell))
                .toList());
    }

    void print(PrintWriter out) {
        int columns = rows.getFirst().size();
        int[] widths = new int[columns];
        for (List<String> row : rows) {
            for (int i = 0; i < columns; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < columns; i++) {
                boolean last = i == columns - 1;
                line.append(row.get(i))
                        .append(last ? "" : " ".repeat(widths[i] - row.get(i).length()) + GAP);
            }
            out.println(line.toString().stripTrailing());
        }
        out.flush();
    }
}
