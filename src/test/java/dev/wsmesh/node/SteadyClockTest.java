package dev.wsmesh.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import org.junit.jupiter.api.Test;

class SteadyClockTest {

    private static final Duration BOUND = Duration.ofNanos(SteadyClock.MOST_AGE_NANOS);
    private static final Instant BEGIN = Instant.parse("2026-01-01T00:00:00.123456789Z");

    private Instant wall = BEGIN;
    /** Overflows soon, as it may. */
    private long nanos = Long.MAX_VALUE - 1_000;

    private int looks;
    private Duration pauseBefore = Duration.ZERO;
    private Duration pause = Duration.ZERO;

    private final SteadyClock clock = new SteadyClock(
            () -> {
                looks++;
                pass(pauseBefore);
                Instant seen = wall;
                pass(pause);
                return seen;
            },
            () -> nanos);

    @Test
    void it_says_what_the_wall_clock_says_to_the_microsecond() {
        for (int step = 0; step < 100_000; step++) {
            assertThat(micros(instant())).isEqualTo(micros(wall));
            pass(Duration.ofNanos(777));
        }
    }

    @Test
    void the_wall_clock_is_looked_at_once_in_a_while_only() {
        for (int step = 0; step < 1_000; step++) {
            assertThat(instant()).isEqualTo(wall);
            pass(BOUND.dividedBy(100));
        }
        assertThat(looks).isEqualTo(10);
    }

    @Test
    void a_step_of_the_wall_clock_either_way_is_followed_within_the_bound() {
        for (Duration step : new Duration[] {Duration.ofHours(1), Duration.ofHours(-2), Duration.ofMillis(1)}) {
            assertThat(instant()).isEqualTo(wall);
            wall = wall.plus(step);
            pass(BOUND);
            assertThat(instant()).isEqualTo(wall);
        }
    }

    @Test
    void after_a_suspension_that_only_the_wall_clock_counts_it_is_right_within_the_bound() {
        assertThat(instant()).isEqualTo(wall);
        wall = wall.plus(Duration.ofDays(1));
        pass(BOUND.minusNanos(1));
        assertThat(instant()).isEqualTo(BEGIN.plus(BOUND).minusNanos(1));
        pass(Duration.ofNanos(1));
        assertThat(instant()).isEqualTo(wall);
    }

    @Test
    void it_never_goes_back_between_two_looks_whatever_the_wall_clock_does() {
        Instant before = instant();
        for (int step = 0; step < 99; step++) {
            wall = wall.minusSeconds(1);
            pass(BOUND.dividedBy(100));
            Instant now = instant();
            assertThat(now).isAfter(before);
            before = now;
        }
        assertThat(looks).isEqualTo(1);
    }

    @Test
    void a_thread_that_was_stopped_in_the_middle_of_a_look_spoils_no_answers_but_its_own() {
        pause = Duration.ofMillis(2);
        assertThat(instant()).isEqualTo(wall.minus(pause));
        pause = Duration.ZERO;
        assertThat(instant()).isEqualTo(wall);
        pass(Duration.ofMillis(1));
        assertThat(instant()).isEqualTo(wall);
        assertThat(looks).isEqualTo(2);
    }

    /** Or of two messages the later one would be published earlier, every few milliseconds. */
    @Test
    void it_never_goes_back_because_a_look_has_taken_a_while() {
        Instant last = Instant.MIN;
        for (int step = 0; step < 1_000; step++) {
            long used = SteadyClock.MOST_PAUSE_NANOS * (step % 7) / 6;
            pauseBefore = Duration.ofNanos(used * (step % 3) / 2);
            pause = Duration.ofNanos(used).minus(pauseBefore);
            Instant now = instant();
            assertThat(now).isAfterOrEqualTo(last).isBeforeOrEqualTo(wall);
            last = now;
            pass(Duration.ofNanos(333_333));
        }
    }

    /** As where processors do not agree on what they count: what a look says is of no use before it. */
    @Test
    void it_does_not_go_back_with_what_counts_the_time_since() {
        assertThat(instant()).isEqualTo(wall);
        nanos -= 1_000_000;
        assertThat(instant()).isEqualTo(wall);
        assertThat(looks).isEqualTo(2);
    }

    @Test
    void the_real_clocks_agree() {
        SteadyClock real = new SteadyClock(InstantSource.system(), System::nanoTime);
        Instant before = Instant.now().minus(BOUND);
        assertThat(real.at(System.nanoTime())).isBetween(before, Instant.now().plus(BOUND));
    }

    private Instant instant() {
        return clock.at(nanos);
    }

    private void pass(Duration time) {
        nanos += time.toNanos();
        wall = wall.plus(time);
    }

    private static Instant micros(Instant instant) {
        return instant.truncatedTo(ChronoUnit.MICROS);
    }
}
