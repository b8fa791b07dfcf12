package dev.wsmesh.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.wsmesh.protocol.CloseCode;
import dev.wsmesh.protocol.Limits;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ViolationTest {
    @ParameterizedTest
    @EnumSource
    void eachRuleIsKeptToItsEdgeAndItsBreachIsNamed(Violation violation) {
        Offence offence = Offence.against(violation);

        assertThatCode(() -> decode(offence.kept())).doesNotThrowAnyException();
        WireException refusal = Refusal.of(() -> decode(offence.broken()));

        assertThat(refusal.violation()).isEqualTo(violation);
        assertThat(refusal.limit()).isEqualTo(offence.limit());
        assertThat(refusal.found()).isEqualTo(violation.isLimit() ? offence.limit() + 1 : 0);
        assertThat(refusal).hasMessageStartingWith(violation.name());
    }

    @ParameterizedTest
    @CsvSource({
        "a Have that holds less than nothing, 22080a06 0801 1003 1801, 2",
        "a Have from record 0,                22080a06 0801 1000 1801, 1",
        "a Graft from record 0,               22061204 0801 1000, 1",
        "a Batch from record 0,               2a07 0801 2a03 0a0161, 1",
        "a number beyond 62 bits,             220d320b 08ffffffffffffffffff01, 4611686018427387903",
        "more than 34 years of listening,     22092a07 08818080808020, 1099511627776"
    })
    void aNumberOutOfRangeIsRefused(String what, String digits, long limit) {
        byte[] bytes = Raw.join(Raw.field(3, Raw.field(1, 1), Raw.field(2, new byte[16])), Raw.hex(digits));

        WireException refusal = Refusal.of(() -> decode(bytes));

        assertThat(refusal.violation()).as(what).isEqualTo(Violation.NUMBER_RANGE);
        assertThat(refusal.limit()).isEqualTo(limit);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "38 80", // a varint that does not end
                "39 01 02 03 04 05 06 07", // seven of eight bytes
                "3d 01 02 03", // three of four bytes
                "3a ff ff ff ff 0f", // a length of 4 GiB
                "3a ff ff ff ff ff ff ff ff ff 01", // a length that is negative as a long
                "2a ff ff ff ff 07", // a batch of 2 GiB
                "1a 04 12 10 00 00" // a node id that ends with its stream
            })
    void aFieldThatDoesNotEndIsRefused(String digits) {
        assertThat(Refusal.of(() -> decode(Raw.hex(digits))).violation()).isEqualTo(Violation.TRUNCATED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"06", "07", "3e 00", "3f 00", "f8 ff ff ff ff 01 00"})
    void aTagThatProtobufDoesNotHaveIsRefused(String digits) {
        assertThat(Refusal.of(() -> decode(Raw.hex(digits))).violation()).isEqualTo(Violation.INVALID_TAG);
    }

    @Test
    void aSizeThatDecidesAboutMemoryClosesWithTooLarge() {
        assertThat(Violation.FRAME_BYTES.closeCode()).isEqualTo(CloseCode.TOO_LARGE);
        assertThat(Violation.TRUNCATED.closeCode()).isEqualTo(CloseCode.MALFORMED);
        assertThat(Violation.TOPIC_BYTES.closeCode()).isEqualTo(CloseCode.MALFORMED);
    }

    /** By whoever is responsible for a frame with this content. */
    private static void decode(byte[] bytes) throws WireException {
        if (bytes.length > 0 && (bytes[0] == 0x0a || bytes[0] == 0x12)) {
            new HandshakeCodec(Limits.DEFAULT).decode(bytes);
        } else {
            new FrameDecoder(Limits.DEFAULT).decode(bytes);
        }
    }
}
