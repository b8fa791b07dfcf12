package dev.wsmesh.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.wsmesh.protocol.Alarms.Alarm;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What goes off, and when it does so again. */
class AlarmsTest {

    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    private final Alarms alarms = new Alarms();
    private final List<String> handled = new ArrayList<>();

    @Test
    void an_alarm_goes_off_once() {
        alarms.set(Alarm.DIGEST, 5);
        alarms.ifDue(Alarm.DIGEST, 4, () -> handled.add("early"));
        alarms.ifDue(Alarm.DIGEST, 5, () -> handled.add("in time"));
        alarms.ifDue(Alarm.DIGEST, 6, () -> handled.add("again"));
        assertThat(handled).containsExactly("in time");
        assertThat(alarms.earliest()).isEqualTo(Alarms.NEVER);
    }

    @Test
    void one_that_its_handler_sets_stands() {
        alarms.set(Alarm.DIGEST, 5);
        alarms.ifDue(Alarm.DIGEST, 5, () -> alarms.set(Alarm.DIGEST, 9));
        assertThat(alarms.earliest()).isEqualTo(9);
    }

    @Test
    void one_whose_handler_fails_goes_off_again_behind_the_others() {
        alarms.set(Alarm.LIVENESS, 5);
        fail(Alarm.LIVENESS, 5);
        assertThat(alarms.earliest()).isBetween(5 + SECOND + 1, 5 + 10 * SECOND);
        alarms.ifDue(Alarm.LIVENESS, alarms.earliest(), () -> handled.add("this time it works"));
        assertThat(handled).hasSize(1);
        assertThat(alarms.earliest()).isEqualTo(Alarms.NEVER);
    }

    @Test
    void one_whose_handler_sets_it_and_then_fails_goes_off_when_it_said() {
        alarms.set(Alarm.LIVENESS, 5);
        alarms.ifDue(Alarm.LIVENESS, 5, () -> {
            alarms.set(Alarm.LIVENESS, 7);
            throw new IllegalStateException("made by the test");
        });
        assertThat(alarms.earliest()).isEqualTo(7);
    }

    @Test
    void two_that_keep_failing_do_not_starve_those_behind_them() {
        alarms.set(Alarm.HAVES, 5);
        alarms.set(Alarm.REPAIR, 5);
        alarms.set(Alarm.LIVENESS, 5);
        fail(Alarm.HAVES, 5);
        fail(Alarm.REPAIR, 5);
        alarms.ifDue(Alarm.LIVENESS, 5, () -> handled.add("has its turn"));
        assertThat(handled).hasSize(1);
    }

    @Test
    void the_first_failure_is_told_in_the_end_and_once() {
        alarms.set(Alarm.HAVES, 5);
        alarms.set(Alarm.REPAIR, 5);
        fail(Alarm.HAVES, 5);
        fail(Alarm.REPAIR, 5);
        assertThatIllegalStateException().isThrownBy(alarms::rethrow).withMessage("made by the test: HAVES");
        alarms.rethrow();
    }

    private void fail(Alarm alarm, long now) {
        alarms.ifDue(alarm, now, () -> {
            throw new IllegalStateException("made by the test: " + alarm);
        });
    }
}
