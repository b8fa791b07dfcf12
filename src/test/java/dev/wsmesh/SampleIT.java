package dev.wsmesh;

import static dev.wsmesh.TestNode.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
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
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The sample application, compiled and run against the plain jar in two processes. What the jar does not bring (Actuator, Micrometer,
 * picocli, transactions) is not on its class path.
 */
class SampleIT {

    private static final Path SOURCES = Path.of("samples/cache-invalidation/src/main");
    private static final Pattern FOREIGN = Pattern.compile(
            "spring-boot-(actuator|health|micrometer|starter|test).*|spring-(tx|test)-.*|micrometer-(core|jakarta9|registry).*"
                    + "|picocli-.*|prometheus-.*");
    private static final Pattern NEEDED = Pattern.compile(
            "(spring|micrometer|tomcat|jetty|jackson|slf4j|logback|log4j|jul-to-slf4j|snakeyaml|commons-logging|jakarta|jspecify)"
                    + ".*\\.jar");

    /** Usually it is seconds. */
    private static final Duration START = Duration.ofMinutes(3);

    private final HttpClient http = HttpClient.newHttpClient();
    private final List<Process> processes = new ArrayList<>();

    @TempDir
    Path directory;

    @BeforeEach
    void compile() throws IOException {
        List<String> arguments = new ArrayList<>(List.of(
                "-proc:none", "-parameters", "-cp", libraries(), "-d", classes().toString()));
        try (Stream<Path> files = Files.walk(SOURCES.resolve("java"))) {
            files.map(Path::toString).filter(file -> file.endsWith(".java")).forEach(arguments::add);
        }
        int result = Objects.requireNonNull(ToolProvider.getSystemJavaCompiler())
                .run(null, null, null, arguments.toArray(String[]::new));
        assertThat(result).as("the sample compiles").isZero();
    }

    @AfterEach
    void stop() throws InterruptedException {
        processes.forEach(Process::destroy);
        for (Process process : processes) {
            process.waitFor();
        }
    }

    @Test
    void a_price_that_is_changed_on_one_instance_is_forgotten_on_the_other() throws Exception {
        int[] ports = FreePorts.find(2);
        int one = ports[0];
        int other = ports[1];
        run(one, other);
        run(other, one);
        awaitUp(one);
        awaitUp(other);
        await().atMost(PATIENCE).untilAsserted(() -> {
            // Until they are linked, the other one keeps what it has read.
            put(one, 100);
            assertThat(get(other)).isEqualTo("100");
        });
        put(one, 120);
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(get(other)).isEqualTo("120"));
        put(other, 130);
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(get(one)).isEqualTo("130"));
        Files.writeString(directory.resolve("prices/tea"), "7");
        assertThat(get(one)).as("it is a cache").isEqualTo("130");
    }

    private void run(int port, int peer) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                String.join(
                        File.pathSeparator,
                        classes().toString(),
                        SOURCES.resolve("resources").toAbsolutePath().toString(),
                        libraries()),
                "dev.wsmesh.samples.cache.ShopApplication",
                "--server.port=" + port,
                "--mesh.peers=ws://localhost:" + port + "/mesh,ws://localhost:" + peer + "/mesh",
                "--prices.directory=" + directory.resolve("prices"));
        processes.add(builder.redirectErrorStream(true)
                .redirectOutput(log(port).toFile())
                .start());
    }

    private Path classes() {
        return directory.resolve("classes");
    }

    private Path log(int port) {
        return directory.resolve(port + ".log");
    }

    private void awaitUp(int port) {
        await().atMost(START)
                .untilAsserted(() -> assertThat(Files.readString(log(port))).contains("takes part in the mesh"));
    }

    private void put(int port, int cents) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(price(port))
                .header("Content-Type", "text/plain")
                .PUT(BodyPublishers.ofString(Integer.toString(cents)))
                .build();
        assertThat(http.send(request, BodyHandlers.ofString()).statusCode()).isEqualTo(200);
    }

    private String get(int port) throws IOException, InterruptedException {
        return http.send(HttpRequest.newBuilder(price(port)).build(), BodyHandlers.ofString())
                .body();
    }

    private static URI price(int port) {
        return URI.create("http://localhost:" + port + "/prices/tea");
    }

    /** The plain jar, and what an application with the starter for web applications has. */
    private static String libraries() {
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
