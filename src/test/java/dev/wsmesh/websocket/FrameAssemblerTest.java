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

    @Test
    void a_message_in_one_part_that_fills_its_array_is_not_copied() throws Exception {
        byte[] part = {1, 2, 3};
        assertThat(assembler.append(ByteBuffer.wrap(part), true, LIMIT)).isSameAs(part);
    }

    @Test
    void a_message_in_one_part_of_a_larger_array_is_copied() throws Exception {
        List<Function<byte[], ByteBuffer>> ways = List.of(
                array -> ByteBuffer.wrap(array, 1, 3),
                array -> ByteBuffer.wrap(array, 1, 3).slice(),
                array -> ByteBuffer.wrap(array, 1, 3).asReadOnlyBuffer(),
                array -> ByteBuffer.allocateDirect(3).put(array, 1, 3).flip());
        for (Function<byte[], ByteBuffer> way : ways) {
            byte[] array = {0, 1, 2, 3};
            byte[] message = assembler.append(way.apply(array), true, LIMIT);
            Arrays.fill(array, (byte) 9);
            assertThat(message).containsExactly(1, 2, 3);
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
