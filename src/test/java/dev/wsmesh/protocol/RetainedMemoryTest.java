package dev.wsmesh.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.wsmesh.protocol.Message.Batch;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the bounds on memory do not count stays small, whatever a peer brings. */
class RetainedMemoryTest {
    private static final int LARGE = 500_000;

    @Test
    void aRecordThatIsEvictedIsKeptByNothing() {
        StreamLog log = new StreamLog(new SpareMemory());
        log.append(Records.of(new EncodedRecord(Bytes.wrap(new byte[LARGE]))), 0, 0);
        WeakReference<byte[]> array = new WeakReference<>(log.arrayOf(1));
        long _ = log.evictBefore(log.base() + 1);
        log.giveBack();
        assertCollected(array);
        assertThat(log.size()).isZero();
    }

    @Test
    void theHeadOfARecordThatIsEvictedIsKeptByNothing() {
        StreamLog log = new StreamLog(new SpareMemory());
        WeakReference<byte[]> head = new WeakReference<>(appendWithHead(log));
        log.append(Records.of(record(2)), 0, 0);
        long _ = log.evictBefore(log.base() + 1);
        log.giveBack();
        assertCollected(head);
        assertThat(log.size()).isEqualTo(1);
    }

    private static byte[] appendWithHead(StreamLog log) {
        byte[] bytes = new byte[300];
        RecordHead head = new RecordHead(Bytes.wrap(bytes), new Topic("a"), "");
        log.append(Records.of(new EncodedRecord(head, Bytes.EMPTY)), 0, 0);
        return bytes;
    }

    /** A head is not in the frame a second time, so it does not make use of it. */
    @Test
    void shortRecordsWithALongHeadDoNotKeepTheFrameTheyCameIn() {
        RecordHead head = new RecordHead(Bytes.wrap(new byte[300]), new Topic("a"), "");
        int[] lengths = {10, 10, 10};
        Records few = Records.slices(
                Bytes.wrap(new byte[900]),
                new RecordHead[] {head, head, head},
                new int[] {0, 10, 20},
                lengths,
                3,
                true);
        assertThat(few.detached().array(0)).hasSize(30);
        assertThat(few.detached()).isEqualTo(few);
    }

    @Test
    void aChunkIsNotKeptByWhoseRecordsWereMovedOutOfIt() {
        StreamLog log = new StreamLog(new SpareMemory());
        for (int i = 0; i < 100; i++) {
            log.append(Records.of(new EncodedRecord(Bytes.wrap(new byte[300]))), 0, 0);
        }
        WeakReference<byte[]> chunk = new WeakReference<>(log.arrayOf(100));
        while (log.size() > 1) {
            long _ = log.evictBefore(log.base() + 1);
            log.giveBack();
        }
        assertCollected(chunk);
        assertThat(log.get(100).length()).isEqualTo(300);
    }

    @Test
    void aRecordOfAnEpochThatIsOverKeepsNoFrameAlive() {
        Bench bench = new Bench();
        StreamId over = new StreamId(Bench.node(1), 1);
        LinkId link = bench.neighbour(7);
        bench.receive(link, Bench.batch(new StreamId(Bench.node(1), 2), 1, 1));
        WeakReference<byte[]> frame = receive(bench, link, over);
        assertThat(bench.delivered(over)).isEmpty();
        assertCollected(frame);
        assertThat(bench.view().streams()).hasSize(2);
    }

    @Test
    void aRecordOfAnEpochThatHasToWaitKeepsNoFrameAlive() {
        Bench bench = new Bench();
        StreamId older = new StreamId(Bench.node(1), 1);
        StreamId newer = new StreamId(Bench.node(1), 2);
        LinkId link = bench.neighbour(7);
        bench.receive(link, Bench.batch(older, 1, 1), new Message.Have(older, 1, 2));
        WeakReference<byte[]> frame = receive(bench, link, newer);
        assertThat(bench.delivered(newer)).isEmpty();
        assertCollected(frame);
        bench.receive(link, Bench.batch(older, 2, 2));
        assertThat(bench.delivered(newer)).containsExactly(1L);
    }

