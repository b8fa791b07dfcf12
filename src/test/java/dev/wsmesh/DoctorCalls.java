package dev.wsmesh;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wsmesh.cli.Terminal;
import java.util.ArrayList;
import java.util.List;

/** Calls the command {@code doctor} and knows what a failure looks like. */
final class DoctorCalls {

    private final Terminal terminal = new Terminal();

    Terminal terminal() {
        return terminal;
    }

    /** It ends with 1, and its last line names this hop and what to do about it. */
    void fails(String hop, String... arguments) {
        List<String> all = new ArrayList<>(List.of("doctor"));
        all.addAll(List.of(arguments));
        assertThat(terminal.run(all.toArray(String[]::new))).isEqualTo(1);
        assertThat(terminal.lastLine()).startsWith(hop + " fails: ").contains("; ");
        assertThat(terminal.out()).containsPattern("(?m)^" + hop + " +failed ");
        assertThat(terminal.err()).isEmpty();
    }
}
