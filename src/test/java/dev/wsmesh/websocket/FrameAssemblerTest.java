package dev.wsmesh.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** Whose memory a message is in. */
class FrameAssemblerTest {

    private static final int LIMIT = 100;

    private final FrameAssembler assembler = new FrameAssembler(new IncomingBudget(LIMIT));

    /** A container may use the memory again that it reads into: Jetty's client does, and hands it over as an array that the part fills. */
    @Test
    void a_message_in_one_part_is_in_an_array_of_its_own() throws Exception {
        List<Function<byte[], ByteBuffer>> ways = List.of(
                ByteBuffer::wrap,
                array -> ByteBuffer.wrap(array, 1, 2),
                array -> ByteBuffer.wrap(array, 1, 2).slice(),
                array -> ByteBuffer.wrap(array).asReadOnlyBuffer(),
                array -> ByteBuffer.allocateDirect(3).put(array).flip());
        for (Function<byte[], ByteBuffer> way : ways) {
            byte[] array = {1, 2, 3};
            ByteBuffer part = way.apply(array);
            byte[] expected = part.remaining() == 2 ? new byte[] {2, 3} : array.clone();
            byte[] message = assembler.append(part, true, LIMIT);
            Arrays.fill(array, (byte) 9);
            assertThat(message).containsExactly(expected);
        }
    }

    @Test
    void a_message_in_several_parts_is_in_an_array_of_its_own() throws Exception {
        byte[] second = {3, 4};
        assertThat(assembler.append(ByteBuffer.wrap(new byte[] {1, 2}), false, LIMIT))
                .isNull();
        byte[] message = assembler.append(ByteBuffer.wrap(second), true, LIMIT);
        Arrays.fill(second, (byte) 9);
        assertThat(message).containsExactly(1, 2, 3, 4);
    }
}
