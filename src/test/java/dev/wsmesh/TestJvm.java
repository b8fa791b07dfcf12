package dev.wsmesh;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** How tests start JVMs of their own: up soon and small, because many start at once on few cores and live for seconds. */
public final class TestJvm {

    /** One compiler, no threads for collecting; for the others see {@code src/main/docker/jvm.options}. */
    static final List<String> OPTIONS = List.of(
            "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xms32m", "-Djdk.reflect.useNativeAccessorOnly=true");

    /** For the image, beside its own: a JVM does not start with two collectors. */
    public static final String BESIDE_THE_IMAGES = "-XX:TieredStopAtLevel=1 -Xms32m";

    private TestJvm() {}

    /** The program of the JVM that runs the tests. */
    static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    /** A command line that starts {@code java} with {@link #OPTIONS}; what it is to run can be added. */
    static List<String> command(String... options) {
        List<String> command = new ArrayList<>(List.of(java()));
        command.addAll(OPTIONS);
        command.addAll(List.of(options));
        return command;
    }
}
