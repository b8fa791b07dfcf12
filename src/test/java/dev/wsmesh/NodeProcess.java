package dev.wsmesh;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.core.ConditionTimeoutException;

/** The packaged node in a process of its own. */
public final class NodeProcess implements AutoCloseable {

    private static final Pattern UP = Pattern.compile("node localhost:(\\d+) takes part");

    private final Process process;
    private final List<String> lines = new CopyOnWriteArrayList<>();

    private NodeProcess(Process process) {
        this.process = process;
        Thread.ofVirtual().start(() -> process.inputReader().lines().forEach(lines::add));
    }

    /** Starts the executable jar with these JVM options, environment and arguments. */
    public static NodeProcess start(List<String> jvmOptions, Map<String, String> environment, String... arguments)
            throws IOException {
        List<String> command = TestJvm.command();
        command.addAll(jvmOptions);
        command.addAll(List.of("-jar", System.getProperty("wsmesh.exec-jar")));
        command.addAll(List.of(arguments));
        return launch(command, environment);
    }

    static NodeProcess start(String... arguments) throws IOException {
        return start(List.of(), Map.of(), arguments);
    }

    /** Starts any command, with its output read in the same manner. */
    static NodeProcess launch(List<String> command, Map<String, String> environment) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().putAll(environment);
        return new NodeProcess(builder.start());
    }

    /** Waits until it takes part in the mesh, or fails with what it printed instead. */
    public NodeProcess awaitUp() {
        try {
            // To start a process takes long on a machine that is busy with something else.
            await().atMost(TestNode.PATIENCE.multipliedBy(8)).until(() -> !process.isAlive() || matchUp() != null);
        } catch (ConditionTimeoutException e) {
            close();
            throw e;
        }
        if (matchUp() == null) {
            throw new IllegalStateException("the node did not start: " + lines);
        }
        return this;
    }

    int port() {
        Matcher up = java.util.Objects.requireNonNull(matchUp());
        return Integer.parseInt(up.group(1));
    }

    List<String> lines() {
        return List.copyOf(lines);
    }

    /** Whether a line of its output has this in it. */
    public boolean printed(String part) {
        return lines.stream().anyMatch(line -> line.contains(part));
    }

    /** Sends a signal, as {@code kill} does. */
    void signal(String name) throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                .start()
                .waitFor();
    }

    /** As {@code kill -9} does. */
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    int awaitExit() throws InterruptedException {
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            throw new IllegalStateException("the process does not end: " + lines);
        }
        return process.exitValue();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }

    private @org.jspecify.annotations.Nullable Matcher matchUp() {
        return lines.stream().map(UP::matcher).filter(Matcher::find).findFirst().orElse(null);
    }
}
