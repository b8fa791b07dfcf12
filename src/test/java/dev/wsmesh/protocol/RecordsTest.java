package dev.wsmesh.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RecordsTest {

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void aLogThatIsGivenThemTogetherIsTheSameAsOneThatIsGivenEach(long seed) {
        Random random = new Random(seed);
        StreamLog together = new StreamLog();
        StreamLog each = new StreamLog();
        for (int step = 0; step < 400; step++) {
            Records records = records(random, random.nextInt(1, random.nextBoolean() ? 5 : 700));
            long born = random.nextInt(1_000);
            together.append(records.detached(), born, step);
            records.forEach(one -> each.append(one.detached(), born, 0));
            for (int i = random.nextInt(together.size() + 1); i > 0 && together.size() > 0; i--) {
                together.evictOldest();
                each.evictOldest();
            }
            assertThat(together.bytes()).isEqualTo(each.bytes());
            assertThat(together.contiguous()).isEqualTo(each.contiguous());
            if (together.size() > 0) {
                assertThat(together.source(together.contiguous())).isEqualTo(step);
                assertSame(together, each, random);
            }
        }
    }

    private static void assertSame(StreamLog together, StreamLog each, Random random) {
        int skipped = random.nextInt(together.size());
        int count = random.nextInt(1, together.size() - skipped + 1);
        long first = together.base() + skipped;
        Records some = together.get(first, count);
        assertThat(some).hasSize(count).isEqualTo(each.get(first, count));
        long bytes = 0;
        for (int i = 0; i < count; i++) {
            assertThat(some.get(i)).isEqualTo(each.get(first + i));
            assertThat(some.length(i)).isEqualTo(each.length(first + i));
            assertThat(together.born(first + i)).isEqualTo(each.born(first + i));
            bytes += each.length(first + i);
        }
        assertThat(some.bytes()).isEqualTo(bytes);
    }

    @Test
    void soManyAreCountedAsFitAndAreOfAboutOneAge() {
        StreamLog log = new StreamLog();
        for (int i = 1; i <= 10; i++) {
            log.append(Bench.encoded(1), i, 0);
        }
        int length = Bench.encoded(1).length();
        assertThat(log.count(3, 100, 0, 5)).as("one always").isEqualTo(1);
        assertThat(log.count(3, 100, 3 * (length + 5), 5)).isEqualTo(3);
        assertThat(log.count(3, 100, 3 * (length + 5) - 1, 5)).isEqualTo(2);
        assertThat(log.count(3, 2, 10_000, 5)).as("those born by then").isEqualTo(3);
        assertThat(log.count(3, 100, 10_000, 5)).as("the rest").isEqualTo(8);
    }

    @Test
    void whatLiesCloseTogetherInABufferIsCopiedWithWhatIsBetween() {
        byte[] buffer = new byte[10_000];
        Records close = Records.slices(Bytes.wrap(buffer), new int[] {100, 213}, new int[] {110, 110}, 2, true);
        Records kept = close.detached();
        assertThat(kept).isEqualTo(close);
        assertThat(kept.areAlike()).isTrue();
        assertThat(kept.array(0)).isSameAs(kept.array(1)).hasSize(223);
        assertThat(kept.isBehind(1, new byte[3])).isTrue();
        assertThat(kept.isBehind(1, new byte[] {0, 0, 1})).isFalse();
        assertThat(kept.isBehind(1, new byte[2])).isFalse();
        assertThat(kept.isBehind(0, new byte[0])).isFalse();
        Records apart = Records.slices(Bytes.wrap(buffer), new int[] {100, 1_000}, new int[] {110, 110}, 2, true);
        assertThat(apart.detached()).isEqualTo(apart);
        assertThat(apart.detached().array(1)).hasSize(220);
    }

    @Test
    void aRecordAloneKeepsNoOtherAlive() {
        byte[] buffer = new byte[10_000];
        Records all = Records.slices(Bytes.wrap(buffer), new int[] {0, 5_000}, new int[] {5_000, 5_000}, 2, true);
        assertThat(all.detached().array(0)).as("most of the buffer").isSameAs(buffer);
        assertThat(all.only(1).array(0)).hasSize(5_000);
        assertThat(all.only(1).areAlike()).isTrue();
    }

    @Test
    void onlyWhatIsThereCanBeSliced() {
        Bytes bytes = Bytes.wrap(new byte[20], 5, 10);
        assertThat(Records.slices(bytes, new int[] {2}, new int[] {8}, 1, true).offset(0))
                .isEqualTo(7);
        assertThatThrownBy(() -> Records.slices(bytes, new int[] {3}, new int[] {8}, 1, true))
                .isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() ->
                        Records.of(List.of(Bench.encoded(1), Bench.encoded(2))).span(0, 1))
                .isInstanceOf(IllegalArgumentException.class);
    }

    /** Some as they lie in a frame, and some each for itself. */
    private static Records records(Random random, int count) {
        int[] offsets = new int[count];
        int[] lengths = new int[count];
        int end = 0;
        for (int i = 0; i < count; i++) {
            offsets[i] = end + random.nextInt(4);
            lengths[i] = random.nextInt(30);
            end = offsets[i] + lengths[i];
        }
        byte[] frame = new byte[end + random.nextInt(20)];
        random.nextBytes(frame);
        Records slices = Records.slices(Bytes.wrap(frame), offsets, lengths, count, random.nextBoolean());
        if (random.nextBoolean()) {
            return slices;
        }
        List<EncodedRecord> own = new ArrayList<>();
        slices.forEach(each -> own.add(each.detached()));
        return Records.of(own);
    }
}
