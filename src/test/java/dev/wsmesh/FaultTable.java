package dev.wsmesh;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What the ledgers said after each fault, of all classes of a run together: {@code target/faults.md}. */
final class FaultTable {

    private static final StringBuilder rows = new StringBuilder(LedgerVerdict.HEAD);

    private FaultTable() {}

    static StringBuilder rows() {
        return rows;
    }

    /** Each class writes what there is by then. */
    static void write() throws IOException {
        System.out.println(rows);
        Files.writeString(Path.of("target", "faults.md"), rows);
    }
}
