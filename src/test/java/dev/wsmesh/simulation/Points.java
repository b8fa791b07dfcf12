package dev.wsmesh.simulation;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/** What a plot shows, kept in a file, because one run of the report measures only a part of it. Lines of: series, x, y. */
final class Points {
    private final Path file;
    private final Map<String, NavigableMap<Double, Double>> series = new LinkedHashMap<>();

    private Points(Path file) {
        this.file = file;
    }

    static Points in(Path directory, String name) {
        Points points = new Points(directory.resolve(name + ".csv"));
        points.read();
        return points;
    }

    Map<String, NavigableMap<Double, Double>> series() {
        return series;
    }

    void put(String name, double x, double y) {
        series.computeIfAbsent(name, _ -> new TreeMap<>()).put(x, y);
    }

    void forget(String name) {
        series.remove(name);
    }

    void write() {
        List<String> lines = new ArrayList<>();
        series.forEach((name, values) -> values.forEach((x, y) -> lines.add(name + "," + x + "," + y)));
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            Files.write(file, lines);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void read() {
        if (!Files.exists(file)) {
            return;
        }
        try {
            for (String line : Files.readAllLines(file)) {
                String[] cells = line.split(",", -1);
                put(cells[0], Double.parseDouble(cells[1]), Double.parseDouble(cells[2]));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
