package dev.wsmesh.simulation;

import dev.wsmesh.protocol.Settings.Membership;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What the command line of {@link Report} asks for: a table, and values by name. */
record ReportOptions(String table, Map<String, String> values) {
    static ReportOptions parse(String... arguments) {
        if (arguments.length == 0) {
            throw new IllegalArgumentException("which table?");
        }
        Map<String, String> values = new LinkedHashMap<>();
        for (String argument : Arrays.asList(arguments).subList(1, arguments.length)) {
            int equals = argument.indexOf('=');
            if (equals < 0) {
                throw new IllegalArgumentException("name=value expected: " + argument);
            }
            values.put(argument.substring(0, equals), argument.substring(equals + 1));
        }
        return new ReportOptions(arguments[0], values);
    }

    String text(String name, String otherwise) {
        return values.getOrDefault(name, otherwise);
    }

    int number(String name, int otherwise) {
        return Integer.parseInt(text(name, Integer.toString(otherwise)));
    }

    List<Integer> numbers(String name, String otherwise) {
        return Arrays.stream(text(name, otherwise).split(",", -1))
                .map(Integer::valueOf)
                .toList();
    }

    int nodes() {
        return number("nodes", 128);
    }

    int seeds() {
        return number("seeds", 3);
    }

    int settleSeconds() {
        return number("settle", 90);
    }

    /** As they are written in the tables: active / passive. */
    String views() {
        Membership usual = Membership.DEFAULT;
        return text("views", usual.activeView() + "/" + usual.passiveView());
    }

    Membership membership() {
        String[] sizes = views().split("/", -1);
        return Membership.DEFAULT.withViews(Integer.parseInt(sizes[0]), Integer.parseInt(sizes[1]));
    }

    Path points() {
        return Path.of(text("points", "docs/simulation"));
    }

    /** The command that makes this table again, as it is written beside it. */
    String command() {
        StringBuilder command = new StringBuilder("Report ").append(table);
        values.forEach(
                (name, value) -> command.append(' ').append(name).append('=').append(value));
        return command.toString();
    }
}
