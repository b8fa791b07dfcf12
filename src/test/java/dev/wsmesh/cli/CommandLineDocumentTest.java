package dev.wsmesh.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** docs/command-line.md says what the code says. */
class CommandLineDocumentTest {

    private static final Pattern EXIT_CODE = Pattern.compile("(?m)^\\| ([0-9]) \\| ");
    private static final Pattern HOP = Pattern.compile("(?m)^\\| `([a-z]+)` \\| ");
    private static final Pattern OPTION = Pattern.compile("(--[a-z-]+)");

    @Test
    void every_exit_code_is_documented_and_no_other_is() throws IOException, IllegalAccessException {
        Set<String> codes = new TreeSet<>();
        for (Field field : ExitCodes.class.getDeclaredFields()) {
            if (field.getType() == int.class) {
                codes.add(Integer.toString(field.getInt(null)));
            }
        }
        assertThat(found(EXIT_CODE, page())).isEqualTo(codes).hasSize(9);
    }

    @Test
    void every_hop_is_documented() throws IOException {
        Set<String> hops = new TreeSet<>();
        for (Hop hop : Hop.values()) {
            hops.add(hop.toString());
        }
        assertThat(found(HOP, page())).containsAll(hops);
    }

    @ParameterizedTest
    @ValueSource(strings = {"publish", "subscribe", "peers", "topics", "doctor", "bench"})
    void every_option_is_documented(String command) throws IOException {
        Terminal terminal = new Terminal();
        assertThat(terminal.run(command, "--help")).isZero();
        Set<String> options = found(OPTION, terminal.out());
        options.removeAll(Set.of("--version", "--help"));
        assertThat(options).isNotEmpty();
        assertThat(found(OPTION, page())).containsAll(options);
        assertThat(terminal.out()).contains("Exit codes: 0");
    }

    @ParameterizedTest
    @ValueSource(strings = {"publish", "subscribe", "peers", "topics", "doctor", "bench", "demo", "key"})
    void every_command_is_in_the_help(String command) {
        Terminal terminal = new Terminal();
        assertThat(terminal.run("--help")).isZero();
        assertThat(terminal.out()).containsPattern("(?m)^  " + command + " +[A-Z]");
        assertThat(terminal.run(command, "--version")).isZero();
        assertThat(terminal.out()).startsWith("wsmesh ");
    }

    private static Set<String> found(Pattern pattern, String text) {
        return pattern.matcher(text)
                .results()
                .map(result -> result.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static String page() throws IOException {
        return Files.readString(Path.of("docs/command-line.md"));
    }
}
