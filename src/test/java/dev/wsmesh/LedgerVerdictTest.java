package dev.wsmesh;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wsmesh.LedgerVerdict.Book;
import dev.wsmesh.LedgerVerdict.Life;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the ledgers of the fault tests are read as. */
class LedgerVerdictTest {

    @Test
    void what_a_neighbour_of_a_killed_publisher_acknowledged_is_missed() {
        assertThat(missing("P stream 1 1 0 text")).isEqualTo(1);
        assertThat(missing("P stream 1 1 0 text", "D stream 1 text")).isZero();
        assertThat(missing("P stream 1 1 0 text", "G stream 1 1 NOT_RETAINED 0"))
                .isZero();
    }

    @Test
    void what_only_a_killed_publisher_had_is_owed_to_nobody() {
        assertThat(missing("P stream 1 0 0 text")).isZero();
    }

    private static long missing(String published, String... survivor) {
        return LedgerVerdict.of(List.of(
                        new Book(List.of(published), Life.DIED), new Book(List.of(survivor), Life.ALL_THE_TIME)))
                .missing();
    }
}
