package dev.wsmesh.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.web.socket.CloseStatus;

class PlainStatusTest {

    @Test
    void every_code_that_is_sent_stands_in_the_table() throws IOException {
        List<CloseStatus> sent = List.of(
                PlainStatus.GOING_AWAY,
                PlainStatus.TOO_LARGE,
                PlainStatus.TOO_SLOW,
                PlainStatus.OVERLOADED,
                PlainStatus.NOT_RELIABLE);
        String protocol = Files.readString(Path.of("docs", "plain-peers.md"));
        for (CloseStatus status : sent) {
            assertThat(protocol).contains("\n| " + status.getCode() + " |");
        }
    }

    @Test
    void a_status_reads_as_its_code_and_reason_on_one_line() {
        assertThat(PlainStatus.describe(CloseStatus.NO_CLOSE_FRAME)).isEqualTo("1006 (no close frame)");
        assertThat(PlainStatus.describe(CloseStatus.NORMAL)).isEqualTo("1000");
        assertThat(PlainStatus.describe(CloseStatus.NORMAL.withReason("a\nb"))).isEqualTo("1000 (a\\u000ab)");
    }
}
