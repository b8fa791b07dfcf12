package dev.wsmesh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.ToolProvider;

/**
 * A sample application, compiled, and run against the plain jar in processes. What the jar does not bring (Actuator, Micrometer,
 * picocli, transactions) is not on its class path.
 */
final class SampleProgram {

    private static final Pattern FOREIGN = Pattern.compile(
            "spring-boot-(actuator|health|micrometer|starter|test).*|spring-(tx|test)-.*|micrometer-(core|jakarta9|registry).*"
                    + "|picocli-.*|prometheus-.*");
    private static final Pattern NEEDED = Pattern.compile(
            "(spring|micrometer|tomcat|jetty|jackson|slf4j|logback|log4j|jul-to-slf4j|snakeyaml|commons-logging|jakarta|jspecify)"
                    + ".*\\.jar");

    /** Usually it is seconds. */
    private static final Duration START = Duration.ofMinutes(3);

    private final Path sources;
    private final String mainClass;
    private final Path directory;
    private final String libraries;
    private final List<Process> processes = new ArrayList<>();

    /**
     * Compiles it.
     *
     * @param sources its {@code src/main}
     * @param directory for what it becomes
     * @param more libraries beside those of every web application
     */
    SampleProgram(Path sources, String mainClass, Path directory, Path... more) throws IOException {
        this.sources = sources;
        this.mainClass = mainClass;
        this.directory = directory;
        this.libraries = Stream.concat(Stream.of(usual()), Arrays.stream(more).map(Path::toString))
                .collect(Collectors.joining(File.pathSeparator));
        compile();
    }

    private void compile() throws IOException {
        List<String> arguments = new ArrayList<>(List.of(
                "-proc:none", "-parameters", "-cp", libraries, "-d", classes().toString()));
        try (Stream<Path> files = Files.walk(sources.resolve("java"))) {
            files.map(Path::toString).filter(file -> file.endsWith(".java")).forEach(arguments::add);
        }
        int result = Objects.requireNonNull(ToolProvider.getSystemJavaCompiler())
                .run(null, null, null, arguments.toArray(String[]::new));
        assertThat(result).as("the sample compiles").isZero();
    }

    /** Runs an instance on this port. */
    void run(int port, String... arguments) throws IOException {
        List<String> command = TestJvm.command(
                "-cp",
                String.join(
                        File.pathSeparator,
                        classes().toString(),
                        sources.resolve("resources").toAbsolutePath().toString(),
                        libraries),
                mainClass,
                "--server.port=" + port);
        command.addAll(List.of(arguments));
        processes.add(new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log(port).toFile())
                .start());
    }

    void awaitUp(int port) {
        await().atMost(START)
                .untilAsserted(() -> assertThat(Files.readString(log(port))).contains("takes part in the mesh"));
    }

    /** Ends all instances. */
    void stop() throws InterruptedException {
        processes.forEach(Process::destroy);
        for (Process process : processes) {
            process.waitFor();
        }
    }

    private Path classes() {
        return directory.resolve("classes");
    }

    private Path log(int port) {
        return directory.resolve(port + ".log");
    }

    /** The plain jar, and what an application with the starter for web applications has. */
    private static String usual() {
        String jar = System.getProperty("wsmesh.plain-jar", "target/wsmesh-0.1.0-SNAPSHOT.jar");
        String present = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        return Stream.concat(
                        Stream.of(Path.of(jar).toAbsolutePath().toString()),
                        Arrays.stream(present.split(File.pathSeparator))
                                .filter(library ->
                                        isNeeded(Path.of(library).getFileName().toString())))
                .collect(Collectors.joining(File.pathSeparator));
    }

    private static boolean isNeeded(String library) {
        return NEEDED.matcher(library).matches() && !FOREIGN.matcher(library).matches();
    }
}
