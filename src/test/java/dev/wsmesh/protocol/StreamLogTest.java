package dev.wsmesh.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Whatever pages it has, the log is what was put into it. */
class StreamLogTest {

    private record Kept(EncodedRecord record, long born, long source) {}

    private final StreamLog log = new StreamLog(new SpareMemory());
    private final TreeMap<Long, Kept> model = new TreeMap<>();
    private final SplittableRandom random = new SplittableRandom(11);

    @Test
    void whatIsAppendedPrependedAndEvictedIsThereInItsPlace() {
        for (int most : new int[] {3, 20, 300, 3_000, 40, 1_000}) {
            for (int i = 0; i < 60; i++) {
                // Far enough from 1 to prepend.
                log.skipTo(log.contiguous() + 1_000_000);
                model.clear();
                grow(random.nextInt(most) + 1);
                compare();
                shrink(random.nextInt(log.size()));
                compare();
                grow(random.nextInt(most) + 1);
                shrink(log.size() - 1);
                compare();
            }
        }
    }

    @Test
    void aLongLogGrowsByAPageAndMovesNothing() {
        for (int i = 0; i < 100_000; i++) {
            append();
        }
        assertThat(log.capacity()).isLessThanOrEqualTo(100_000 + LogPages.PAGE);
        shrink(50_000);
        assertThat(log.capacity()).isLessThanOrEqualTo(50_000 + 2 * LogPages.PAGE);
        compare();
    }

    @Test
    void whatFitsIsTheLongestRestThatDoes() {
        log.skipTo(1_000);
        grow(200);
        for (int i = 0; i < 2_000; i++) {
            long cost = random.nextLong(log.cost() + 1_000);
            long from = log.base() - 3 + random.nextInt(210);
            long expected = from;
            while (log.costFrom(expected) > cost) {
                expected++;
            }
            assertThat(log.firstWithin(cost, from)).as("%d from %d", cost, from).isEqualTo(expected);
        }
        assertThat(log.firstWithin(0, Long.MAX_VALUE)).isEqualTo(Long.MAX_VALUE);
        for (long sequence = log.base(); sequence <= log.contiguous(); sequence++) {
            assertThat(log.firstWithin(log.costFrom(sequence), 1)).isEqualTo(sequence == log.base() ? 1 : sequence);
        }
    }

    /** Some records have the head of the one before, some another, or none: each keeps its own. */
    @Test
    void whatRecordsBeginWithStaysWithThemAndIsPaidForOnceInARow() {
        List<RecordHead> heads = List.of(head("a"), head("a.much.longer.topic"), head("b"));
        TreeMap<Long, EncodedRecord> kept = new TreeMap<>();
        TreeMap<Long, Long> costs = new TreeMap<>();
        for (int round = 0; round < 200; round++) {
            log.skipTo(log.contiguous() + 1_000_000);
            kept.clear();
            costs.clear();
            RecordHead head = null;
            for (int i = random.nextInt(1, 600); i > 0; i--) {
                if (random.nextInt(4) == 0) {
                    head = random.nextInt(4) == 0 ? null : heads.get(random.nextInt(heads.size()));
                }
                EncodedRecord record = new EncodedRecord(head, Bytes.wrap(new byte[random.nextInt(40)]));
                boolean before = random.nextInt(3) == 0;
                long sequence = before ? log.base() - 1 : log.contiguous() + 1;
                EncodedRecord beside = kept.get(before ? log.base() : log.contiguous());
                long cost = (long) StreamLog.OVERHEAD_BYTES
                        + record.body().length()
                        + (head == null || (beside != null && Records.isSame(beside.head(), head)) ? 0 : head.length());
                long told = before ? log.prepend(record, 0, 0) : log.append(Records.of(record), 0, 0);
                assertThat(told).isEqualTo(cost);
                kept.put(sequence, record);
                costs.put(sequence, cost);
                if (random.nextInt(3) == 0) {
                    assertThat(log.evictBefore(log.base() + 1)).isEqualTo(costs.remove(log.base() - 1));
                    kept.remove(log.base() - 1);
                    log.giveBack();
                }
                assertThat(log.cost())
                        .isEqualTo(
                                costs.values().stream().mapToLong(each -> each).sum());
            }
            if (kept.isEmpty()) {
                continue;
            }
            Records all = log.get(log.base(), log.size());
            assertThat(all).containsExactlyElementsOf(kept.values());
            int i = 0;
            for (EncodedRecord each : kept.values()) {
                assertThat(Records.isSame(all.head(i++), each.head())).isTrue();
            }
            int most = random.nextInt(1_000);
            int count = log.count(log.base(), 0, most, 6);
            assertThat(count == 1 || sent(log.get(log.base(), count)) <= most).isTrue();
            assertThat(count == log.size() || sent(log.get(log.base(), count + 1)) > most)
                    .isTrue();
        }
    }

