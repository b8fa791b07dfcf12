package dev.wsmesh.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EvictionOrderTest {
    private static final Comparator<Stream> FIRST_TO_EVICT = Comparator.comparingInt(
                    (Stream stream) -> stream.log.size() == 1 || stream.staysFrom <= stream.log.base() ? 1 : 0)
            .thenComparingLong(stream -> -spare(stream))
            .thenComparing(stream -> stream.id);

    private final EvictionOrder order = new EvictionOrder();
    private final List<Stream> streams = new ArrayList<>();

    EvictionOrderTest() {
        for (int i = 0; i < 40; i++) {
            NodeId id = new NodeId(i % 5, i);
            streams.add(new Stream(new StreamId(id, 1), new Origin(id), 0, new SpareMemory()));
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
                long _ = stream.log.evictBefore(stream.log.base() + 1);
                stream.log.giveBack();
                order.update(stream);
            } else {
                stream.log.append(Records.of(new EncodedRecord(Bytes.wrap(new byte[random.nextInt(3)]))), step, 1);
                order.update(stream);
            }

            assertThat(order.first()).as("step %d", step).isSameAs(expectedFirst());
        }
    }

    @Test
    void one_that_comes_to_its_last_record_is_behind_others_however_large_that_is() {
        Stream large = holding(streams.get(0), 100, 100);
        Stream small = holding(streams.get(1), 0, 0);
        assertThat(order.first()).isSameAs(large);

        large.log.skipTo(large.next());
        holding(large, 1_000);

        assertThat(order.first()).isSameAs(small);
    }

    @Test
    void one_that_has_more_than_one_record_again_is_before_others_however_small_they_are() {
        Stream first = holding(streams.get(0), 1_000);
        Stream second = holding(streams.get(1), 900);
        assertThat(order.first()).isSameAs(first);

        second.log.skipTo(second.next());
        holding(second, 0, 0);

        assertThat(order.first()).isSameAs(second);
    }

    private Stream holding(Stream stream, int... lengths) {
        for (int length : lengths) {
            stream.log.append(Records.of(new EncodedRecord(Bytes.wrap(new byte[length]))), 0, 1);
        }
        order.update(stream);
        return stream;
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 5, 8, 13, 21})
    void the_order_is_kept_whatever_has_changed_since_it_was_looked_at(int count) {
        Random random = new Random(count);
        for (int step = 0; step < 2_000; step++) {
            Stream stream = streams.get(random.nextInt(count));
            if (random.nextInt(8) == 0) {
                order.remove(stream);
                stream.log.skipTo(stream.next());
            } else {
                for (int changes = random.nextInt(6); changes >= 0; changes--) {
                    change(stream, random);
                }
                order.update(stream);
            }
            if (step % 10 == 0) {
                removeAllInOrder();
                streams.forEach(order::update);
            }
        }
    }

    private static long spare(Stream stream) {
        return LongStream.range(stream.log.base(), Math.min(stream.staysFrom, stream.next()))
                .map(stream.log::cost)
                .sum();
    }

    private void removeAllInOrder() {
        List<Stream> inOrder = streams.stream()
                .filter(stream -> stream.log.size() > 0)
                .sorted(FIRST_TO_EVICT)
                .toList();
        for (Stream stream : inOrder) {
            assertThat(order.first()).isSameAs(stream);
            order.remove(stream);
        }
        assertThat(order.first()).isNull();
    }

    private static void change(Stream stream, Random random) {
        if (random.nextInt(4) == 0) {
            stream.staysFrom = random.nextBoolean() ? Long.MAX_VALUE : stream.next() - random.nextInt(4);
        } else if (random.nextBoolean()) {
            stream.log.append(Records.of(new EncodedRecord(Bytes.wrap(new byte[random.nextInt(4) * 400]))), 0, 1);
        } else if (stream.log.size() > 0) {
            long _ = stream.log.evictBefore(stream.log.base() + 1);
            stream.log.giveBack();
        }
    }

    private @Nullable Stream expectedFirst() {
        return streams.stream()
                .filter(stream -> stream.log.size() > 0)
                .min(FIRST_TO_EVICT)
                .orElse(null);
    }
}
