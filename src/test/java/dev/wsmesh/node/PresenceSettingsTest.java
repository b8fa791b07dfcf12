package dev.wsmesh.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** How often a node tells of itself. */
class PresenceSettingsTest {

    private static final Presence.Settings SETTINGS = new Presence.Settings(true, Duration.ofSeconds(10));

    @Test
    void up_to_200_nodes_the_interval_counts_and_then_their_number() {
        assertThat(SETTINGS.pause(1)).isEqualTo(Duration.ofSeconds(10));
        assertThat(SETTINGS.pause(200)).isEqualTo(Duration.ofSeconds(10));
        assertThat(SETTINGS.pause(201)).isEqualTo(Duration.ofMillis(10_050));
        assertThat(SETTINGS.pause(2_000)).isEqualTo(Duration.ofSeconds(100));
    }

    @Test
    void above_2000_nodes_nothing_is_told() {
        assertThat(SETTINGS.tells(2_000)).isTrue();
        assertThat(SETTINGS.tells(2_001)).isFalse();
        assertThat(new Presence.Settings(false, Duration.ofSeconds(10)).tells(1))
                .isFalse();
    }
}
