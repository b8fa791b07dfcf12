package dev.wsmesh.bench;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.DataFormatException;
import org.HdrHistogram.Histogram;

/** One run of one system: starts its processes, leads them through warm-up and measurement, and ends them. */
final class Run implements AutoCloseable {

    /** For all nodes alike: what one or another of the libraries asks for, so that none runs hampered. */
    private static final List<String> COMMON_FLAGS = List.of(
            "--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow",
            "--add-exports=java.base/jdk.internal.ref=ALL-UNNAMED", "--add-opens=java.base/java.lang=ALL-UNNAMED",
            "--add-opens=java.base/java.nio=ALL-UNNAMED", "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
            "--add-opens=java.base/jdk.internal.misc=ALL-UNNAMED", "--add-opens=java.management/sun.management=ALL-UNNAMED",
            "--add-opens=jdk.management/com.sun.management.internal=ALL-UNNAMED", "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn");

    private static final int SPARE_SECONDS = 120; // for the start of the nodes and for stragglers
    private static final int QUIET_SECONDS = 40; // of these, for stragglers at least
    private static final int TRAINING_SECONDS = 25;
    private static final int DUMP_SECONDS = 120;

    private final SystemSpec system;
    private final Options options;
    private final int nodes;
    private final int size;
    private final int rate;
    private final boolean profiled;
    private final int warm;
    private final int seconds;
    private final int limit;
    private final String flags;
    private final Path dir;
    private final Processes processes;
    private final List<Process> servers = new ArrayList<>();
    private final List<Process> jvms = new ArrayList<>();
    private final List<Control> controls = new ArrayList<>();
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(Thread.ofPlatform().daemon().factory());
    private final long started = System.nanoTime();

    private record Control(Socket socket, BufferedReader in, PrintWriter out) {

        static Control of(Socket socket) throws IOException {
            socket.setTcpNoDelay(true);
            return new Control(socket, new BufferedReader(new InputStreamReader(socket.getInputStream())),
                    new PrintWriter(socket.getOutputStream(), true));
        }
    }

    private Run(SystemSpec system, Options options, int more, String flags) throws IOException {
        this.system = system;
        this.options = options;
        rate = options.oneOf("mode", "throughput", "latency").equals("latency") ? options.get("rate", 2000) : 0;
        profiled = options.oneOf("profile", "no", "yes").equals("yes");
        warm = options.get("warm", 30);
        seconds = options.get("seconds", 10);
        limit = options.get("limit", warm + seconds + SPARE_SECONDS) + more;
        this.flags = options.get("jvm", imageFlags()) + ' ' + flags;
        nodes = options.get("nodes", 3);
        size = options.get("size", 128);
        if (size < Round.MIN_SIZE) {
            throw new IllegalArgumentException("--size " + size + ": a message has at least " + Round.MIN_SIZE + " bytes");
        }
        dir = Files.createDirectories(SystemSpec.HOME.resolve("target/run/" + system.name()));
        processes = new Processes(dir);
        timer.schedule(processes::kill, limit, TimeUnit.SECONDS);
    }

    /** The image's, as they are in a container of 1 GiB. */
    private static String imageFlags() throws IOException {
        try (Stream<String> lines = Files.lines(SystemSpec.HOME.resolve("../src/main/docker/jvm.options"))) {
            return lines.map(String::strip).filter(line -> !line.isEmpty() && !line.startsWith("#"))
                    .collect(Collectors.joining(" ", "-XX:MaxRAM=1g ", ""));
        }
    }

    /** What goes wrong in the system is in the result, as its error. */
    static Result of(SystemSpec system, Options options) throws IOException, InterruptedException {
        boolean cached = !options.oneOf("aot", "no", "yes", "kept").equals("no");
        try (Run run = new Run(system, options, 0, cached ? "-XX:AOTMode=on -XX:AOTCache=" + system.cache() : "")) {
            Result result = new Result().put("time", Instant.now()).put("checkout", Processes.checkout()).put("system", system.name())
                    .put("mode", options.get("mode", "throughput")).put("nodes", run.nodes).put("size", run.size)
                    .put("rate", run.rate).put("warm_s", run.warm).put("for_s", options.has("messages") ? 0 : run.seconds).put("messages", options.get("messages", 0)).put("java", System.getProperty("java.vm.version"))
                    .put("jvm", options.get("jvm", imageFlags())).put("aot", cached).put("options", options.adapter);
            try {
                run.execute(result);
            } catch (IOException | DataFormatException | IllegalStateException e) {
                result.put("error", run.elapsed() > run.limit ? "over the limit of " + run.limit + " s" : e.toString());
            }
            return result;
        }
    }

