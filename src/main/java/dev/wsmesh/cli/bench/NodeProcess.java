package dev.wsmesh.cli.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One node's process as its leader has it. Closing it ends it, however it was left. */
final class NodeProcess implements AutoCloseable {

    /** So long a node may take to end before it is killed: longer than leaving takes, and writing a cache that its flags ask for. */
    private static final long END_MILLIS = 120_000;

    private static final String PROGRESS = "received";

    private final String name;
    private final Path log;
    private final Process process;
    private final PrintWriter toNode;
    private final BlockingQueue<String> answers = new LinkedBlockingQueue<>();
    private volatile long received;
    private long endsBy = Long.MAX_VALUE;

    private NodeProcess(String name, Path log, Process process) {
        this.name = name;
        this.log = log;
        this.process = process;
        this.toNode = new PrintWriter(process.outputWriter(StandardCharsets.UTF_8), true);
        Thread _ = Thread.ofVirtual().name("bench-" + name).start(this::listen);
    }

    /** Starts a node; what it says beside its answers goes into a log of that name in the directory. */
    static NodeProcess start(String name, Path directory, List<String> command) throws BenchException {
        Path log = directory.resolve(name + ".log");
        try {
            Process process =
                    new ProcessBuilder(command).redirectError(log.toFile()).start();
            return new NodeProcess(name, log, process);
        } catch (IOException e) {
            throw new BenchException("'" + command.getFirst() + "' cannot be run (" + e.getMessage()
                    + "); start the command with the java of a JDK or JRE 25");
        }
    }

    void tell(String line) {
        toNode.println(line);
    }

    /**
     * Waits for an answer of this kind; returns what follows the word, or null if none has come in this time.
     *
     * @throws BenchException if the node has ended, or says something else
     */
    @Nullable
    String answer(String word, Duration timeout) throws BenchException, InterruptedException {
        String line = answers.poll(timeout.toMillis(), TimeUnit.MILLISECONDS);
        if (line == null) {
            if (!process.isAlive() && answers.isEmpty()) {
                throw new BenchException(
                        name + " has ended with exit code " + process.exitValue() + ": " + lastOfLog());
            }
            return null;
        }
        String[] parts = line.split(" ", 2);
        if (!parts[0].equals(word)) {
            throw new BenchException(name + " says '" + line + "' instead of '" + word + "'; its log is " + log);
        }
        return parts.length > 1 ? parts[1] : "";
    }

    /** How many messages of the round it has received, as it said last. */
    long received() {
        return received;
    }

    /** What it has used of the processors, its system's part included. */
    Duration cpu() {
        return process.info().totalCpuDuration().orElse(Duration.ZERO);
    }

    /** The most memory that it ever had, in KiB; -1 where the system does not tell. */
    long peakResidentKib() {
        try {
            return Files.readAllLines(Path.of("/proc", Long.toString(process.pid()), "status")).stream()
                    .filter(line -> line.startsWith("VmHWM:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                    .findFirst()
                    .orElse(-1);
        } catch (IOException e) {
            return -1;
        }
    }

    /** Tells it to end, without waiting. */
    void dismiss() {
        endsBy = Math.min(endsBy, System.nanoTime() / 1_000_000 + END_MILLIS);
        toNode.close();
    }

    @Override
    public void close() {
        dismiss();
        try {
            if (!process.waitFor(endsBy - System.nanoTime() / 1_000_000, TimeUnit.MILLISECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    void kill() {
        process.destroyForcibly();
    }

    private void listen() {
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith(PROGRESS + " ")) {
                    received = Long.parseLong(line.substring(PROGRESS.length() + 1));
                } else {
                    answers.add(line);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String lastOfLog() {
        try {
            List<String> lines = Files.readAllLines(log);
            return lines.isEmpty() ? "it said nothing" : lines.getLast() + " (" + log + ")";
        } catch (IOException e) {
            return "it said nothing that could be read";
        }
    }
}
