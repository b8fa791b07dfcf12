package dev.wsmesh.proxies;

import static dev.wsmesh.TestNode.PATIENCE;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Another program's server in the foreground of a child process, with a configuration of ours. */
final class Daemon implements AutoCloseable {

    private final Process process;
    private final int port;
    private final Path output;

    private Daemon(Process process, int port, Path output) {
        this.process = process;
        this.port = port;
        this.output = output;
    }

    /** Skips the test, visibly, where the program is not installed. */
    static Path installed(String binary) {
        Path program = Path.of("/usr/sbin", binary);
        assumeTrue(Files.isExecutable(program), binary + " is not installed");
        return program;
    }

    static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /** Starts the program, and waits until it takes connections at the port. */
    static Daemon start(Path directory, int port, List<String> command) throws IOException {
        Path output = directory.resolve("output-" + port + ".log");
        Process process = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        Daemon daemon = new Daemon(process, port, output);
        try {
            await().atMost(PATIENCE).until(() -> !process.isAlive() || daemon.answers());
            if (!process.isAlive()) {
                throw new IllegalStateException(command + " ended: " + daemon.output());
            }
            return daemon;
        } catch (RuntimeException e) {
            daemon.close();
            throw e;
        }
    }

    int port() {
        return port;
    }

    String output() throws IOException {
        return Files.readString(output);
    }

    @Override
    public void close() {
        List<ProcessHandle> children = process.descendants().toList();
        process.destroy();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        children.forEach(ProcessHandle::destroyForcibly);
    }

    private boolean answers() {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }
}
