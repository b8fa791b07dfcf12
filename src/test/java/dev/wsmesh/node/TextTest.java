package dev.wsmesh.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TextTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "a",
                "\u00e9",
                "\u07ff",
                "\u0800",
                "\uffff",
                "\ud83d\ude00",
                "mixed \u00e9 \u20ac \ud83d\ude00"
            })
    void the_length_is_that_of_the_encoded_text_wherever_it_is_cut(String text) {
        assertThat(Utf8.length(text)).isEqualTo(text.getBytes(StandardCharsets.UTF_8).length);
        for (int cut = 0; cut <= text.length(); cut++) {
            assertThat(Utf8.length(text.substring(0, cut)) + Utf8.length(text.substring(cut)))
                    .isEqualTo(Utf8.length(text));
        }
    }

    @Test
    void a_text_cannot_forge_a_line_of_the_log() {
        assertThat(LogText.printable("a\r\n2026 ERROR fake\u001b[31m\u2028\u202e"))
                .isEqualTo("a\\u000d\\u000a2026 ERROR fake\\u001b[31m\\u2028\\u202e");
    }

    @Test
    void a_long_text_is_cut_for_the_log() {
        assertThat(LogText.printable("x".repeat(5_000))).hasSize(200 + "... (5000 characters)".length());
    }
}