    /** Lets a mesh of it work, and keeps what the JVM of its first node has learned: classes, and how methods were used. */
    static void train(SystemSpec system, Options options) throws IOException, InterruptedException {
        Files.deleteIfExists(system.cache()); // or one of another day would be used if this fails
        String each = system.cache().resolveSibling(system.name() + "-%p.aot").toString();
        try (Run run = new Run(system, options, TRAINING_SECONDS + DUMP_SECONDS, "-XX:AOTCacheOutput=" + each)) {
            run.startServersAndNodes();
            run.expect("ready");
            run.arm(1, Integer.MAX_VALUE, 0);
            run.go(TRAINING_SECONDS);
            for (Control control : run.controls) {
                control.socket().close();
            }
            Processes.awaitEnd(run.jvms, DUMP_SECONDS);
            Files.move(written(each, run.jvms.getFirst()), system.cache(), StandardCopyOption.REPLACE_EXISTING);
        } finally {
            try (DirectoryStream<Path> others = Files.newDirectoryStream(system.cache().getParent(), system.name() + "-pid*.aot*")) {
                for (Path other : others) {
                    Files.delete(other);
                }
            }
        }
    }

    private static Path written(String pattern, Process jvm) {
        return Path.of(pattern.replace("%p", "pid" + jvm.pid()));
    }

    private void execute(Result result) throws IOException, DataFormatException, InterruptedException {
        startServersAndNodes();
        expect("ready");
        result.put("start_s", elapsed());
        List<Map<String, String>> before = List.of();
        if (warm > 0) {
            arm(1, Integer.MAX_VALUE, rate);
            before = go(warm);
        }
        result.put("warm_messages", sum(before, "sent"));
        arm(2, options.get("messages", Integer.MAX_VALUE), rate);
        if (profiled) {
            send("record");
            expect("recording");
        }
        double jvmsCpu = -Processes.cpuSeconds(jvms);
        double serversCpu = -Processes.cpuSeconds(servers);
        List<Map<String, String>> reports = go(options.has("messages") ? Math.max(1, limit - QUIET_SECONDS - (int) elapsed()) : seconds);
        jvmsCpu += Processes.cpuSeconds(jvms);
        serversCpu += Processes.cpuSeconds(servers);
        if (profiled) {
            send("dump");
            expect("dumped");
        }

        long sent = sum(reports, "sent");
        long fewest = reports.stream().mapToLong(r -> Long.parseLong(r.get("sent"))).min().orElseThrow();
        long received = sum(reports, "received");
        double lasted = (reports.stream().mapToLong(r -> Long.parseLong(r.get("last"))).max().orElseThrow()
                - reports.stream().mapToLong(r -> Long.parseLong(r.get("first"))).min().orElseThrow()) / 1e9;
        result.put("sent", sent).put("least_share", (double) fewest * nodes / sent).put("received", received).put("seconds", lasted)
                .put("deliveries_s", received / lasted).put("mb_s", received / lasted * size / 1e6)
                .put("cpu_s_per_million", (jvmsCpu + serversCpu) / received * 1e6)
                .put("cpu_jvms_s", jvmsCpu).put("cpu_servers_s", serversCpu)
                .put("rss_mib", Processes.peakRssMib(jvms) + Processes.peakRssMib(servers))
                .put("lost", sent * (nodes - 1) - received).put("told", sum(reports, "told")).put("duplicates", sum(reports, "duplicates"))
                .put("out_of_order", sum(reports, "out_of_order")).put("corrupt", sum(reports, "corrupt"));
        Histogram latency = new Histogram(3);
        for (Map<String, String> report : reports) {
            latency.add(Histogram.decodeFromCompressedByteBuffer(ByteBuffer.wrap(Base64.getDecoder().decode(report.get("latency"))), 1));
        }
        result.put("p50_us", latency.getValueAtPercentile(50) / 1e3).put("p99_us", latency.getValueAtPercentile(99) / 1e3)
                .put("p999_us", latency.getValueAtPercentile(99.9) / 1e3).put("max_us", latency.getMaxValue() / 1e3);
        String error = Stream.concat(before.stream(), reports.stream()).map(r -> r.get("error")).filter(e -> !e.isEmpty()).distinct()
                .collect(Collectors.joining(" "));
        if (error.isEmpty() && options.has("messages") && sent < (long) nodes * options.get("messages", 0)) {
            error = "told to stop after %,d messages: give it a higher --limit".formatted(sent);
        }
        if (!error.isEmpty()) {
            result.put("error", error);
        }
    }

