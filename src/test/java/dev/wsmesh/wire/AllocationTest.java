package dev.wsmesh.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.wsmesh.protocol.Limits;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a stranger sends decides how much memory it costs; what it claims does not. */
class AllocationTest {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    /** Objects, lists and an exception with its stack trace. */
    private static final long CONSTANT_BYTES = 64 << 10;

    /**
     * The worst is the smallest message: 2 bytes make a reader of 32, and 4 a message of 16 and its place in two
     * lists.
     */
    private static final long BYTES_PER_BYTE = 64;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1a ff ff ff ff 07",
                "22 ff ff ff ff 07",
                "2a ff ff ff ff 07",
                "3a ff ff ff ff 07",
                "22 08 6a 06 0a ff ff ff ff 07",
                "2a 08 2a 06 2a ff ff ff ff 07",
                "2a 08 2a 06 0a ff ff ff ff 07",
                "1a 06 12 ff ff ff ff 07",
            })
    void aLengthThatIsOnlyClaimedCostsNothing(String digits) {
        byte[] bytes = Raw.hex(digits);
        assertThat(allocatedWhileDecoding(bytes)).isLessThan(CONSTANT_BYTES);
    }

    @ParameterizedTest
    @EnumSource
    void anOffenceCostsNoMoreThanItsBytesWarrant(Violation violation) {
        byte[] bytes = Offence.against(violation).broken();
        assertThat(allocatedWhileDecoding(bytes)).isLessThan(CONSTANT_BYTES + BYTES_PER_BYTE * bytes.length);
    }

    @Test
    void aFrameThatIsTooLargeIsNotLookedAt() {
        byte[] bytes = new byte[16 << 20];
        assertThat(allocatedWhileDecoding(bytes)).isLessThan(CONSTANT_BYTES);
    }

    private static long allocatedWhileDecoding(byte[] bytes) {
        decode(bytes.clone());
        byte[] given = bytes.clone();
        long before = THREADS.getCurrentThreadAllocatedBytes();
        decode(given);
        return THREADS.getCurrentThreadAllocatedBytes() - before;
    }

    private static void decode(byte[] bytes) {
        try {
            new FrameDecoder(Limits.DEFAULT).decode(bytes);
        } catch (WireException expected) {
            assertThat(expected.violation()).isNotNull();
        }
    }
}
