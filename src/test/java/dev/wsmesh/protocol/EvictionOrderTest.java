package dev.wsmesh.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class EvictionOrderTest {
    private final EvictionOrder order = new EvictionOrder();
    private final List<Stream> streams = new ArrayList<>();

    EvictionOrderTest() {
        for (int i = 0; i < 40; i++) {
            NodeId id = new NodeId(i % 5, i);
            streams.add(new Stream(new StreamId(id, 1), new Origin(id), 0));
        }
    }

    @Test
    void nobody_is_first_where_nothing_is_retained() {
        order.update(streams.getFirst());
        order.remove(streams.getFirst());

        assertThat(order.first()).isNull();
    }

    @Test
    void the_first_is_always_the_one_that_holds_most_of_those_with_more_than_one_record() {
        Random random = new Random(1);
        for (int step = 0; step < 20_000; step++) {
            Stream stream = streams.get(random.nextInt(streams.size()));
            int dice = random.nextInt(10);
            if (dice == 0) {
                order.remove(stream);
                stream.log.skipTo(stream.next());
            } else if (dice < 5 && stream.log.size() > 0) {
                stream.log.evictOldest();
                order.update(stream);
            } else {
                stream.log.append(new EncodedRecord(Bytes.wrap(new byte[random.nextInt(3)])), step, 1);
                order.update(stream);
            }

            assertThat(order.first()).as("step %d", step).isSameAs(expectedFirst());
        }
    }

    private @Nullable Stream expectedFirst() {
        return streams.stream()
                .filter(stream -> stream.log.size() > 0)
                .min(Comparator.comparingInt((Stream stream) -> stream.log.size() == 1 ? 1 : 0)
                        .thenComparingLong((Stream stream) -> -stream.log.bytes())
                        .thenComparing(stream -> stream.id))
                .orElse(null);
    }
}
