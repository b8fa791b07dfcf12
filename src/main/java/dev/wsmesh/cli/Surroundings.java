package dev.wsmesh.cli;

import java.io.InputStream;
import java.io.PrintWriter;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a command has besides its arguments. */
record Surroundings(Map<String, String> environment, InputStream in, PrintWriter out, PrintWriter err) {

    /** A variable of the environment; null if it is not set, or blank. */
    @Nullable
    String variable(String name) {
        String value = environment.get(name);
        return value == null || value.isBlank() ? null : value.strip();
    }

    /** Says something to the person at the terminal that is not part of the result. */
    void remark(String text) {
        err.println("wsmesh: " + text);
        err.flush();
    }
}
