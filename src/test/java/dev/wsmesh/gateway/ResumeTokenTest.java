package dev.wsmesh.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.wsmesh.node.Landmark;
import dev.wsmesh.node.Resume;
import dev.wsmesh.node.StreamTag;
import dev.wsmesh.protocol.NodeId;
import dev.wsmesh.protocol.StreamId;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ResumeTokenTest {

    private static final long TAG_OF_1_2_3 = 181_814_005_579_911L;
    private static final Landmark LANDMARK = new Landmark(new StreamTag(0xffee_0102_0304L), 77, Duration.ofMillis(-5));

    @Test
    void a_token_says_again_what_was_written() {
        Map<StreamTag, Long> positions = positions(3);
        String token = ResumeToken.encode(positions.entrySet(), LANDMARK, Duration.ofSeconds(90), true);
        assertThat(ResumeToken.decode(token)).isEqualTo(new Resume(positions, LANDMARK, Duration.ofSeconds(90), true));
        assertThat(token).matches("[A-Za-z0-9_-]+");
    }

    @Test
    void a_token_of_nothing_is_one_too() {
        String token = ResumeToken.encode(Map.<StreamTag, Long>of().entrySet(), null, Duration.ZERO, true);
        assertThat(ResumeToken.decode(token)).isEqualTo(new Resume(Map.of(), null, Duration.ZERO, true));
    }

    @Test
    void as_many_as_128_streams_with_the_largest_numbers_fit() {
        Map<StreamTag, Long> positions = positions(128);
        positions.replaceAll((_, _) -> Long.MAX_VALUE / 2);
        String token = ResumeToken.encode(positions.entrySet(), LANDMARK, Duration.ofDays(365), true);
        assertThat(token.length()).isLessThanOrEqualTo(ResumeToken.MAX_CHARACTERS);
        assertThat(ResumeToken.decode(token).positions()).isEqualTo(positions);
        assertThat(ResumeToken.decode(token).complete()).isTrue();
    }

    @Test
    void beyond_that_the_first_are_kept_and_the_token_says_that_it_is_incomplete() {
        Map<StreamTag, Long> positions = positions(1_000);
        String token = ResumeToken.encode(positions.entrySet(), LANDMARK, Duration.ZERO, true);
        assertThat(token.length()).isLessThanOrEqualTo(ResumeToken.MAX_CHARACTERS);
        Resume resume = ResumeToken.decode(token);
        assertThat(resume.complete()).isFalse();
        assertThat(resume.positions()).hasSizeGreaterThan(128);
        assertThat(positions.keySet().stream().limit(resume.positions().size()))
                .containsExactlyInAnyOrderElementsOf(resume.positions().keySet());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "abc", "AQEAoYkQ", "not base64!", "AAAAAAAAAAAA"})
    void what_is_no_token_is_refused(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> ResumeToken.decode(text));
    }

    @Test
    void a_token_that_was_cut_off_or_changed_anywhere_is_refused() {
        String token = ResumeToken.encode(positions(5).entrySet(), LANDMARK, Duration.ofSeconds(90), true);
        for (int i = 0; i < token.length(); i++) {
            String cut = token.substring(0, i);
            assertThatIllegalArgumentException().isThrownBy(() -> ResumeToken.decode(cut));
            String changed = token.substring(0, i) + (token.charAt(i) == 'A' ? 'Z' : 'A') + token.substring(i + 1);
            assertThatIllegalArgumentException().as(changed).isThrownBy(() -> ResumeToken.decode(changed));
        }
        assertThatIllegalArgumentException().isThrownBy(() -> ResumeToken.decode("A".repeat(5_000)));
    }

    @Test
    void tags_are_the_same_in_every_version() {
        assertThat(StreamTag.of(new StreamId(new NodeId(1, 2), 3)).bits()).isEqualTo(TAG_OF_1_2_3);
        assertThat(StreamTag.of(new StreamId(new NodeId(1, 2), 4)).bits()).isNotEqualTo(TAG_OF_1_2_3);
    }

    private static Map<StreamTag, Long> positions(int count) {
        Random random = new Random(1);
        Map<StreamTag, Long> positions = new LinkedHashMap<>();
        for (int i = 0; i < count; i++) {
            positions.put(new StreamTag(random.nextLong() >>> 16), random.nextLong(1L << 40));
        }
        return positions;
    }
}
