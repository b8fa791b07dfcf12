package dev.wsmesh;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.List;
import org.junit.jupiter.api.Test;

/** The check that no gap covers what could still be had, on ledgers that are written by hand; 20,000 ms are retained. */
class GapAgesTest {

    private static final List<String> PUBLISHER = List.of("U p/1", "P p/1 7 0 1000 77", "P p/1 9 0 1010 99");
    private static final List<String> NO_RELAY = List.of();
    private static final String GAP = "G p/1 7 7 LOST 40000";

    @Test
    void what_was_too_old_when_the_publisher_was_linked_is_rightly_in_a_gap() {
        assertRight(List.of("U a/1", "N p 21500", GAP), NO_RELAY);
        assertRight(List.of("U a/1", "N p 2000", "M p", "N p 21500", GAP), NO_RELAY);
    }

    @Test
    void what_was_young_when_the_publisher_was_linked_is_not() {
        assertWrong(List.of("U a/1", "N p 20500", GAP), NO_RELAY);
    }

    @Test
    void what_another_had_that_was_linked_before_is_not_in_a_gap_either() {
        List<String> relay = List.of("U r/1", "D p/1 7 77 1005");
        assertWrong(List.of("U a/1", "N r 15000", "N p 21500", GAP), relay);
        assertWrong(List.of("U a/1", "N r 15000", GAP), relay);
        assertRight(List.of("U a/1", "N r 15000", "M r", "N p 21500", GAP), relay);
    }

    @Test
    void a_neighbour_that_did_not_have_it_in_time_could_not_give_it() {
        assertRight(List.of("U a/1", "N r 15000", "N p 21500", GAP), List.of("U r/1", "D p/1 9 99 1015"));
        assertRight(List.of("U a/1", "N r 15000", "N p 22000", GAP), List.of("U r/1", "D p/1 7 77 21500"));
        assertWrong(List.of("U a/1", "N r 15000", "N p 22000", GAP), List.of("U r/1", "D p/1 7 77 19500"));
    }

    @Test
    void what_was_not_written_down_is_as_young_as_what_came_after_it() {
        assertRight(List.of("U a/1", "N p 21500", "G p/1 8 8 LOST 40000"), NO_RELAY);
        assertWrong(List.of("U a/1", "N p 20500", "G p/1 8 8 LOST 40000"), NO_RELAY);
    }

    @Test
    void what_nothing_is_known_of_fails() {
        assertWrong(List.of("U a/1", "N p 21500", "G p/1 10 10 LOST 40000"), NO_RELAY);
        assertWrong(List.of("U a/1", "G q/1 1 1 LOST 40000"), NO_RELAY);
    }

    private static void assertRight(List<String> subscriber, List<String> relay) {
        assertThatCode(() -> check(subscriber, relay)).doesNotThrowAnyException();
    }

    private static void assertWrong(List<String> subscriber, List<String> relay) {
        assertThatExceptionOfType(AssertionError.class).isThrownBy(() -> check(subscriber, relay));
    }

    private static void check(List<String> subscriber, List<String> relay) {
        GapAges.assertOlderThan(20_000, List.of(subscriber, relay, PUBLISHER));
    }
}
