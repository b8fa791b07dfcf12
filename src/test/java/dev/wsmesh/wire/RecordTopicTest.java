package dev.wsmesh.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wsmesh.protocol.Bytes;
import dev.wsmesh.protocol.EncodedRecord;
import dev.wsmesh.protocol.Limits;
import dev.wsmesh.protocol.Topic;
import org.junit.jupiter.api.Test;

/** A codec remembers topics; nobody shall notice but by the time it takes. */
class RecordTopicTest {
    private static final int TOPICS = 10_000;

    private final RecordCodec codec = new RecordCodec(Limits.DEFAULT);

    @Test
    void a_topic_is_never_taken_for_another_whatever_was_read_before() {
        for (int round = 0; round < 2; round++) {
            for (int i = 0; i < TOPICS; i++) {
                String name = "orders." + i + ".Aa".repeat(i % 3) + "BB".repeat(i % 2);

                assertThat(codec.topic(record(name)).name()).isEqualTo(name);
                assertThat(codec.decode(record(name)).topic().name()).isEqualTo(name);
            }
        }
    }

    @Test
    void a_topic_that_comes_again_is_the_same_object() {
        assertThat(codec.topic(record("prices.eur"))).isSameAs(codec.topic(record("prices.eur")));
    }

    @Test
    void what_no_topic_may_be_is_refused_however_often_it_comes() {
        for (int round = 0; round < 3; round++) {
            assertThatThrownBy(() -> codec.topic(record("prices..eur"))).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> codec.topic(record("preise.österreich")))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void of_two_topics_in_a_record_the_last_counts_for_subscriptions_and_for_subscribers_alike() {
        ProtoWriter out = new ProtoWriter(64);
        out.text(RecordFields.TOPIC, "first");
        out.text(RecordFields.TOPIC, "last");
        EncodedRecord record = new EncodedRecord(Bytes.wrap(out.toArray()));

        assertThat(codec.topic(record)).isEqualTo(new Topic("last"));
        assertThat(codec.decode(record).topic()).isEqualTo(new Topic("last"));
    }

    private static EncodedRecord record(String topic) {
        ProtoWriter out = new ProtoWriter(64);
        out.text(RecordFields.TOPIC, topic);
        return new EncodedRecord(Bytes.wrap(out.toArray()));
    }
}
