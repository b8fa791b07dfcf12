package dev.wsmesh.cli.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** Leads one measurement: starts the nodes, waits until all hear each other, warms them up, measures, and ends them. */
public final class Bench {

    private static final Duration LOOK = Duration.ofSeconds(1);

    /** How often it is told how far it has come. */
    private static final Duration TELL = Duration.ofSeconds(5);

    /** The first word of a node, for which it has the time of the plan. */
    private static final String LINKED = "linked";

    /** Beyond the time of publishing: the waits of the last publications, and of what is still to come. */
    private static final Duration AFTERWARDS = Duration.ofMinutes(2);

    private final Plan plan;
    private final List<String> program;
    private final Consumer<String> progress;
    /** Also read by the hook that ends them with this process. */
    private final List<NodeProcess> nodes = new CopyOnWriteArrayList<>();

    private long toldNanos = System.nanoTime();

    /**
     * Creates a leader.
     *
     * @param program how the program is run with the arguments of one node
     * @param progress is told, now and then, how far it has come
     */
    public Bench(Plan plan, List<String> program, Consumer<String> progress) {
        this.plan = plan;
        this.program = List.copyOf(program);
        this.progress = progress;
    }

    /** Measures, once. */
    public Outcome run() throws BenchException, InterruptedException {
        Thread killer = new Thread(() -> nodes.forEach(NodeProcess::kill), "bench-killer");
        Runtime.getRuntime().addShutdownHook(killer);
        try {
            start();
            round(1, plan.warmUp(), "warming up");
            Duration before = cpu();
            Report report = round(2, plan.measured(), "measuring");
            Duration used = cpu().minus(before);
            return Outcome.of(plan, report, used.toNanos() / 1e9, residentKib());
        } finally {
            nodes.forEach(NodeProcess::dismiss);
            nodes.forEach(NodeProcess::close);
            Runtime.getRuntime().removeShutdownHook(killer);
        }
    }

    private void start() throws BenchException, InterruptedException {
        progress.accept("starting " + plan.nodes() + " nodes");
        Path directory = directory();
        List<Integer> ports = freePorts();
        for (int index = 0; index < plan.nodes(); index++) {
            List<String> command = new ArrayList<>(program);
            command.addAll(NodeArguments.of(plan, index, ports));
            nodes.add(NodeProcess.start("node-" + index, directory, command));
        }
        List<String> _ = awaitAll(LINKED, plan.startTimeout(), "waiting until all hear each other");
    }

    /** One round of all nodes, from the first publication to the last delivery. */
    private Report round(int number, Duration time, String what) throws BenchException, InterruptedException {
        progress.accept(what + " for " + time.toSeconds() + " s");
        tellAll("round " + number);
        List<String> _ = awaitAll("armed", AFTERWARDS, "");
        tellAll("go " + time.toMillis() + " " + plan.rate());
        List<Long> published = awaitAll("published", time.plus(AFTERWARDS), what).stream()
                .map(Long::valueOf)
                .toList();
        long all = published.stream().mapToLong(Long::longValue).sum();
        for (int i = 0; i < nodes.size(); i++) {
            nodes.get(i).tell("expect " + (all - published.get(i)));
        }
        Report report = new Report();
        awaitAll("report", time.plus(AFTERWARDS), "waiting for the rest").stream()
                .map(Report::decode)
                .forEach(report::add);
        return report;
    }

    private void tellAll(String line) {
        nodes.forEach(node -> node.tell(line));
    }

    private List<String> awaitAll(String word, Duration timeout, String what)
            throws BenchException, InterruptedException {
        toldNanos = System.nanoTime();
        long deadline = toldNanos + timeout.toNanos();
        List<String> answers = new ArrayList<>();
        for (NodeProcess node : nodes) {
            String answer = node.answer(word, LOOK);
            while (answer == null) {
                if (System.nanoTime() > deadline) {
                    throw new BenchException("node-" + answers.size() + " has not answered '" + word + "' within "
                            + timeout.toSeconds() + " s; "
                            + (word.equals(LINKED)
                                    ? "give it more time (--start-timeout)"
                                    : "give the nodes less to do"));
                }
                tellProgress(what);
                answer = node.answer(word, LOOK);
            }
            answers.add(answer);
        }
        return answers;
    }

    private void tellProgress(String what) {
        long now = System.nanoTime();
        if (!what.isEmpty() && now - toldNanos >= TELL.toNanos()) {
            toldNanos = now;
            long received = nodes.stream().mapToLong(NodeProcess::received).sum();
            progress.accept(String.format(Locale.ROOT, "%s: %,d deliveries", what, received));
        }
    }

    private Duration cpu() {
        return nodes.stream().map(NodeProcess::cpu).reduce(Duration.ZERO, Duration::plus);
    }

    private long residentKib() {
        long sum = 0;
        for (NodeProcess node : nodes) {
            long peak = node.peakResidentKib();
            if (peak < 0) {
                return -1;
            }
            sum += peak;
        }
        return sum;
    }

    private static Path directory() throws BenchException {
        try {
            return Files.createTempDirectory("wsmesh-bench-");
        } catch (IOException e) {
            throw new BenchException("there is no place for the nodes' logs (" + e.getMessage()
                    + "); set -Djava.io.tmpdir to a directory that can be written");
        }
    }

    private List<Integer> freePorts() throws BenchException {
        List<ServerSocket> sockets = new ArrayList<>();
        try {
            for (int i = 0; i < plan.nodes(); i++) {
                sockets.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
            }
            return sockets.stream().map(ServerSocket::getLocalPort).toList();
        } catch (IOException e) {
            throw new BenchException("no free port on this machine's loopback address (" + e.getMessage() + ")");
        } finally {
            for (ServerSocket socket : sockets) {
                try {
                    socket.close();
                } catch (IOException e) {
                    // It was only asked for its number.
                    progress.accept("port " + socket.getLocalPort() + " may be taken: " + e.getMessage());
                }
            }
        }
    }
}
