package dev.wsmesh.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wsmesh.protocol.Bytes;
import dev.wsmesh.protocol.Limits;
import dev.wsmesh.protocol.MeshRecord;
import dev.wsmesh.protocol.Topic;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What was written before decides how long the next record takes, and nothing else. */
class WrittenBeginningsTest {
    /** Two of them have the same hash. */
    private static final List<String> TOPICS = List.of("Aa", "BB", "a", "t".repeat(255));

    private static final List<String> CONTENT_TYPES = List.of("", "Aa", "BB", "text/plain", "\u00e9", "c".repeat(255));

    private final WrittenBeginnings beginnings = new WrittenBeginnings();

    @Test
    void a_record_is_written_as_if_none_had_been_written_before() {
        RecordCodec codec = new RecordCodec(Limits.DEFAULT);
        Random random = new Random(1);
        for (int i = 0; i < 1_000; i++) {
            MeshRecord record = new MeshRecord(
                    new Topic(pick(TOPICS, random)),
                    Bytes.wrap(new byte[random.nextInt(3)]),
                    pick(CONTENT_TYPES, random),
                    List.of(),
                    Instant.EPOCH.plusSeconds(random.nextInt(2)));
            assertThat(codec.encode(record)).isEqualTo(new RecordCodec(Limits.DEFAULT).encode(record));
            assertThat(codec.decode(codec.encode(record))).isEqualTo(record);
        }
    }

    @Test
    void what_is_the_same_is_written_once() {
        Bytes first = beginnings.beginning(new Topic("a"), "text/plain");
        assertThat(beginnings.beginning(new Topic("b"), "text/plain")).isNotEqualTo(first);
        assertThat(beginnings.beginning(new Topic("a"), "text/plain")).isSameAs(first);
    }

    @Test
    void a_content_type_that_is_larger_than_any_record_is_not_kept() {
        String contentType = "c".repeat(1 << 20);
        Bytes first = beginnings.beginning(new Topic("a"), contentType);
        assertThat(beginnings.beginning(new Topic("a"), contentType))
                .isEqualTo(first)
                .isNotSameAs(first);
    }

    private static String pick(List<String> some, Random random) {
        return some.get(random.nextInt(some.size()));
    }
}
