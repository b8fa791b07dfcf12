package dev.wsmesh.simulation;

import java.util.Locale;

/** Of one figure over the seeds. */
final class Average {
    private int count;
    private double sum;
    private double least = Double.POSITIVE_INFINITY;
    private double most = Double.NEGATIVE_INFINITY;

    void add(double value) {
        count++;
        sum += value;
        least = Math.min(least, value);
        most = Math.max(most, value);
    }

    int count() {
        return count;
    }

    double value() {
        return count == 0 ? Double.NaN : sum / count;
    }

    double least() {
        return least;
    }

    double most() {
        return most;
    }

    String digits(int digits) {
        return count == 0 ? "-" : String.format(Locale.ROOT, "%,." + digits + "f", value());
    }

    /** The average, and how far the seeds are apart where they differ in these digits. */
    String withRange(int digits) {
        String format = "%,." + digits + "f";
        String from = String.format(Locale.ROOT, format, least);
        String to = String.format(Locale.ROOT, format, most);
        return count < 2 || from.equals(to) ? digits(digits) : digits(digits) + " (" + from + " to " + to + ")";
    }
}