    private static long sum(List<Map<String, String>> reports, String name) {
        return reports.stream().mapToLong(r -> Long.parseLong(r.get(name))).sum();
    }

    private double elapsed() {
        return (System.nanoTime() - started) / 1e9;
    }

    private void startServersAndNodes() throws IOException, InterruptedException {
        Servers plan = Servers.of(system.options().getOrDefault("server", ""), dir);
        for (List<String> command : plan.commands()) {
            servers.add(processes.start("server-" + servers.size(), command));
        }
        for (int port : plan.ports()) {
            awaitPort(port);
        }
        try (ServerSocket server = new ServerSocket(0, nodes, InetAddress.ofLiteral(Setup.HOST))) {
            String ports = join(IntStream.of(Servers.freePorts(nodes)));
            for (int i = 0; i < nodes; i++) {
                jvms.add(processes.start("node-" + i, nodeCommand(List.of("" + server.getLocalPort(), system.adapter(), "" + i, "" + nodes,
                        ports, join(IntStream.of(plan.ports())), join(servers.stream().mapToInt(p -> (int) p.pid()))))));
            }
            server.setSoTimeout(200);
            while (controls.size() < nodes) {
                try {
                    controls.add(Control.of(server.accept()));
                } catch (SocketTimeoutException e) {
                    processes.checkAlive();
                }
            }
        }
    }

    private List<String> nodeCommand(List<String> arguments) throws IOException {
        Map<String, String> adapterOptions = new HashMap<>(system.options());
        adapterOptions.putAll(options.adapter);
        return Stream.of(
                Stream.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()),
                Stream.of(flags.split(" ")).filter(flag -> !flag.isEmpty()),
                COMMON_FLAGS.stream(),
                Stream.of("-cp", system.classpath(), Node.class.getName()),
                arguments.stream(),
                adapterOptions.entrySet().stream().map(Object::toString)).flatMap(s -> s).toList();
    }

    private static String join(IntStream numbers) {
        return numbers.mapToObj(Integer::toString).collect(Collectors.joining(","));
    }

    private void awaitPort(int port) throws IOException, InterruptedException {
        while (true) {
            try (Socket _ = new Socket(Setup.HOST, port)) {
                return;
            } catch (IOException e) {
                processes.checkAlive();
                Thread.sleep(20);
            }
        }
    }

    private void arm(int round, int most, int rate) throws IOException {
        send("round %d %d %d %d".formatted(round, most, rate, size));
        expect("armed");
    }

    /** Lets all nodes publish, for so many seconds at most, and waits until all has come. */
    private List<Map<String, String>> go(int seconds) throws IOException {
        send("go");
        Future<?> stop = timer.schedule(() -> send("stop"), seconds, TimeUnit.SECONDS);
        try {
            return expect("done");
        } finally {
            stop.cancel(false);
        }
    }

    private void send(String line) {
        controls.forEach(c -> c.out.println(line));
    }

    /** Waits for this word from every node; gives the name=value pairs after it. */
    private List<Map<String, String>> expect(String word) throws IOException {
        List<Map<String, String>> answers = new ArrayList<>();
        for (Control control : controls) {
            String line = control.in.readLine();
            if (line == null || !line.startsWith(word)) {
                throw new IOException("a node is gone, see the logs in " + dir);
            }
            answers.add(Arrays.stream(line.split(" ")).skip(1).map(pair -> pair.split("=", 2))
                    .collect(Collectors.toMap(pair -> pair[0], pair -> pair[1])));
        }
        return answers;
    }

    @Override
    public void close() throws IOException {
        timer.shutdownNow();
        processes.close();
        for (Control control : controls) {
            control.socket.close();
        }
    }
}
