package dev.wsmesh.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** {@link Bites} takes too long for every build; but what it breaks has to be where it says. */
class PlantedBugsTest {

    @Test
    void each_bug_has_one_place_in_the_source() throws IOException {
        List<String> astray = new ArrayList<>();
        String source = "";
        int places = 0;
        for (String line : Files.readAllLines(Path.of("src/test/resources/dev/wsmesh/simulation/bugs.txt"))) {
            String value = line.substring(line.indexOf(':') + 1).strip();
            if (line.startsWith("file:")) {
                source = Files.readString(Path.of("src/main/java/dev/wsmesh").resolve(value));
            } else if (line.startsWith("find:")) {
                places++;
                int at = source.indexOf(value);
                if (at < 0 || source.indexOf(value, at + 1) >= 0) {
                    astray.add(value);
                }
            }
        }
        assertThat(astray).isEmpty();
        assertThat(places).isGreaterThan(30);
    }
}
