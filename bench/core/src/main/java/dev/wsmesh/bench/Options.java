package dev.wsmesh.bench;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** The command line: {@code --name value} pairs; {@code --opt name=value} goes to the adapter and may be repeated. */
final class Options {

    private static final Set<String> KNOWN = Set.of("system", "systems", "rounds", "baseline", "out", "mode", "rate", "nodes", "size", "warm",
            "seconds", "messages", "limit", "jvm", "aot", "profile");

    private final Map<String, String> values = new LinkedHashMap<>();
    final Map<String, String> adapter = new HashMap<>();

    Options(String... args) {
        for (int i = 0; i < args.length; i += 2) {
            if (!args[i].startsWith("--") || i + 1 == args.length) {
                throw new IllegalArgumentException("not --name value: " + args[i]);
            }
            if (args[i].equals("--opt")) {
                String[] option = args[i + 1].split("=", 2);
                adapter.put(option[0], option[1]);
            } else if (!KNOWN.contains(args[i].substring(2))) {
                throw new IllegalArgumentException("no option " + args[i] + "; there are --opt name=value and --"
                        + String.join(", --", new TreeSet<>(KNOWN)));
            } else {
                values.put(args[i].substring(2), args[i + 1]);
            }
        }
    }

    String get(String name, String otherwise) {
        return values.getOrDefault(name, otherwise);
    }

    /** @param values the first is the default */
    String oneOf(String name, String... values) {
        String value = get(name, values[0]);
        if (!List.of(values).contains(value)) {
            throw new IllegalArgumentException("--" + name + " " + value + ": it is one of " + String.join(", ", values));
        }
        return value;
    }

    boolean has(String name) {
        return values.containsKey(name);
    }

    int get(String name, int otherwise) {
        try {
            return has(name) ? Integer.parseInt(values.get(name)) : otherwise;
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("--" + name + " " + values.get(name) + ": not a number", e);
        }
    }
}
