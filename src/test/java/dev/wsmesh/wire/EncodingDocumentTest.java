package dev.wsmesh.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class EncodingDocumentTest {
    @ParameterizedTest
    @EnumSource
    void thePageNamesEachViolationWithItsLimitAndCloseCode(Violation violation) throws IOException {
        String page = Files.readString(Path.of("docs/protocol-encoding.md"));
        if (violation.isLimit()) {
            String row = "\\| `%s` \\| %d \\| .* \\| %d \\|"
                    .formatted(
                            violation,
                            Offence.against(violation).limit(),
                            violation.closeCode().number());
            assertThat(page.lines()).anyMatch(line -> line.matches(row));
        } else {
            assertThat(page).contains("`" + violation + "`");
        }
    }
}
