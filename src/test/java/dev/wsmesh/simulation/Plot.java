package dev.wsmesh.simulation;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableMap;
import org.jspecify.annotations.Nullable;

/** Lines or bars as plain SVG that reads well on light and on dark paper. */
final class Plot {
    private static final int WIDTH = 760;
    private static final int LEFT = 76;
    private static final int RIGHT = 32;
    private static final int AREA_HEIGHT = 280;
    private static final int LEGEND_LINE = 18;
    private static final int TITLE_HEIGHT = 40;
    private static final int BOTTOM = 56;
    private static final int COLOURS = 6;
    private static final int MOST_MARKED_POINTS = 24;

    private static final String STYLE = """
            <style>
            .paper{fill:#fff} text{fill:#24292f;font:13px sans-serif} .title{font-size:15px;font-weight:600}
            .axis{stroke:#57606a} .grid{stroke:#d8dee4} .aim{stroke:#cf222e;stroke-dasharray:6 4} .aimtext{fill:#cf222e}
            .line{fill:none;stroke-width:2} .s0{stroke:#0969da;fill:#0969da} .s1{stroke:#bc4c00;fill:#bc4c00}
            .s2{stroke:#1a7f37;fill:#1a7f37} .s3{stroke:#8250df;fill:#8250df} .s4{stroke:#9a6700;fill:#9a6700}
            .s5{stroke:#57606a;fill:#57606a}
            @media (prefers-color-scheme: dark){
            .paper{fill:#0d1117} text{fill:#e6edf3} .axis{stroke:#9198a1} .grid{stroke:#30363d}
            .aim{stroke:#ff7b72} .aimtext{fill:#ff7b72} .s0{stroke:#58a6ff;fill:#58a6ff} .s1{stroke:#f0883e;fill:#f0883e}
            .s2{stroke:#3fb950;fill:#3fb950} .s3{stroke:#bc8cff;fill:#bc8cff} .s4{stroke:#d29922;fill:#d29922}
            .s5{stroke:#9198a1;fill:#9198a1}}
            .line{fill:none}
            </style>
            """;

    private final String title;
    private final Map<String, NavigableMap<Double, Double>> series = new LinkedHashMap<>();
    private String across = "";
    private String up = "";
    private boolean logarithmicAcross;
    private boolean logarithmicUp;
    private boolean bars;
    private double least = Double.POSITIVE_INFINITY;
    private double most = Double.NEGATIVE_INFINITY;
    private @Nullable Double aim;
    private String aimText = "";

    Plot(String title) {
        this.title = title;
    }

    Plot across(String label, boolean logarithmic) {
        across = label;
        logarithmicAcross = logarithmic;
        return this;
    }

    Plot up(String label, boolean logarithmic) {
        up = label;
        logarithmicUp = logarithmic;
        return this;
    }

    /** The values that the upright axis shows in any case. */
    Plot showing(double from, double to) {
        least = Math.min(least, from);
        most = Math.max(most, to);
        return this;
    }

    Plot aim(double value, String text) {
        aim = value;
        aimText = text;
        return showing(value, value);
    }

    Plot bars() {
        bars = true;
        return this;
    }

    Plot series(String name, NavigableMap<Double, Double> values) {
        series.put(name, values);
        return this;
    }

