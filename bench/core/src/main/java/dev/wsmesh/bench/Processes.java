package dev.wsmesh.bench;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The child processes of one run; all are killed by pid when it ends, however it ends. */
final class Processes implements AutoCloseable {

    private static final double TICKS_PER_SECOND = 100;
    private static final List<Processes> OPEN = new ArrayList<>();

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            synchronized (OPEN) {
                OPEN.forEach(Processes::kill);
            }
        }));
    }

    private final List<Process> all = new ArrayList<>();
    private final Path dir;
    private boolean killed;

    /** @param dir where they run and log */
    Processes(Path dir) {
        this.dir = dir;
        synchronized (OPEN) {
            OPEN.add(this);
        }
    }

    synchronized Process start(String name, List<String> command) throws IOException {
        if (killed) {
            throw new IOException("killed");
        }
        Process process = new ProcessBuilder(command).directory(dir.toFile()).redirectInput(new File("/dev/null"))
                .redirectErrorStream(true).redirectOutput(dir.resolve(name + ".log").toFile()).start();
        all.add(process);
        return process;
    }

    synchronized void checkAlive() throws IOException {
        for (Process process : all) {
            if (!process.isAlive()) {
                throw new IOException("a process ended with " + process.exitValue() + ", see the logs in " + dir);
            }
        }
    }

    /** Waits until those that end by themselves have. */
    static void awaitEnd(List<Process> ending, int seconds) throws IOException, InterruptedException {
        for (Process process : ending) {
            if (!process.waitFor(seconds, TimeUnit.SECONDS)) {
                throw new IOException("a node has not ended within " + seconds + " s");
            }
        }
    }

    synchronized void kill() {
        killed = true;
        all.forEach(Process::destroyForcibly);
    }

    @Override
    public void close() {
        kill();
        all.forEach(process -> process.onExit().join());
        synchronized (OPEN) {
            OPEN.remove(this);
        }
    }

    /** The commit that is checked out, with a plus if something was changed since; empty if that cannot be known. What was built may be another. */
    static String checkout() {
        try {
            Process git = new ProcessBuilder("git", "-C", SystemSpec.HOME.toString(), "describe", "--always", "--dirty=+")
                    .redirectError(ProcessBuilder.Redirect.DISCARD).start();
            return new String(git.getInputStream().readAllBytes()).strip();
        } catch (IOException e) {
            return ""; // no git here
        }
    }

    static double cpuSeconds(List<Process> processes) {
        return processes.stream().mapToDouble(process -> {
            String stat = read(process, "stat");
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
            return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / TICKS_PER_SECOND; // utime and stime
        }).sum();
    }

    static double peakRssMib(List<Process> processes) {
        return processes.stream().flatMap(p -> read(p, "status").lines()).filter(l -> l.startsWith("VmHWM:"))
                .mapToLong(l -> Long.parseLong(l.replaceAll("\\D", ""))).sum() / 1024.0;
    }

    private static String read(Process process, String file) {
        try {
            return Files.readString(Path.of("/proc", "" + process.pid(), file));
        } catch (IOException e) {
            throw new IllegalStateException("process " + process.pid() + " is gone", e);
        }
    }
}