    /** A head is paid for once also where a page ends between those that have it. */
    @Test
    void whatComesTogetherCostsWhatItCostsOneByOne() {
        StreamLog oneByOne = new StreamLog(new SpareMemory());
        RecordHead head = head("a");
        for (int round = 0; round < 20; round++) {
            List<EncodedRecord> together = new ArrayList<>();
            for (int i = random.nextInt(1, 2 * LogPages.PAGE); i > 0; i--) {
                head = random.nextInt(50) == 0 ? head("b") : head;
                together.add(new EncodedRecord(head, Bytes.wrap(new byte[random.nextInt(40)])));
            }
            long expected = 0;
            for (EncodedRecord each : together) {
                expected += oneByOne.append(Records.of(each), 0, 0);
            }
            assertThat(log.append(Records.of(together), 0, 0)).isEqualTo(expected);
        }
        assertThat(log.cost()).isEqualTo(oneByOne.cost());
    }

    /** Nobody would look at the topic of each. */
    @Test
    void recordsWithoutHeadsAreNotTakenForAlike() {
        log.append(Records.of(Bench.encoded(1)), 0, 0);
        log.append(Records.of(Bench.encoded(2)), 0, 0);
        RecordHead head = head("a");
        log.append(Records.of(new EncodedRecord(head, Bytes.EMPTY)), 0, 0);
        log.append(Records.of(new EncodedRecord(head, Bytes.EMPTY)), 0, 0);
        assertThat(log.get(1, 2).areAlike()).isFalse();
        assertThat(log.get(2, 2).areAlike()).isFalse();
        assertThat(log.get(3, 2).areAlike()).isTrue();
        assertThat(log.get(1, 1).areAlike()).isTrue();
    }

    private static long sent(Records records) {
        return records.sentBytes() + 6L * records.size();
    }

    private static RecordHead head(String topic) {
        return new RecordHead(Bytes.wrap(topic.getBytes(StandardCharsets.UTF_8)), new Topic(topic), "");
    }

    private void grow(int count) {
        int prepended = random.nextInt(3);
        for (int i = 0; i < count; i++) {
            if (random.nextInt(3) < prepended) {
                prepend();
            } else {
                append();
            }
        }
    }

    private void append() {
        long sequence = log.contiguous() + 1;
        log.append(Records.of(Bench.encoded(sequence)), sequence, -sequence);
        model.put(sequence, new Kept(Bench.encoded(sequence), sequence, -sequence));
    }

    private void prepend() {
        long sequence = log.base() - 1;
        log.prepend(Bench.encoded(sequence), sequence, -sequence);
        model.put(sequence, new Kept(Bench.encoded(sequence), sequence, -sequence));
    }

