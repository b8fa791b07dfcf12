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

    /** Where its cache of code is, once it has been trained. */
    Path cache() throws IOException {
        return Files.createDirectories(HOME.resolve("target/aot").toAbsolutePath()).resolve(name + ".aot");
    }

    /** Nothing but jars, because a cache of code (--aot) is for those only. */
    String classpath() throws IOException {
        Path target = module.resolve("target");
        if (!Files.exists(target.resolve("classpath"))) {
            throw new IOException("no " + target.resolve("classpath") + ": build first");
        }
        Stream<String> first = options.containsKey("jar") ? Stream.of(HOME.resolve(options.get("jar")).toString()) : Stream.empty();
        try (Stream<Path> own = Files.list(target)) {
            return Stream.of(first, own.map(Path::toString).filter(file -> file.endsWith(".jar")),
                    Stream.of(Files.readString(target.resolve("classpath")).strip())).flatMap(files -> files)
                    .collect(Collectors.joining(File.pathSeparator));
        }
    }
}
