package dev.wsmesh.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HistogramTest {

    @Test
    void small_durations_are_exact() {
        Histogram histogram = of(LongStream.rangeClosed(1, 100));
        assertThat(histogram.percentile(50)).isEqualTo(50);
        assertThat(histogram.percentile(99)).isEqualTo(99);
        assertThat(histogram.percentile(100)).isEqualTo(100);
        assertThat(histogram.longest()).isEqualTo(100);
    }

    @ParameterizedTest
    @ValueSource(doubles = {1, 50, 90, 99, 99.9, 100})
    void large_ones_are_within_one_percent(double percent) {
        long[] sorted =
                new Random(7).longs(10_000, 0, 100_000_000_000L).sorted().toArray();
        long exact = sorted[(int) Math.ceil(sorted.length * percent / 100) - 1];
        assertThat(of(LongStream.of(sorted)).percentile(percent)).isCloseTo(exact, within(exact / 100));
    }

    @Test
    void every_duration_fits() {
        Histogram histogram = of(LongStream.of(-1, 0, Long.MAX_VALUE));
        assertThat(histogram.percentile(50)).isZero();
        assertThat(histogram.percentile(100)).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void an_empty_one_has_nothing_to_tell() {
        assertThat(new Histogram().percentile(99)).isZero();
    }

    @Test
    void a_line_tells_it_all_and_two_are_added_up() {
        Histogram sum = new Histogram();
        sum.add(Histogram.decode(of(LongStream.rangeClosed(1, 50)).encode()));
        sum.add(Histogram.decode(of(LongStream.rangeClosed(51, 100)).encode()));
        sum.add(Histogram.decode(new Histogram().encode()));
        assertThat(sum.encode()).isEqualTo(of(LongStream.rangeClosed(1, 100)).encode());
    }

    private static Histogram of(LongStream nanos) {
        Histogram histogram = new Histogram();
        nanos.forEach(histogram::record);
        return histogram;
    }
}
