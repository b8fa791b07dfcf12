package dev.wsmesh.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wsmesh.node.Backlog;
import dev.wsmesh.node.MeshCounters;
import dev.wsmesh.ops.MeshMeters;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.io.FileSystemResource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The tables in docs/ say what the code says. */
class DocumentationTest {

    private static final Path DOCS = Path.of("docs");
    private static final Pattern PROPERTY =
            Pattern.compile("^\\| `(mesh\\.[^`]+)` \\| `([^`]+)` \\| `([^`]+)` \\| .+ \\|$");
    private static final Pattern METER = Pattern.compile("^\\| `(mesh\\.[^`]+)` \\| `(mesh_[^`]+)` \\| ([^|]+) \\|.*$");
    private static final Pattern CODE = Pattern.compile("`([^`]+)`");

    @Test
    void every_property_is_documented_with_its_type_and_default_and_no_other_is() throws IOException {
        Map<String, String> documented = new TreeMap<>();
        for (String line : Files.readAllLines(DOCS.resolve("configuration.md"))) {
            Matcher row = PROPERTY.matcher(line);
            if (row.matches()) {
                documented.put(row.group(1), row.group(2) + " = " + row.group(3));
            }
        }
        assertThat(documented).isEqualTo(properties()).hasSizeGreaterThan(20);
    }

    @Test
    void every_property_is_described_for_completion_in_an_ide() throws IOException {
        for (JsonNode property : metadata()) {
            assertThat(property.path("description").asString(""))
                    .as(property.path("name").asString())
                    .hasSizeGreaterThan(10);
        }
    }

    @Test
    void the_sample_changes_nothing_and_names_every_property() throws IOException {
        EnumerablePropertySource<?> sample = (EnumerablePropertySource<?>) new YamlPropertySourceLoader()
                .load("sample", new FileSystemResource("application.yml"))
                .getFirst();
        Map<String, String> defaults = properties();
        for (String name : sample.getPropertyNames()) {
            String value = String.valueOf(sample.getProperty(name));
            String expected = Objects.requireNonNull(defaults.get(name), name);
            assertThat(expected.substring(expected.indexOf(" = ") + 3))
                    .as(name)
                    .isEqualTo(value.isEmpty() ? "-" : value);
        }
        String text = Files.readString(Path.of("application.yml"));
        Map<String, Integer> homonyms = new TreeMap<>();
        defaults.keySet().forEach(name -> homonyms.merge(name.substring(name.lastIndexOf('.') + 1), 1, Integer::sum));
        homonyms.forEach((name, count) -> assertThat(Pattern.compile("(?m)^[ #]+" + name + ":")
                        .matcher(text)
                        .results()
                        .count())
                .as(name)
                .isGreaterThanOrEqualTo(count));
    }

    @Test
    void every_meter_is_documented_with_its_names_and_tags_and_no_other_is() throws IOException {
        PrometheusMeterRegistry prometheus = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        meshMeters().bindTo(prometheus);
        String scrape = prometheus.scrape();
        Map<String, Set<String>> documented = new TreeMap<>();
        for (String line : Files.readAllLines(DOCS.resolve("operations.md"))) {
            Matcher row = METER.matcher(line);
            if (row.matches()) {
                assertThat(scrape).as(row.group(1)).containsPattern("(?m)^" + row.group(2) + "[ {]");
                Set<String> tags = documented.computeIfAbsent(row.group(1), _ -> new TreeSet<>());
                CODE.matcher(row.group(3)).results().forEach(code -> tags.add(code.group(1)));
            }
        }
        assertThat(documented).isEqualTo(meters());
    }

    private static MeshMeters meshMeters() {
        return new MeshMeters(new MeshMeters.Sources(
                new MeshCounters(), new NoPeers(), _ -> 0, () -> null, () -> new Backlog(0, 0, 0), Instant::now));
    }

    private static Map<String, Set<String>> meters() {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        meshMeters().bindTo(registry);
        Map<String, Set<String>> meters = new TreeMap<>();
        for (Meter meter : registry.getMeters()) {
            assertThat(meter.getId().getDescription())
                    .as(meter.getId().getName())
                    .isNotBlank();
            Set<String> tags = meters.computeIfAbsent(meter.getId().getName(), _ -> new TreeSet<>());
            for (Tag tag : meter.getId().getTags()) {
                tags.add(tag.getKey());
                tags.add(tag.getValue());
            }
        }
        return meters;
    }

    private static Map<String, String> properties() throws IOException {
        Map<String, String> properties = new TreeMap<>();
        for (JsonNode property : metadata()) {
            String type = property.path("type").asString("").replaceAll("[a-z]+\\.", "");
            String value = property.path("defaultValue").asString("");
            properties.put(property.path("name").asString(), type + " = " + (value.isEmpty() ? "-" : value));
        }
        return properties;
    }

    private static List<JsonNode> metadata() throws IOException {
        String file = "/META-INF/spring-configuration-metadata.json";
        try (InputStream in = Objects.requireNonNull(DocumentationTest.class.getResourceAsStream(file))) {
            return new JsonMapper()
                    .readTree(in)
                    .path("properties")
                    .valueStream()
                    .filter(property -> property.path("name").asString("").startsWith("mesh."))
                    .toList();
        }
    }
}
