package dev.wsmesh.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Who joins in when another node tells of itself. */
class ChorusTest {

    private final AtomicLong now = new AtomicLong(7);
    private final Chorus chorus = new Chorus(now::get);

    @Test
    void who_would_speak_soon_joins_in() {
        chorus.told(Duration.ofSeconds(10));
        seconds(7);
        assertThat(chorus.heard()).isFalse();
        assertThat(chorus.isInvited()).isFalse();
        seconds(1);
        assertThat(chorus.isInvited()).isFalse();
        assertThat(chorus.heard()).isTrue();
        assertThat(chorus.isInvited()).isTrue();
    }

    @Test
    void who_has_spoken_does_not_answer_the_others_of_the_chorus() {
        chorus.told(Duration.ofSeconds(10));
        seconds(9);
        assertThat(chorus.heard()).isTrue();
        chorus.told(Duration.ofSeconds(10));
        assertThat(chorus.isInvited()).isFalse();
        assertThat(chorus.heard()).isFalse();
    }

    @Test
    void a_large_mesh_does_not_speak_at_once() {
        assertThat(Chorus.spread(10)).isEqualTo(Duration.ofMillis(50));
        assertThat(Chorus.spread(2_000)).isEqualTo(Duration.ofSeconds(10));
    }

    private void seconds(int seconds) {
        now.addAndGet(Duration.ofSeconds(seconds).toNanos());
    }
}
