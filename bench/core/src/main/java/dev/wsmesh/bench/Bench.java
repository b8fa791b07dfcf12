package dev.wsmesh.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The driver: one run of one system, or with {@code --systems} several in turn over some rounds and a table. */
public final class Bench {

    private static final List<String> COLUMNS = List.of("deliveries_s", "mb_s", "cpu_s_per_million", "rss_mib", "lost", "told", "duplicates",
            "out_of_order", "p50_us", "p99_us", "p999_us", "max_us");
    private static final List<String> RATIOS = List.of("deliveries_s", "cpu_s_per_million", "p50_us", "p99_us");

    private Bench() {
    }

    public static void main(String[] args) throws IOException, InterruptedException {
        try {
            run(new Options(args));
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage());
            System.exit(2);
        }
    }

    private static void run(Options options) throws IOException, InterruptedException {
        Map<String, SystemSpec> all = SystemSpec.all();
        String list = options.get("systems", options.get("system", ""));
        List<SystemSpec> chosen = list.equals("all") ? List.copyOf(all.values()) : Arrays.stream(list.split(",")).map(name -> {
            if (!all.containsKey(name)) {
                throw new IllegalArgumentException("no system '" + name + "', there are " + String.join(",", all.keySet()));
            }
            return all.get(name);
        }).toList();

        Path out = Path.of(options.get("out", SystemSpec.HOME.resolve("results.jsonl").toString()));
        Map<String, List<Result>> results = new LinkedHashMap<>();
        String cache = options.oneOf("aot", "no", "yes", "kept");
        for (SystemSpec system : chosen) {
            if (cache.equals("yes") || cache.equals("kept") && !Files.exists(system.cache())) {
                train(system, options);
            }
        }
        List<SystemSpec> order = new ArrayList<>(chosen);
        for (int round = 0; round < options.get("rounds", 1); round++, Collections.rotate(order, -1)) {
            for (SystemSpec system : order) {
                Result result = Run.of(system, options);
                System.out.println(result.line());
                Files.writeString(out, result.json() + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
                results.computeIfAbsent(system.name(), _ -> new ArrayList<>()).add(result);
            }
        }
        if (!options.get("systems", "").isEmpty()) {
            table(results, options.get("baseline", chosen.getFirst().name()));
        }
    }

    /** The others are measured all the same; the runs of one that has no cache end with an error. */
    private static void train(SystemSpec system, Options options) throws InterruptedException {
        try {
            Run.train(system, options);
        } catch (IOException | IllegalStateException e) {
            System.err.println(system.name() + " could not be trained: " + e.getMessage());
        }
    }

    private static void table(Map<String, List<Result>> results, String baseline) {
        StringBuilder head = new StringBuilder("\n%-18s %4s".formatted("medians", "ok"));
        COLUMNS.forEach(column -> head.append(" %12s".formatted(column.replace("cpu_s_per_million", "cpu_s/M"))));
        RATIOS.forEach(column -> head.append(" %10s".formatted("x " + column.replaceAll("_.*", ""))));
        System.out.println(head + "   (x: ratio to " + baseline + ")");
        results.forEach((name, runs) -> {
            long good = runs.stream().filter(r -> !r.has("error")).count();
            StringBuilder row = new StringBuilder("%-18s %4s".formatted(name, good + "/" + runs.size()));
            COLUMNS.forEach(column -> row.append(" %,12.1f".formatted(median(runs, column))));
            RATIOS.forEach(column -> row.append(" %10.2f".formatted(
                    median(runs, column) / median(results.getOrDefault(baseline, List.of()), column))));
            System.out.println(row);
        });
    }

    /** Of the runs which have the value; NaN if none has. */
    private static double median(List<Result> runs, String column) {
        double[] sorted = runs.stream().mapToDouble(r -> r.number(column)).filter(v -> !Double.isNaN(v)).sorted().toArray();
        int n = sorted.length;
        return n == 0 ? Double.NaN : (sorted[(n - 1) / 2] + sorted[n / 2]) / 2;
    }
}
