package dev.wsmesh;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.core.ConditionTimeoutException;

/** A {@link LedgerNode} in a process of its own. */
final class LedgerProcess implements AutoCloseable {

    /** What the line that tells of the node's start begins with. */
    private static final String UP = "U ";

    private final Process process;
    private final Path ledger;
    private final Path log;
    private final Writer commands;
    /** Guarded by its own monitor, and so is how many bytes of the ledger it has. */
    private final List<String> lines = new ArrayList<>();

    private long read;

    private LedgerProcess(Process process, Path ledger, Path log) {
        this.process = process;
        this.ledger = ledger;
        this.log = log;
        this.commands = process.outputWriter();
    }

    /** Starts a node whose ledger and log are files of this name. */
    static LedgerProcess start(Path directory, String name, int port, long secondsAhead, List<String> arguments)
            throws IOException {
        List<String> command = TestJvm.command();
        command.addAll(arguments(directory, name, "localhost:" + port, secondsAhead));
        command.addAll(arguments);
        return start(directory, name, command);
    }

    /** Starts one in the container that this command runs. */
    static LedgerProcess start(
            Path directory, String ledger, List<String> runCommand, long secondsAhead, List<String> arguments)
            throws IOException {
        List<String> command = new ArrayList<>(runCommand);
        command.add("java");
        command.addAll(TestJvm.OPTIONS);
        command.addAll(arguments(directory, ledger, "0.0.0.0:" + LedgerContainers.NODE_PORT, secondsAhead));
        command.add("--mesh.security.open=true");
        command.addAll(arguments);
        return start(directory, ledger, command);
    }

    private static List<String> arguments(Path directory, String name, String bind, long secondsAhead) {
        return List.of(
                "-Xmx128m",
                "-cp",
                System.getProperty("java.class.path"),
                LedgerNode.class.getName(),
                ledger(directory, name).toString(),
                Long.toString(secondsAhead),
                "--mesh.bind=" + bind,
                "--mesh.broadcast.enabled=false",
                "--mesh.dial.backoff-min=100ms",
                "--mesh.dial.backoff-max=1s",
                "--spring.main.lazy-initialization=false");
    }

    private static LedgerProcess start(Path directory, String name, List<String> command) throws IOException {
        Path log = directory.resolve(name + ".log");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        return new LedgerProcess(process, ledger(directory, name), log);
    }

    private static Path ledger(Path directory, String name) {
        return directory.resolve(name + ".ledger");
    }

    LedgerProcess awaitUp() {
        // Several start at once, on a machine that may be busy with something else.
        try {
            await().atMost(TestNode.PATIENCE.multipliedBy(8)).until(() -> !process.isAlive() || isUp());
        } catch (ConditionTimeoutException e) {
            throw new IllegalStateException("the node is not linked: " + log(), e);
        }
        if (!isUp()) {
            throw new IllegalStateException("the node did not start: " + log());
        }
        return this;
    }

    private boolean isUp() {
        return count(UP) > 0;
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** What the ledger says so far; a last line that is not finished does not count. */
    List<String> lines() {
        synchronized (lines) {
            readOn();
            return List.copyOf(lines);
        }
    }

    /** How many lines begin so. */
    long count(String prefix) {
        synchronized (lines) {
            readOn();
            return lines.stream().filter(line -> line.startsWith(prefix)).count();
        }
    }

    /** The stream that the node publishes in this run; it is up. */
    String stream() {
        return lines().stream()
                .filter(line -> line.startsWith(UP))
                .map(line -> line.substring(UP.length()))
                .findFirst()
                .orElseThrow();
    }

    /** Ledgers grow long, and are asked often: what was read once is not read again. */
    private void readOn() {
        if (!Files.exists(ledger)) {
            return;
        }
        try (SeekableByteChannel channel = Files.newByteChannel(ledger)) {
            ByteBuffer fresh = ByteBuffer.allocate(Math.toIntExact(channel.size() - read));
            channel.position(read);
            while (fresh.hasRemaining() && channel.read(fresh) >= 0) {
                // Until it is full, or the file was shorter than it said.
            }
            String text = new String(fresh.array(), 0, fresh.position(), StandardCharsets.UTF_8);
            String finished = text.substring(0, text.lastIndexOf('\n') + 1);
            finished.lines().forEach(lines::add);
            read += finished.getBytes(StandardCharsets.UTF_8).length;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String log() {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void rate(int perSecond) throws IOException {
        tell("rate " + perSecond);
    }

    void bytes(int bytes) throws IOException {
        tell("bytes " + bytes);
    }

    /** Leaves the mesh gracefully, and ends. */
    void leave() throws IOException, InterruptedException {
        tell("leave");
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            throw new IllegalStateException("it does not leave: " + log());
        }
    }

    /** As {@code kill -9} does. */
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /** Waits for its end, which somebody else has brought about. */
    void awaitEnd() throws InterruptedException {
        if (!process.waitFor(30, TimeUnit.SECONDS)) {
            throw new IllegalStateException("it does not end: " + log());
        }
    }

    void signal(String name) throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                .start()
                .waitFor();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }

    private void tell(String command) throws IOException {
        commands.write(command + "\n");
        commands.flush();
    }
}
