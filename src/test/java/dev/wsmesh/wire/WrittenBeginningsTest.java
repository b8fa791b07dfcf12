package dev.wsmesh.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wsmesh.protocol.Bytes;
import dev.wsmesh.protocol.Header;
import dev.wsmesh.protocol.Limits;
import dev.wsmesh.protocol.MeshRecord;
import dev.wsmesh.protocol.RecordHead;
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
        RecordCodec codec = new RecordCodec(Limits.DEFAULT);
        assertThat(codec.encode(record("a", "text/plain")).head())
                .as("it may never come again")
                .isNull();
        RecordHead head = codec.encode(record("a", "text/plain")).head();
        assertThat(head).isNotNull();
        assertThat(codec.encode(record("b", "text/plain")).head()).isNull();
        assertThat(codec.encode(record("a", "")).head()).isNull();
        assertThat(codec.encode(record("a", "text/plain")).head()).isSameAs(head);
    }

    @Test
    void a_content_type_that_is_larger_than_any_record_is_not_kept() {
        RecordHead head = WrittenBeginnings.write(new Topic("a"), "c".repeat(1 << 20));
        beginnings.remember(head);
        assertThat(beginnings.find(head.topic(), head.contentType())).isNull();
    }

    /** What is refused once is refused again. */
    @Test
    void a_content_type_that_no_peer_accepts_is_not_kept() {
        RecordCodec codec = new RecordCodec(Limits.DEFAULT);
        MeshRecord record = record("a", "c".repeat(Limits.DEFAULT.contentTypeBytes() + 1));
        assertThatThrownBy(() -> codec.encode(record)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> codec.encode(record)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void headers_that_no_peer_accepts_are_refused_behind_a_head_that_is_known() {
        RecordCodec codec = new RecordCodec(Limits.DEFAULT);
        codec.encode(record("a", "b"));
        MeshRecord nameless =
                new MeshRecord(new Topic("a"), Bytes.EMPTY, "b", List.of(new Header("", "nameless")), Instant.EPOCH);
        assertThatThrownBy(() -> codec.encode(nameless)).isInstanceOf(IllegalArgumentException.class);
    }

    private static MeshRecord record(String topic, String contentType) {
        return new MeshRecord(new Topic(topic), Bytes.EMPTY, contentType, List.of(), Instant.EPOCH);
    }

    private static String pick(List<String> some, Random random) {
        return some.get(random.nextInt(some.size()));
    }
}
