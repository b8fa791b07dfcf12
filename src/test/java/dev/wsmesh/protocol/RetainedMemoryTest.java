package dev.wsmesh.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.lang.ref.WeakReference;
import org.junit.jupiter.api.Test;

/** What the bounds on memory do not count stays small, whatever a peer brings. */
class RetainedMemoryTest {
    private static final int LARGE = 500_000;

    @Test
    void aRecordThatIsEvictedIsKeptByNothing() {
        StreamLog log = new StreamLog(new SpareChunks());
        log.append(Records.of(new EncodedRecord(Bytes.wrap(new byte[LARGE]))), 0, 0);
        WeakReference<byte[]> array = new WeakReference<>(log.arrayOf(1));
        log.evictOldest();
        assertCollected(array);
        assertThat(log.size()).isZero();
    }

    @Test
    void aChunkIsNotKeptByWhoseRecordsWereMovedOutOfIt() {
        StreamLog log = new StreamLog(new SpareChunks());
        for (int i = 0; i < 100; i++) {
            log.append(Records.of(new EncodedRecord(Bytes.wrap(new byte[300]))), 0, 0);
        }
        WeakReference<byte[]> chunk = new WeakReference<>(log.arrayOf(100));
        while (log.size() > 1) {
            log.evictOldest();
        }
        assertCollected(chunk);
        assertThat(log.get(100).length()).isEqualTo(300);
    }

    private static void assertCollected(WeakReference<byte[]> array) {
        await().untilAsserted(() -> {
            System.gc();
            assertThat(array.get() == null).as("collected").isTrue();
        });
    }
}
