package dev.wsmesh.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** One direction of a plot: from values to pixels, linear or by powers of ten. */
record PlotAxis(String label, boolean logarithmic, double from, double to, double fromPixel, double toPixel) {
    private static final int ABOUT_TICKS = 6;
    private static final double[] NICE = {1, 2, 2.5, 5, 10};

    /** An axis with round ends around these values. */
    static PlotAxis around(
            String label, boolean logarithmic, double least, double most, double fromPixel, double toPixel) {
        if (logarithmic) {
            double from = Math.pow(10, Math.floor(Math.log10(least) + 1e-9));
            double to = Math.max(10 * from, Math.pow(10, Math.ceil(Math.log10(most) - 1e-9)));
            return new PlotAxis(label, true, from, to, fromPixel, toPixel);
        }
        double step = step(least, most);
        double from = Math.floor(least / step + 1e-9) * step;
        double to = Math.max(from + step, Math.ceil(most / step - 1e-9) * step);
        return new PlotAxis(label, false, from, to, fromPixel, toPixel);
    }

    double pixel(double value) {
        double share = logarithmic
                ? (Math.log10(value) - Math.log10(from)) / (Math.log10(to) - Math.log10(from))
                : (value - from) / (to - from);
        return fromPixel + share * (toPixel - fromPixel);
    }

    List<Double> ticks() {
        List<Double> ticks = new ArrayList<>();
        if (logarithmic) {
            for (double tick = from; tick <= to * 1.001; tick *= 10) {
                ticks.add(tick);
            }
            return ticks;
        }
        double step = step(from, to);
        for (int i = 0; from + i * step <= to + step / 1000; i++) {
            ticks.add(from + i * step);
        }
        return ticks;
    }

    /** As short as the value allows. */
    static String text(double value) {
        if (Math.abs(value - Math.rint(value)) < 1e-9) {
            return String.format(Locale.ROOT, "%,.0f", value);
        }
        return String.format(Locale.ROOT, "%.4f", value).replaceAll("0+$", "");
    }

    private static double step(double least, double most) {
        double rough = (most > least ? most - least : 1) / ABOUT_TICKS;
        double magnitude = Math.pow(10, Math.floor(Math.log10(rough)));
        for (double nice : NICE) {
            if (nice * magnitude >= rough * 0.999) {
                return nice * magnitude;
            }
        }
        return 10 * magnitude;
    }
}
