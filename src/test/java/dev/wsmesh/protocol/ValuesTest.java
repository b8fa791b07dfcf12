package dev.wsmesh.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ValuesTest {
    @Test
    void aNodeIdReadsBackFromItsTextAndItsBytes() {
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < 1_000; i++) {
            NodeId id = new NodeId(random.nextLong(), random.nextLong());
            assertThat(NodeId.parse(id.toString())).isEqualTo(id);
            assertThat(NodeId.of(id.toArray())).isEqualTo(id);
            assertThat(id.toString()).hasSize(26).isLowerCase().matches("[a-z2-7]+");
        }
    }

    @Test
    void bytesAreShownToOthersAsTheyAreAndNobodyCanWriteToThem() {
        byte[] array = {9, 1, 2, 3, 9};
        Bytes bytes = Bytes.wrap(array, 1, 3);
        ByteBuffer shown = bytes.readOnlyBuffer();
        assertThat(shown.isReadOnly()).isTrue();
        assertThat(shown.hasArray()).isFalse();
        assertThat(shown.position()).isZero();
        assertThat(shown.capacity()).isEqualTo(3);
        assertThat(shown.order()).isEqualTo(ByteOrder.BIG_ENDIAN);
        assertThat(shown.getShort()).isEqualTo((short) 0x0102);
        assertThat(bytes.readOnlyBuffer().remaining()).isEqualTo(3);
        assertThat(bytes.readOnlyBuffer()).isEqualTo(ByteBuffer.wrap(bytes.toArray()));
        assertThat(Bytes.EMPTY.readOnlyBuffer().hasRemaining()).isFalse();
    }

    @Test
    void nodeIdsAreOrderedAsUnsignedNumbers() {
        assertThat(new NodeId(-1, 0)).isGreaterThan(new NodeId(1, 0));
    }

    @Test
    void aTopicIsWordsOfPrintableAscii() {
        assertThat(Topic.isValid("orders.created")).isTrue();
        assertThat(Topic.isValid("$mesh.presence")).isTrue();
        for (String bad : new String[] {"", ".", "a..b", "a.", ".a", "a b", "a.*", "a.>", "ä", "x".repeat(256)}) {
            assertThat(Topic.isValid(bad)).as(bad).isFalse();
        }
    }

    @Test
    void aPatternMatchesOneWordOrTheRestButNothingOfTheMeshItself() {
        Topic topic = new Topic("orders.eu.created");
        assertThat(new TopicPattern("orders.*.created").matches(topic)).isTrue();
        assertThat(new TopicPattern("orders.>").matches(topic)).isTrue();
        assertThat(new TopicPattern("orders.*").matches(topic)).isFalse();
        assertThat(new TopicPattern("orders.eu.created.>").matches(topic)).isFalse();
        assertThat(new TopicPattern(">").matches(new Topic("$mesh.presence"))).isFalse();
        assertThat(new TopicPattern("*.presence").matches(new Topic("$mesh.presence")))
                .isFalse();
        assertThat(new TopicPattern("$mesh.>").matches(new Topic("$mesh.presence")))
                .isTrue();
        assertThatThrownBy(() -> new TopicPattern("a.>.b")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void theLogIsARingThatKeepsItsOrderWhileItGrowsAndShrinks() {
        StreamLog log = new StreamLog(new SpareMemory());
        SplittableRandom random = new SplittableRandom(7);
        for (int i = 0; i < 10_000; i++) {
            if (log.size() > 0 && random.nextInt(3) == 0) {
                long _ = log.evictBefore(log.base() + 1);
                log.giveBack();
            } else {
                log.append(Records.of(Bench.encoded(log.contiguous() + 1)), i, i);
            }
            if (log.size() > 0) {
                assertThat(log.get(log.base())).isEqualTo(Bench.encoded(log.base()));
                assertThat(log.get(log.contiguous())).isEqualTo(Bench.encoded(log.contiguous()));
                assertThat(log.costFrom(log.base())).isEqualTo(log.cost());
            }
        }
    }

    @Test
    void recordsThatShareAnArrayStayWhatTheyAreWhileTheirLogIsEvicted() {
        StreamLog log = new StreamLog(new SpareMemory());
        SplittableRandom random = new SplittableRandom(7);
        for (int round = 0; round < 100; round++) {
            List<EncodedRecord> received = new ArrayList<>();
            for (int i = 0; i < random.nextInt(1, 800); i++) {
                received.add(slice(log.contiguous() + 1 + i));
            }
            log.append(Records.of(received), 0, 1);
            log.append(Records.of(slice(log.contiguous() + 1)), 0, 0);
            for (int i = random.nextInt(log.size()); i > 0; i--) {
                long _ = log.evictBefore(log.base() + 1);
                log.giveBack();
            }
            for (long sequence = log.base(); sequence <= log.contiguous(); sequence++) {
                assertThat(log.get(sequence)).isEqualTo(Bench.encoded(sequence));
                assertThat(log.length(sequence))
                        .isEqualTo(Bench.encoded(sequence).length());
            }
        }
    }

    @Test
    void whatIsEvictedFromASharedArrayIsGivenBack() {
        StreamLog log = new StreamLog(new SpareMemory());
        for (int i = 1; i <= 1_000; i++) {
            log.append(Records.of(slice(i)), 0, 1);
        }
        byte[] whole = log.arrayOf(1_000);
        assertThat(whole).hasSizeGreaterThan(4 << 10);
        while (log.size() > 10) {
            long _ = log.evictBefore(log.base() + 1);
            log.giveBack();
        }
        assertThat(log.arrayOf(1_000)).hasSizeLessThan(whole.length / 2);
        assertThat(log.get(1_000)).isEqualTo(Bench.encoded(1_000));
    }

    /** A record as it is in a frame. */
    private static EncodedRecord slice(long number) {
        byte[] bytes = Bench.encoded(number).bytes().toArray();
        byte[] frame = new byte[bytes.length + 20];
        System.arraycopy(bytes, 0, frame, 10, bytes.length);
        return new EncodedRecord(Bytes.wrap(frame, 10, bytes.length));
    }
}
