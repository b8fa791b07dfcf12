package dev.wsmesh.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the fuzzer of the profile {@code fuzz} once found worth keeping, and whatever it will find. */
class FuzzCorpusTest {
    @ParameterizedTest
    @MethodSource("corpus")
    void whatTheFuzzerFoundHarmsNothing(Path input) throws IOException {
        FrameOracle.check(Files.readAllBytes(input));
    }

    @Test
    void theCorpusHoldsFramesAndRefusals() throws IOException, URISyntaxException {
        long accepted = 0;
        List<Path> inputs = corpus().toList();
        for (Path input : inputs) {
            accepted += FrameOracle.accepts(Files.readAllBytes(input)) ? 1 : 0;
        }
        assertThat(accepted).isBetween(10L, inputs.size() - 10L);
    }

    private static Stream<Path> corpus() throws IOException, URISyntaxException {
        var directory = Objects.requireNonNull(FuzzCorpusTest.class.getResource("FrameFuzzTestInputs/bytes"));
        try (Stream<Path> files = Files.list(Path.of(directory.toURI()))) {
            return files.sorted().toList().stream();
        }
    }
}
