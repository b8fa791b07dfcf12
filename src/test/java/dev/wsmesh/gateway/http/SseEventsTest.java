package dev.wsmesh.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wsmesh.node.Message;
import dev.wsmesh.node.Position;
import dev.wsmesh.protocol.Bytes;
import dev.wsmesh.protocol.NodeId;
import dev.wsmesh.protocol.StreamId;
import dev.wsmesh.protocol.Topic;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class SseEventsTest {

    private static final StreamId STREAM = new StreamId(new NodeId(1, 2), 3);

    private final SseEvents events = new SseEvents();

    @Test
    void what_is_kept_for_the_next_client_is_bounded_in_bytes_whatever_is_published() {
        for (int sequence = 1; sequence <= 2_000; sequence++) {
            assertThat(written(sequence, 15_000)).startsWith("id: token\ndata: {\"topic\":\"a\"");
        }
        assertThat(events.sharedBytes()).isBetween(1L << 20, 8L << 20);
        for (int sequence = 2_001; sequence <= 2_050; sequence++) {
            assertThat(written(sequence, 1_000_000)).hasSizeGreaterThan(1_000_000);
        }
        assertThat(events.sharedBytes()).isLessThanOrEqualTo(8L << 20);
    }

    @Test
    void a_second_client_gets_the_same_of_a_small_event_as_of_a_large_one() {
        for (int length : new int[] {0, 10, 16_384, 100_000}) {
            String first = written(length + 1, length);
            assertThat(written(length + 1, length))
                    .isEqualTo(first)
                    .contains("\"text\":\"" + "x".repeat(length) + "\"");
        }
    }

    private String written(long sequence, int length) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Message message = new Message(
                new Position(STREAM, sequence),
                new Topic("a"),
                Bytes.wrap("x".repeat(length).getBytes(StandardCharsets.UTF_8)),
                "text/plain",
                List.of(),
                Instant.EPOCH);
        events.write(out, message, "token");
        return out.toString(StandardCharsets.UTF_8);
    }
}
