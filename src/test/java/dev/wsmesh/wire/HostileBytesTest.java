package dev.wsmesh.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wsmesh.protocol.Frame;
import dev.wsmesh.protocol.Limits;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever comes in, what comes out is a frame or the one typed exception. */
class HostileBytesTest {
    @ParameterizedTest
    @MethodSource("samples")
    void aTruncatedFrameIsRefusedUnlessItEndsBetweenTwoFields(String name) throws WireException {
        byte[] whole = Golden.bytes(name);
        Frame complete = decoderFor(name).decode(whole.clone());
        for (int length = 0; length < whole.length; length++) {
            byte[] cut = Arrays.copyOf(whole, length);
            try {
                Frame shorter = decoderFor(name).decode(cut);
                int messages = shorter.messages().size();
                assertThat(shorter.messages()).isEqualTo(complete.messages().subList(0, messages));
                assertThat(shorter).isNotEqualTo(complete);
            } catch (WireException e) {
                assertThat(e.violation()).isEqualTo(Violation.TRUNCATED);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"hello", "proof", "proof-without-key"})
    void aTruncatedHandshakeIsRefused(String name) {
        byte[] whole = Golden.bytes(name);
        for (int length = 0; length < whole.length; length++) {
            byte[] cut = Arrays.copyOf(whole, length);
            Violation expected = length == 0 ? Violation.MISSING_FIELD : Violation.TRUNCATED;
            assertThat(Refusal.of(() -> new HandshakeCodec(Limits.DEFAULT).decode(cut))
                            .violation())
                    .isEqualTo(expected);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void bytesByChanceHarmNothing(long seed) {
        Random random = new Random(seed);
        for (int i = 0; i < 2_000; i++) {
            byte[] bytes = new byte[random.nextInt(200)];
            random.nextBytes(bytes);
            FrameOracle.check(bytes);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
    void aDamagedFrameHarmsNothing(long seed) {
        Random random = new Random(seed);
        for (int i = 0; i < 40; i++) {
            byte[] bytes = new FrameEncoder(Limits.DEFAULT.frameBytes()).encode(new RandomFrames(random).frame());
            for (int damage = 0; damage < 20 && bytes.length > 0; damage++) {
                bytes[random.nextInt(Math.min(bytes.length, 400))] = (byte) random.nextInt();
                FrameOracle.check(bytes.clone());
            }
        }
    }

    private static Stream<String> samples() {
        return Samples.frames().keySet().stream();
    }

    private static FrameDecoder decoderFor(String name) throws WireException {
        FrameDecoder decoder = new FrameDecoder(Limits.DEFAULT);
        if (name.equals("by-alias")) {
            decoder.decode(Golden.bytes("two-streams"));
        }
        return decoder;
    }
}
