package dev.wsmesh.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wsmesh.protocol.Frame;
import dev.wsmesh.protocol.Limits;
import dev.wsmesh.protocol.Message;
import java.util.HexFormat;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

class GoldenVectorsTest {
    static final Set<String> FRAMES = Samples.frames().keySet();
    static final Set<String> HANDSHAKES = Samples.handshakes().keySet();

    private final HandshakeCodec handshakes = new HandshakeCodec(Limits.DEFAULT);

    @ParameterizedTest
    @FieldSource("HANDSHAKES")
    void aHandshakeMessageIsWhatItsVectorSays(String name) throws WireException {
        Message.Handshake message = Samples.handshake(name);

        assertThat(handshakes.encode(message)).asHexString().isEqualTo(hex(name));
        assertThat(handshakes.decode(Golden.bytes(name))).isEqualTo(message);
    }

    @ParameterizedTest
    @FieldSource("FRAMES")
    void aFrameIsWhatItsVectorSays(String name) throws WireException {
        FrameEncoder encoder = new FrameEncoder(Limits.DEFAULT.frameBytes());
        FrameDecoder decoder = new FrameDecoder(Limits.DEFAULT);
        if (name.equals("by-alias")) {
            encoder.encode(Samples.frame("two-streams"));
            decoder.decode(Golden.bytes("two-streams"));
        }
        Frame frame = Samples.frame(name);

        assertThat(encoder.encode(frame)).asHexString().isEqualTo(hex(name));
        assertThat(decoder.decode(Golden.bytes(name))).isEqualTo(frame);
    }

    @Test
    void everyKindOfMessageHasAVector() {
        Set<Class<?>> shown = Stream.concat(
                        Samples.frames().values().stream().flatMap(frame -> frame.messages().stream()),
                        Samples.handshakes().values().stream())
                .map(Message::getClass)
                .collect(Collectors.toSet());

        assertThat(shown).isEqualTo(kinds(Message.class).collect(Collectors.toSet()));
    }

    private static Stream<Class<?>> kinds(Class<?> type) {
        return type.isSealed()
                ? Stream.of(type.getPermittedSubclasses()).flatMap(GoldenVectorsTest::kinds)
                : Stream.of(type);
    }

    private static String hex(String name) {
        return HexFormat.of().withUpperCase().formatHex(Golden.bytes(name));
    }
}
