package dev.wsmesh.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BackoffTest {

    private static final Duration MIN = Duration.ofMillis(500);
    private static final Duration MAX = Duration.ofSeconds(30);
    private static final Duration STABLE = Duration.ofMinutes(1);

    @Test
    void delays_stay_within_their_bounds_and_grow_to_the_upper_half() {
        long sumOfLate = 0;
        for (int seed = 0; seed < 200; seed++) {
            Backoff backoff = backoff(seed);
            for (int i = 0; i < 30; i++) {
                Duration delay = backoff.next();
                assertThat(delay).isBetween(MIN, MAX);
                sumOfLate += i >= 20 ? delay.toMillis() : 0;
            }
        }
        assertThat(Duration.ofMillis(sumOfLate / 2_000)).isGreaterThan(Duration.ofSeconds(8));
    }

    @Test
    void the_first_delay_is_at_most_three_times_the_minimum() {
        for (int seed = 0; seed < 200; seed++) {
            assertThat(backoff(seed).next()).isBetween(MIN, MIN.multipliedBy(3));
        }
    }

    @Test
    void two_nodes_do_not_redial_in_step() {
        assertThat(backoff(1).next()).isNotEqualTo(backoff(2).next());
    }

    @Test
    void only_a_stable_session_makes_the_delays_short_again() {
        Backoff backoff = backoff(1);
        for (int i = 0; i < 20 || backoff.next().compareTo(MIN.multipliedBy(9)) < 0; i++) {
            backoff.next();
        }
        backoff.sessionLasted(STABLE.minusNanos(1));
        Duration longest = Duration.ZERO;
        for (int i = 0; i < 5; i++) {
            Duration next = backoff.next();
            longest = next.compareTo(longest) > 0 ? next : longest;
        }
        assertThat(longest).isGreaterThan(MIN.multipliedBy(3));

        backoff.sessionLasted(STABLE);
        assertThat(backoff.next()).isLessThanOrEqualTo(MIN.multipliedBy(3));
    }

    @Test
    void equal_bounds_give_a_constant_delay() {
        Backoff backoff = new Backoff(new BackoffSettings(MIN, MIN, STABLE), new Random(1));
        assertThat(backoff.next()).isEqualTo(MIN);
        assertThat(backoff.next()).isEqualTo(MIN);
    }

    private static Backoff backoff(int seed) {
        return new Backoff(new BackoffSettings(MIN, MAX, STABLE), new Random(seed));
    }
}
