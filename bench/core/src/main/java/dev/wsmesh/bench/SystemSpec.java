package dev.wsmesh.bench;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A line of systems.txt.
 *
 * @param module  the directory beside core whose target holds classes and classpath
 * @param adapter the class that is a {@link MeshSystem}
 * @param options for the adapter; {@code server} is the driver's, and so is {@code jar}: what stands before the class path
 */
record SystemSpec(String name, Path module, String adapter, Map<String, String> options) {

    static final Path HOME = Path.of(System.getProperty("bench.home", "."));

    static Map<String, SystemSpec> all() throws IOException {
        try (Stream<String> lines = Files.lines(HOME.resolve("systems.txt"))) {
            return lines.filter(line -> !line.isBlank() && !line.startsWith("#")).map(line -> line.trim().split("\\s+"))
                    .map(words -> new SystemSpec(words[0], HOME.resolve(words[1]),
                            words[2].contains(".") ? words[2] : SystemSpec.class.getPackageName() + '.' + words[2],
                            Arrays.stream(words).skip(3).map(word -> word.split("=", 2)).collect(Collectors.toMap(o -> o[0], o -> o[1]))))
                    .collect(Collectors.toMap(SystemSpec::name, spec -> spec, (a, _) -> a, LinkedHashMap::new));
        }
    }

    String classpath() throws IOException {
        Path target = module.resolve("target");
        if (!Files.exists(target.resolve("classpath"))) {
            throw new IOException("no " + target.resolve("classpath") + ": build first");
        }
        String first = options.containsKey("jar") ? HOME.resolve(options.get("jar")) + File.pathSeparator : "";
        return first + String.join(File.pathSeparator, HOME.resolve("core/target/classes").toString(),
                target.resolve("classes").toString(), Files.readString(target.resolve("classpath")).strip());
    }
}
