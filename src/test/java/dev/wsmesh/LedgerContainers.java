package dev.wsmesh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.springframework.boot.SpringApplication;

/**
 * Containers for {@link LedgerNode}: the image that ours is made from, with this machine's classes mounted where they lie, in a
 * network of their own. Driven by the command line of Docker, because a node is told by its standard input what to do.
 */
final class LedgerContainers {

    /** By this, {@code .ci/run} finds what a killed run has left behind. */
    private static final String LABEL = "org.testcontainers=true";

    private static final String IMAGE = "eclipse-temurin:25-jre";

    /** At which a node listens in its container. */
    static final int NODE_PORT = 8080;

    private static final AtomicInteger made = new AtomicInteger();

    private final String prefix = "wsmesh-faults-" + ProcessHandle.current().pid() + "-" + made.incrementAndGet();
    private final String gateway;
    private final Set<String> names = new TreeSet<>();

    LedgerContainers() throws IOException, InterruptedException {
        docker("network", "create", "--label", LABEL, prefix);
        gateway = answer("network", "inspect", "-f", "{{(index .IPAM.Config 0).Gateway}}", prefix);
    }

    /** Where containers reach this machine. */
    String gateway() {
        return gateway;
    }

    /** The same, with the node's port published at one of this machine. */
    List<String> runCommandAt(int port, String name, Path directory) {
        List<String> command = runCommand(name, directory);
        command.addAll(command.size() - 1, List.of("-p", "127.0.0.1:" + port + ":" + NODE_PORT));
        return command;
    }

    /** Runs in the foreground, so that its process lives as long as the container. What is to be run can be added. */
    List<String> runCommand(String name, Path directory) {
        names.add(name);
        List<String> command = new ArrayList<>(List.of("docker", "run", "--rm", "-i", "--label", LABEL));
        command.addAll(List.of("--name", prefix + "-" + name, "--network", prefix, "--network-alias", name));
        command.addAll(List.of("-v", directory + ":" + directory));
        for (Path classes : List.of(Path.of("").toAbsolutePath(), repository())) {
            command.addAll(List.of("-v", classes + ":" + classes + ":ro"));
        }
        command.add(IMAGE);
        return command;
    }

    void kill(String name) throws IOException, InterruptedException {
        docker("kill", prefix + "-" + name);
    }

    /** On a busy machine runc gives up before all threads stand still ("unable to freeze"), and leaves the container as it was. */
    void pause(String name) {
        await().atMost(TestNode.PATIENCE).until(() -> run("pause", prefix + "-" + name) == 0);
    }

    void goOn(String name) throws IOException, InterruptedException {
        docker("unpause", prefix + "-" + name);
    }

    /** Its connections neither carry nor end: there is no network any more. */
    void cut(String name) throws IOException, InterruptedException {
        docker("network", "disconnect", prefix, prefix + "-" + name);
    }

    void heal(String name) throws IOException, InterruptedException {
        docker("network", "connect", "--alias", name, prefix, prefix + "-" + name);
    }

    /** What the one sends to the other vanishes, as on a broken route; not so the other way. */
    void swallow(String from, String to) throws IOException, InterruptedException {
        filter(to, "-A", "INPUT", "-s", addressOf(from), "-j", "DROP");
    }

    /** So many of a hundred packets vanish that the one sends to the other: it takes TCP seconds to say what takes milliseconds. */
    void lose(int percent, String from, String to) throws IOException, InterruptedException {
        String probability = String.valueOf(percent / 100.0);
        String sender = addressOf(from);
        filter(
                to,
                ("-A INPUT -s " + sender + " -m statistic --mode random --probability " + probability + " -j DROP")
                        .split(" "));
    }

    /** Everything that is sent to it arrives. */
    void loseNothing(String name) throws IOException, InterruptedException {
        filter(name, "-F", "INPUT");
    }

    /** From outside, because the image has no such tools. */
    private void filter(String name, String... rule) throws IOException, InterruptedException {
        String pid = answer("inspect", "-f", "{{.State.Pid}}", prefix + "-" + name);
        List<String> command = new ArrayList<>(List.of("nsenter", "-t", pid, "-n", "iptables"));
        command.addAll(List.of(rule));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as("%s: %s", command, said).isZero();
    }

    private String addressOf(String name) throws IOException, InterruptedException {
        return answer("inspect", "-f", "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}", prefix + "-" + name);
    }

    private static String answer(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("docker"));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        assertThat(process.waitFor()).as("%s", command).isZero();
        return said;
    }

    /** Whether packets of containers can be filtered from here. */
    static boolean canFilter() {
        try {
            String here = String.valueOf(ProcessHandle.current().pid());
            return new ProcessBuilder("nsenter", "-t", here, "-n", "iptables", "-L", "INPUT", "-n")
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Whatever runs is killed. */
    void remove() throws IOException, InterruptedException {
        List<String> all = names.stream().map(name -> prefix + "-" + name).toList();
        for (String name : all) {
            int _ = run("rm", "-f", name);
        }
        docker("network", "rm", prefix);
    }

    /** Where Maven keeps what the tests run with. */
    private static Path repository() {
        String jar = SpringApplication.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .getPath();
        return Path.of(jar.substring(0, jar.indexOf("/org/springframework/")));
    }

    private static void docker(String... arguments) throws IOException, InterruptedException {
        assertThat(run(arguments)).as("docker %s", List.of(arguments)).isZero();
    }

    private static int run(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("docker"));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("docker answers").isTrue();
        return process.exitValue();
    }
}
