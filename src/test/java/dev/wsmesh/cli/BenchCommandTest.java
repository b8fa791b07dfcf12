package dev.wsmesh.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is told of a measurement that cannot be made; the measuring itself is in CommandLineIT. */
class BenchCommandTest {

    private final Terminal terminal = new Terminal();

    @ParameterizedTest
    @CsvSource({
        "--nodes=1, --nodes 1 is not possible; give a number from 2 to 64",
        "--size=15, --size 15 is not possible; give a number from 16 to 65536",
        "--size=65537, --size 65537 is not possible; give a number from 16 to 65536",
        "--rate=0, --rate 0 is not possible; give a number from 1 to 1000000",
        "--for=never, is not a duration",
        "--topology=star, star"
    })
    void a_value_that_is_not_possible_is_told_in_one_line(String option, String complaint) {
        assertThat(terminal.run("bench", option)).isEqualTo(ExitCodes.USAGE);
        assertThat(terminal.err().lines()).singleElement().asString().contains(complaint);
        assertThat(terminal.out()).isEmpty();
    }

    @Test
    void a_node_that_does_not_start_ends_it_with_what_it_said() {
        assertThat(terminal.run("bench", "--nodes=2", "--jvm=-XX:NoSuchFlag")).isEqualTo(ExitCodes.FAILED);
        assertThat(terminal.err().lines().toList().getLast())
                .startsWith("wsmesh: node-")
                .contains("has ended with exit code 1");
    }

    /** Written down twice, because a jar and an image have no file in common. */
    @Test
    void what_is_measured_runs_with_the_flags_of_the_image() throws IOException {
        List<String> flags = Files.readAllLines(Path.of("src/main/docker/jvm.options")).stream()
                .filter(line -> line.startsWith("-"))
                .toList();
        assertThat(flags).isNotEmpty();
        assertThat(BenchCommand.JVM.split(" ")).containsAll(flags).hasSize(flags.size() + 1);
    }

    @Test
    void its_nodes_are_no_command_of_the_help() {
        assertThat(terminal.run("--help")).isZero();
        assertThat(terminal.out()).doesNotContain(BenchNodeCommand.NAME);
    }
}
