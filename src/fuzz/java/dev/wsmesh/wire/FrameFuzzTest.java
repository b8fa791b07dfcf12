package dev.wsmesh.wire;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Looks for bytes that break what {@link FrameOracle} holds true. What it finds is written to
 * {@code src/test/resources/dev/wsmesh/wire/FrameFuzzTestInputs}, where {@code FuzzCorpusTest} runs it in every build.
 */
class FrameFuzzTest {
    @MethodSource("seeds")
    @FuzzTest(maxDuration = "5m")
    void bytes(byte[] bytes) {
        if (bytes != null) {
            FrameOracle.check(bytes);
        }
    }

    static Stream<byte[]> seeds() {
        return Stream.concat(Samples.frames().keySet().stream(), Samples.handshakes().keySet().stream())
                .map(Golden::bytes);
    }
}