    void write(Path file) {
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            Files.writeString(file, draw());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String draw() {
        int top = TITLE_HEIGHT + LEGEND_LINE * series.size();
        int bottom = top + AREA_HEIGHT;
        int height = bottom + BOTTOM;
        PlotAxis x = axisAcross();
        PlotAxis y = axisUp(bottom, top);
        StringBuilder svg = new StringBuilder();
        add(svg, "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" role=\"img\">", WIDTH, height);
        add(svg, "<title>%s</title>", escaped(title));
        svg.append(STYLE);
        add(svg, "<rect class=\"paper\" width=\"%d\" height=\"%d\"/>", WIDTH, height);
        add(svg, "<text class=\"title\" x=\"16\" y=\"26\">%s</text>", escaped(title));
        drawAxes(svg, x, y, top, bottom);
        drawAim(svg, y);
        int index = 0;
        for (Map.Entry<String, NavigableMap<Double, Double>> each : series.entrySet()) {
            drawLegend(svg, each.getKey(), index);
            if (bars) {
                drawBars(svg, each.getValue(), index, x, y);
            } else {
                drawLine(svg, each.getValue(), index, x, y);
            }
            index++;
        }
        return svg.append("</svg>\n").toString();
    }

    private PlotAxis axisAcross() {
        double from = Double.POSITIVE_INFINITY;
        double to = Double.NEGATIVE_INFINITY;
        for (NavigableMap<Double, Double> values : series.values()) {
            from = Math.min(from, values.firstKey());
            to = Math.max(to, values.lastKey());
        }
        if (bars) {
            return new PlotAxis(across, false, from - 1, to + 1, LEFT, WIDTH - RIGHT);
        }
        return PlotAxis.around(across, logarithmicAcross, from, to, LEFT, WIDTH - RIGHT);
    }

    private PlotAxis axisUp(int bottom, int top) {
        double from = least;
        double to = most;
        for (NavigableMap<Double, Double> values : series.values()) {
            for (double value : values.values()) {
                from = Math.min(from, value);
                to = Math.max(to, value);
            }
        }
        return PlotAxis.around(up, logarithmicUp, from, to, bottom, top);
    }

    private static void drawAxes(StringBuilder svg, PlotAxis x, PlotAxis y, int top, int bottom) {
        for (double tick : y.ticks()) {
            double at = y.pixel(tick);
            add(svg, "<path class=\"grid\" d=\"M%d %.1fH%d\"/>", LEFT, at, WIDTH - RIGHT);
            add(svg, "<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%s</text>", LEFT - 8, at + 4, PlotAxis.text(tick));
        }
        for (double tick : x.ticks()) {
            double at = x.pixel(tick);
            add(svg, "<path class=\"axis\" d=\"M%.1f %dv5\"/>", at, bottom);
            add(
                    svg,
                    "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%s</text>",
                    at,
                    bottom + 20,
                    PlotAxis.text(tick));
        }
        add(svg, "<path class=\"axis\" fill=\"none\" d=\"M%d %dV%dH%d\"/>", LEFT, top, bottom, WIDTH - RIGHT);
        int middle = (top + bottom) / 2;
        int centre = (LEFT + WIDTH - RIGHT) / 2;
        add(svg, "<text x=\"%d\" y=\"%d\" text-anchor=\"middle\">%s</text>", centre, bottom + 44, escaped(x.label()));
        add(
                svg,
                "<text transform=\"translate(18 %d) rotate(-90)\" text-anchor=\"middle\">%s</text>",
                middle,
                escaped(y.label()));
    }

    private void drawAim(StringBuilder svg, PlotAxis y) {
        if (aim != null) {
            double at = y.pixel(aim);
            add(svg, "<path class=\"aim\" d=\"M%d %.1fH%d\"/>", LEFT, at, WIDTH - RIGHT);
            add(
                    svg,
                    "<text class=\"aimtext\" x=\"%d\" y=\"%.1f\" text-anchor=\"start\">%s</text>",
                    LEFT + 8,
                    at + 15,
                    escaped(aimText));
        }
    }

    private static void drawLegend(StringBuilder svg, String name, int index) {
        int at = TITLE_HEIGHT + LEGEND_LINE * index;
        add(svg, "<rect class=\"s%d\" x=\"%d\" y=\"%d\" width=\"18\" height=\"4\"/>", index % COLOURS, LEFT, at + 2);
        add(svg, "<text x=\"%d\" y=\"%d\">%s</text>", LEFT + 26, at + 8, escaped(name));
    }

    private static void drawLine(
            StringBuilder svg, NavigableMap<Double, Double> values, int index, PlotAxis x, PlotAxis y) {
        List<String> points = new ArrayList<>();
        values.forEach((at, value) -> points.add(String.format(Locale.ROOT, "%.1f,%.1f", x.pixel(at), y.pixel(value))));
        int colour = index % COLOURS;
        add(svg, "<polyline class=\"s%d line\" points=\"%s\"/>", colour, String.join(" ", points));
        if (points.size() <= MOST_MARKED_POINTS) {
            values.forEach((at, value) -> add(
                    svg,
                    "<circle class=\"s%d\" cx=\"%.1f\" cy=\"%.1f\" r=\"3\"/>",
                    colour,
                    x.pixel(at),
                    y.pixel(value)));
        }
    }

    private void drawBars(StringBuilder svg, NavigableMap<Double, Double> values, int index, PlotAxis x, PlotAxis y) {
        double slot = (x.pixel(1) - x.pixel(0)) * 0.8;
        double width = slot / series.size();
        values.forEach((at, value) -> add(
                svg,
                "<rect class=\"s%d\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\"/>",
                index % COLOURS,
                x.pixel(at) - slot / 2 + index * width,
                y.pixel(value),
                width * 0.9,
                y.pixel(y.from()) - y.pixel(value)));
    }

    @SuppressWarnings("AnnotateFormatMethod")
    private static void add(StringBuilder svg, String format, Object... values) {
        svg.append(String.format(Locale.ROOT, format, values)).append('\n');
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;");
    }
}