    /** Memory that is given back too early is used again for others. */
    @Test
    void whatIsEvictedInOneGoLeavesTheOthersAsTheyAre() {
        byte[] bytes = new byte[900];
        for (int round = 0; round < 30; round++) {
            for (int i = 0; i < 2_000; i++) {
                random.nextBytes(bytes);
                long sequence = log.contiguous() + 1;
                EncodedRecord record =
                        new EncodedRecord(Bytes.wrap(Arrays.copyOf(bytes, random.nextInt(bytes.length))));
                long _ = log.append(Records.of(record), sequence, -sequence);
                model.put(sequence, new Kept(record, sequence, -sequence));
            }
            long end = log.base() + random.nextInt(log.size() * 3 / 4);
            assertThat(log.evictBefore(end))
                    .isEqualTo(model.headMap(end).values().stream()
                            .mapToLong(each -> each.record().length() + (long) StreamLog.OVERHEAD_BYTES)
                            .sum());
            log.giveBack();
            model.headMap(end).clear();
            compare();
        }
    }

    private void shrink(int count) {
        for (int i = 0; i < count; i++) {
            long _ = log.evictBefore(log.base() + 1);
            log.giveBack();
            model.pollFirstEntry();
        }
    }

    private void compare() {
        assertThat(log.size()).isEqualTo(model.size());
        assertThat(log.base()).isEqualTo(model.firstKey());
        assertThat(log.contiguous()).isEqualTo(model.lastKey());
        long bytes = 0;
        for (long sequence = log.contiguous(); sequence >= log.base(); sequence--) {
            Kept kept = Objects.requireNonNull(model.get(sequence));
            bytes += kept.record().length() + StreamLog.OVERHEAD_BYTES;
            if (!log.get(sequence).equals(kept.record())
                    || log.length(sequence) != kept.record().length()
                    || log.born(sequence) != kept.born()
                    || log.source(sequence) != kept.source()
                    || log.costFrom(sequence) != bytes) {
                assertThat(log.get(sequence)).as("record %s", sequence).isEqualTo(kept.record());
                assertThat(log.costFrom(sequence)).as("bytes from %s", sequence).isEqualTo(bytes);
                assertThat(log.born(sequence)).isEqualTo(kept.born());
                assertThat(log.source(sequence)).isEqualTo(kept.source());
            }
        }
        assertThat(log.cost()).isEqualTo(bytes);
    }

    @Test
    void recordsKeepTheArrayTheyCameInOnlyIfTheyAreMostOfIt() {
        assertThat(arrayOfTwoRecordsIn(800)).hasSize(800);
        assertThat(arrayOfTwoRecordsIn(802)).hasSize(700);
    }

    private static byte[] arrayOfTwoRecordsIn(int frameBytes) {
        byte[] frame = new byte[frameBytes];
        List<EncodedRecord> kept = Records.of(List.of(
                        new EncodedRecord(Bytes.wrap(frame, 0, 350)), new EncodedRecord(Bytes.wrap(frame, 350, 350))))
                .detached();
        assertThat(kept.getFirst().bytes().array())
                .isSameAs(kept.getLast().bytes().array());
        return kept.getFirst().bytes().array();
    }

    @Test
    void whatARecordAddsToWhatIsSentIsWhatIsSentOfIt() {
        RecordHead head = new RecordHead(Bytes.wrap(new byte[20]), new Topic("a"), "");
        RecordHead other = new RecordHead(Bytes.wrap(new byte[30]), new Topic("b"), "");
        for (RecordHead next : new RecordHead[] {head, head, other, null, null, head, other, other}) {
            long _ = log.append(Records.of(new EncodedRecord(next, Bytes.wrap(new byte[7]))), 0, 1);
        }
        for (long first = log.contiguous(); first > 1; first--) {
            long sent = log.get(first, (int) (log.contiguous() + 1 - first)).sentBytes();
            long more = log.get(first - 1, (int) (log.contiguous() + 2 - first)).sentBytes();
            assertThat(log.lengthBefore(first)).as("before %d", first).isEqualTo((int) (more - sent));
        }
    }
}
