package dev.wsmesh.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Whatever pages it has, the log is what was put into it. */
class StreamLogTest {

    private record Kept(EncodedRecord record, long born, long source) {}

    private final StreamLog log = new StreamLog(new SpareChunks());
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

    private void shrink(int count) {
        for (int i = 0; i < count; i++) {
            long _ = log.evictOldest();
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
}