    /** A frame with nothing in it but one small record, and what nobody knows. */
    private static WeakReference<byte[]> receive(Bench bench, LinkId link, StreamId stream) {
        byte[] frame = new byte[LARGE];
        Records small = Records.slices(Bytes.wrap(frame), new RecordHead[1], new int[] {10}, new int[] {20}, 1, true);
        bench.receive(link, new Batch(stream, 1, 0, false, small));
        return new WeakReference<>(frame);
    }

    @Test
    void aFewRecordsKeepNoPlacesForMany() {
        List<WeakReference<?>> places = new ArrayList<>();
        Records few = oneInManyPlaces(places).detached();
        Records alone = Records.of(List.of(few.getFirst()));
        places.forEach(RetainedMemoryTest::assertCollected);
        assertThat(few).isEqualTo(alone).hasSize(1);
    }

    private static Records oneInManyPlaces(List<WeakReference<?>> places) {
        int[] offsets = new int[512];
        int[] lengths = new int[512];
        places.add(new WeakReference<>(offsets));
        places.add(new WeakReference<>(lengths));
        return Records.slices(Bytes.wrap(new byte[10_000]), new RecordHead[512], offsets, lengths, 1, true);
    }

    @Test
    void oneRecordThatIsLeftInANewChunkDoesNotKeepAllOfIt() {
        StreamLog log = new StreamLog(new SpareMemory());
        fillUntilAnotherChunkBegins(log);
        while (log.size() > 1) {
            long _ = log.evictBefore(log.base() + 1);
            log.giveBack();
        }
        assertThat(log.arrayOf(log.base())).hasSizeLessThan(4_096);
    }

    @Test
    void aFewRecordsThatAreLeftInTwoChunksDoNotKeepAllOfThem() {
        StreamLog log = new StreamLog(new SpareMemory());
        fillUntilAnotherChunkBegins(log);
        while (log.size() > 2) {
            long _ = log.evictBefore(log.base() + 1);
            log.giveBack();
        }
        assertThat(log.arrayOf(log.base())).hasSizeLessThan(4_096);
        assertThat(log.arrayOf(log.contiguous())).hasSizeLessThan(4_096);
        assertThat(log.get(log.base(), 2)).containsExactly(record(log.base()), record(log.contiguous()));
    }

    @Test
    void oneSmallRecordBetweenLargeOnesDoesNotKeepAChunk() {
        StreamLog log = new StreamLog(new SpareMemory());
        fillUntilAnotherChunkBegins(log);
        long small = log.contiguous();
        log.append(Records.of(new EncodedRecord(Bytes.wrap(new byte[5_000]))), 0, 0);
        assertThat(log.arrayOf(small)).hasSizeLessThan(4_096);
        assertThat(log.get(small)).isEqualTo(record(small));
        assertThat(log.get(small + 1).length()).isEqualTo(5_000);
    }

    /** One record is in the second of two chunks of full size. */
    @SuppressWarnings("ReferenceEquality") // whether it is the same array is the question
    private static void fillUntilAnotherChunkBegins(StreamLog log) {
        do {
            log.append(Records.of(record(log.contiguous() + 1)), 0, 0);
        } while (log.size() < 2
                || log.arrayOf(log.contiguous() - 1).length < SpareMemory.CHUNK
                || log.arrayOf(log.contiguous()) == log.arrayOf(log.contiguous() - 1));
    }

    private static EncodedRecord record(long number) {
        byte[] bytes = new byte[300];
        bytes[0] = (byte) number;
        return new EncodedRecord(Bytes.wrap(bytes));
    }

    private static void assertCollected(WeakReference<?> array) {
        await().untilAsserted(() -> {
            System.gc();
            assertThat(array.get() == null).as("collected").isTrue();
        });
    }
}
