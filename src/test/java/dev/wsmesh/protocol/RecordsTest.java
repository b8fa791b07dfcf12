package dev.wsmesh.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RecordsTest {

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void logsThatUseMemoryAgainHoldWhatTheyWereGiven(long seed) {
        Random random = new Random(seed);
        SpareMemory spare = new SpareMemory();
        List<Kept> logs = List.of(new Kept(spare), new Kept(spare), new Kept(spare));
        for (int step = 0; step < 600; step++) {
            Kept kept = logs.get(random.nextInt(logs.size()));
            kept.append(
                    records(random, random.nextInt(1, random.nextBoolean() ? 5 : 700)), random.nextInt(1_000), step);
            kept.evict(random);
            if (step % 10 == 0) {
                logs.forEach(each -> each.check(random));
            }
        }
    }

    /** A log, and what has to be in it. */
    private static final class Kept {
        private final StreamLog log;
        private final List<EncodedRecord> records = new ArrayList<>();

        Kept(SpareMemory spare) {
            log = new StreamLog(spare);
        }

        void append(Records more, long born, long source) {
            long before = log.size() == 0 ? born : log.born(log.contiguous());
            log.append(more, born, source);
            more.forEach(each ->
                    records.add(new EncodedRecord(Bytes.wrap(each.bytes().toArray()))));
            assertThat(log.source(log.contiguous())).isEqualTo(source);
            assertThat(log.born(log.contiguous())).isEqualTo(Math.max(before, born));
            // Whoever brought them may do with them what he likes.
            for (int i = 0; i < more.size(); i++) {
                Arrays.fill(more.array(i), (byte) 0xee);
            }
        }

        void evict(Random random) {
            int most = random.nextInt(20) == 0 ? log.size() : Math.max(0, log.size() - random.nextInt(1_500));
            for (int i = random.nextInt(most + 1); i > 0; i--) {
                long _ = log.evictBefore(log.base() + 1);
                log.giveBack();
                records.removeFirst();
            }
        }

        void check(Random random) {
            assertThat(log.size()).isEqualTo(records.size());
            assertThat(log.cost())
                    .isEqualTo(records.stream()
                            .mapToLong(each -> each.length() + StreamLog.OVERHEAD_BYTES)
                            .sum());
            if (records.isEmpty()) {
                return;
            }
            assertThat(log.get(log.base(), log.size())).isEqualTo(records);
            int first = random.nextInt(records.size());
            int count = random.nextInt(1, records.size() - first + 1);
            Records some = log.get(log.base() + first, count);
            assertThat(some).isEqualTo(records.subList(first, first + count));
            assertThat(some.bytes())
                    .isEqualTo(some.stream().mapToLong(EncodedRecord::length).sum());
            assertThat(log.get(log.base() + first)).isEqualTo(records.get(first));
            assertThat(log.length(log.base() + first))
                    .isEqualTo(records.get(first).length());
        }
    }

    @Test
    void thePlacesOfEvictedRecordsAreThoseOfAnotherStreamsRecords() {
        SpareMemory spare = new SpareMemory();
        LogPages old = new LogPages(spare);
        for (int i = 0; i < 2 * LogPages.PAGE; i++) {
            fill(old, i);
        }
        LogPage first = old.page(old.first());
        for (int i = 0; i < LogPages.PAGE; i++) {
            assertThat(old.removeFirst()).hasSize(i);
        }
        assertThat(Arrays.asList(first.arrays)).containsOnlyNulls();
        assertThat(first.heads).containsOnlyNulls();
        LogPages other = new LogPages(spare);
        for (int i = 0; i <= LogPages.PAGE; i++) {
            fill(other, i);
        }
        assertThat(other.page(other.end() - 1)).isSameAs(first);
        assertThat(spare.takePage()).as("nobody gets it twice").isNotSameAs(first);
    }

    private static void fill(LogPages pages, int size) {
        assertThat(pages.roomBehind()).isPositive();
        pages.page(pages.end()).arrays[LogPages.place(pages.end())] = new byte[size];
        pages.added(1);
    }

    @Test
    void onlyAFewEmptyPagesAreKept() {
        SpareMemory spare = new SpareMemory();
        Set<LogPage> given = Collections.newSetFromMap(new IdentityHashMap<>());
        for (int i = 0; i < 100; i++) {
            LogPage page = new LogPage(LogPages.PAGE);
            given.add(page);
            spare.givePage(page);
        }
        for (int i = 0; i < 100; i++) {
            given.remove(spare.takePage());
        }
        assertThat(given).hasSize(84);
    }

    @Test
    void aNodeThatEvictsWhatItRetainsAnewTakesNoMoreMemory() {
        SpareMemory spare = new SpareMemory();
        byte[] first = spare.takeChunk();
        spare.giveChunk(first);
        assertThat(spare.takeChunk()).isSameAs(first);
        spare.giveChunk(new byte[SpareMemory.CHUNK - 1]);
        assertThat(spare.takeChunk()).as("nothing of another size").hasSize(SpareMemory.CHUNK);
        StreamLog log = new StreamLog(spare);
        for (int i = 0; i < 5_000; i++) {
            log.append(Records.of(new EncodedRecord(Bytes.wrap(new byte[200]))), i, 0);
        }
        Set<byte[]> chunks = Collections.newSetFromMap(new IdentityHashMap<>());
        for (int i = 0; i < 50_000; i++) {
            log.append(Records.of(new EncodedRecord(Bytes.wrap(new byte[200]))), i, 0);
            long _ = log.evictBefore(log.base() + 1);
            log.giveBack();
            chunks.add(log.arrayOf(log.contiguous()));
        }
        assertThat(chunks).as("of 64 KiB, for one million bytes").hasSizeLessThan(20);
    }

    @Test
    void soManyAreCountedAsFitAndAreOfAboutOneAge() {
        StreamLog log = new StreamLog(new SpareMemory());
        for (int i = 1; i <= 10; i++) {
            log.append(Records.of(Bench.encoded(1)), i, 0);
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
        Records close = Records.slices(
                Bytes.wrap(buffer), new RecordHead[2], new int[] {100, 213}, new int[] {110, 110}, 2, true);
        Records kept = close.detached();
        assertThat(kept).isEqualTo(close);
        assertThat(kept.areAlike()).isTrue();
        assertThat(kept.array(0)).isSameAs(kept.array(1)).hasSize(223);
        assertThat(kept.isBehind(1, new byte[3])).isTrue();
        assertThat(kept.isBehind(1, new byte[] {0, 0, 1})).isFalse();
        assertThat(kept.isBehind(1, new byte[2])).isFalse();
        assertThat(kept.isBehind(0, new byte[0])).isFalse();
        Records apart = Records.slices(
                Bytes.wrap(buffer), new RecordHead[2], new int[] {100, 1_000}, new int[] {110, 110}, 2, true);
        assertThat(apart.detached()).isEqualTo(apart);
        assertThat(apart.detached().array(1)).hasSize(220);
    }

    @Test
    void aRecordAloneKeepsNoOtherAlive() {
        byte[] buffer = new byte[10_000];
        Records all = Records.slices(
                Bytes.wrap(buffer), new RecordHead[2], new int[] {0, 5_000}, new int[] {5_000, 5_000}, 2, true);
        assertThat(all.detached().array(0)).as("most of the buffer").isSameAs(buffer);
        assertThat(all.only(1).array(0)).hasSize(5_000);
        assertThat(all.only(1).areAlike()).isTrue();
    }

    @Test
    void onlyWhatIsThereCanBeSliced() {
        Bytes bytes = Bytes.wrap(new byte[20], 5, 10);
        assertThat(Records.slices(bytes, new RecordHead[1], new int[] {2}, new int[] {8}, 1, true)
                        .offset(0))
                .isEqualTo(7);
        assertThatThrownBy(() -> Records.slices(bytes, new RecordHead[1], new int[] {3}, new int[] {8}, 1, true))
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
            offsets[i] = end + (random.nextInt(20) == 0 ? random.nextInt(30) : 3);
            lengths[i] = random.nextInt(30) == 0 ? random.nextInt(9_000) : random.nextInt(300);
            end = offsets[i] + lengths[i];
        }
        byte[] frame = new byte[end + random.nextInt(20)];
        random.nextBytes(frame);
        Records slices =
                Records.slices(Bytes.wrap(frame), new RecordHead[count], offsets, lengths, count, random.nextBoolean());
        if (random.nextBoolean()) {
            return slices;
        }
        List<EncodedRecord> own = new ArrayList<>();
        slices.forEach(each -> own.add(each.detached()));
        return Records.of(own);
    }
}
