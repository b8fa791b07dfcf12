package dev.wsmesh.cli;

import dev.wsmesh.cli.bench.Bench;
import dev.wsmesh.cli.bench.BenchException;
import dev.wsmesh.cli.bench.Outcome;
import dev.wsmesh.cli.bench.Plan;
import java.io.File;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Measures a mesh of several processes on this machine. */
@Command(
        name = "bench",
        versionProvider = VersionProvider.class,
        mixinStandardHelpOptions = true,
        description = "Measures a mesh of several nodes on this machine: each publishes to all, and counts what comes.",
        footer = {
            "",
            "Properties of the nodes can be given, too, for example --mesh.retention.max-bytes=16MB.",
            "",
            "Exit codes: 0; 1 if a node fails, or something is lost without a word, comes twice or out of order;",
            "2 for wrong usage; 5 if gaps told of what is missing."
        })
final class BenchCommand implements Callable<Integer> {

    /** The image's (src/main/docker/jvm.options), in a container of 1 GiB. */
    static final String JVM =
            "-XX:+UseParallelGC -XX:ParallelGCThreads=1 -XX:GCTimeRatio=9 -XX:MaxRAM=1g -XX:MaxRAMPercentage=50"
                    + " -XX:+ExitOnOutOfMemoryError -Xms16m"
                    + " -XX:+UseCompactObjectHeaders -XX:-UsePerfData -Djdk.reflect.useNativeAccessorOnly=true";

    private static final String DEFAULT = " (default: ${DEFAULT-VALUE}).";

    private final Surroundings surroundings;
    private final SpringArguments given;

    /** What a measurement looks at. */
    enum Mode {
        /** As many messages as the mesh takes. */
        THROUGHPUT,
        /** How long messages are under way that come at an even pace. */
        LATENCY
    }

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--mode",
            paramLabel = "MODE",
            defaultValue = "throughput",
            description = "throughput: as fast as the mesh takes them; latency: at an even pace" + DEFAULT)
    private Mode mode;

    @Option(names = "--nodes", paramLabel = "N", defaultValue = "3", description = "How many nodes, 2 to 64" + DEFAULT)
    private int nodes;

    @Option(
            names = "--size",
            paramLabel = "BYTES",
            defaultValue = "128",
            description = "The payload of each message, 16 to 65536" + DEFAULT)
    private int size;

    @Option(
            names = "--rate",
            paramLabel = "N",
            defaultValue = "2000",
            description = "With --mode latency: messages a second of each node" + DEFAULT)
    private int rate;

    @Option(
            names = "--warm-up",
            paramLabel = "DURATION",
            defaultValue = "10s",
            converter = DurationConverter.class,
            description = "How long the same is done before the measuring" + DEFAULT)
    private Duration warmUp;

    @Option(
            names = "--for",
            paramLabel = "DURATION",
            defaultValue = "10s",
            converter = DurationConverter.class,
            description = "How long the nodes publish while it is measured" + DEFAULT)
    private Duration measured;

    @Option(
            names = "--topology",
            paramLabel = "SHAPE",
            defaultValue = "mesh",
            description = "mesh: as nodes link by themselves; line: each with the one before it only" + DEFAULT)
    private Plan.Topology topology;

    @Option(
            names = "--jvm",
            paramLabel = "FLAGS",
            defaultValue = JVM,
            description = "Flags of each node's JVM, separated by spaces (default: the image's, in 1 GiB of memory).")
    private String jvm;

    @Option(
            names = "--start-timeout",
            paramLabel = "DURATION",
            defaultValue = "2m",
            converter = DurationConverter.class,
            description = "How long the nodes may take to start and to hear each other" + DEFAULT)
    private Duration startTimeout;

    @Option(names = "--json", description = "Print one JSON object instead of a table.")
    private boolean json;

    BenchCommand(Surroundings surroundings, SpringArguments given) {
        this.surroundings = surroundings;
        this.given = given;
    }

    @Override
    public Integer call() throws CommandFailure {
        Plan plan = plan();
        Outcome outcome = measure(plan);
        if (json) {
            Map<String, @Nullable Object> all = settings(plan);
            all.putAll(outcome.toMap());
            surroundings.out().println(Json.write(all));
            surroundings.out().flush();
        } else {
            print(outcome);
        }
        if (!outcome.isKept()) {
            throw new CommandFailure(
                    ExitCodes.FAILED,
                    "the mesh has not kept its promise: " + faults(outcome)
                            + "; please report this, with the command line");
        }
        return outcome.lost() == 0 ? ExitCodes.DONE : ExitCodes.GAP;
    }

    private Plan plan() {
        check("--nodes", nodes, Plan.FEWEST_NODES, Plan.MOST_NODES);
        check("--size", size, Plan.SMALLEST_PAYLOAD, Plan.LARGEST_PAYLOAD);
        check("--rate", rate, 1, Plan.HIGHEST_RATE);
        return new Plan(
                nodes,
                size,
                mode == Mode.LATENCY ? rate : 0,
                topology,
                warmUp,
                measured,
                startTimeout,
                Arrays.stream(jvm.split(" ", -1))
                        .filter(flag -> !flag.isEmpty())
                        .toList(),
                given.toList());
    }

    private void check(String option, int value, int least, int most) {
        if (value < least || value > most) {
            throw new ParameterException(
                    spec.commandLine(),
                    option + " " + value + " is not possible; give a number from " + least + " to " + most);
        }
    }

    private Outcome measure(Plan plan) throws CommandFailure {
        try {
            return new Bench(plan, program(plan), surroundings::remark).run();
        } catch (BenchException e) {
            throw new CommandFailure(ExitCodes.FAILED, String.valueOf(e.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandFailure(ExitCodes.FAILED, "it was interrupted");
        }
    }

    /** This very program, on this very Java. */
    private static List<String> program(Plan plan) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(plan.jvm());
        String classPath = System.getProperty("java.class.path");
        if (classPath.endsWith(".jar") && classPath.indexOf(File.pathSeparatorChar) < 0) {
            command.addAll(List.of("-jar", classPath));
        } else {
            command.addAll(List.of("-cp", classPath, "dev.wsmesh.WsmeshApplication"));
        }
        command.add(BenchNodeCommand.NAME);
        return command;
    }

    private Map<String, @Nullable Object> settings(Plan plan) {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        map.put("mode", mode.name().toLowerCase(Locale.ROOT));
        map.put("nodes", plan.nodes());
        map.put("size", plan.payloadBytes());
        map.put("rate", plan.rate());
        map.put("topology", plan.topology().name().toLowerCase(Locale.ROOT));
        map.put("warmUpSeconds", plan.warmUp().toMillis() / 1e3);
        map.put("forSeconds", plan.measured().toMillis() / 1e3);
        map.put("container", container());
        map.put("java", System.getProperty("java.vm.version"));
        map.put("processors", Runtime.getRuntime().availableProcessors());
        map.put("jvm", String.join(" ", plan.jvm()));
        return map;
    }

    /** The jar has one of them. */
    private static String container() {
        return isThere("org.eclipse.jetty.server.Server") ? "jetty" : "tomcat";
    }

    private static boolean isThere(String name) {
        return ClassLoader.getSystemClassLoader().getResource(name.replace('.', '/') + ".class") != null
                || BenchCommand.class.getClassLoader().getResource(name.replace('.', '/') + ".class") != null;
    }

    private void print(Outcome outcome) {
        Double resident = outcome.residentMib();
        Table table = new Table("measured", "value");
        table.add(List.of("deliveries/s", whole(outcome.deliveriesPerSecond())));
        table.add(List.of("payload, MB/s", fraction(outcome.megabytesPerSecond())));
        table.add(List.of("CPU s per million deliveries", fraction(outcome.cpuSecondsPerMillion())));
        table.add(List.of("peak memory of all nodes, MiB", resident == null ? "" : whole(resident)));
        table.add(List.of("p50, us", whole(outcome.p50Micros())));
        table.add(List.of("p99, us", whole(outcome.p99Micros())));
        table.add(List.of("p99.9, us", whole(outcome.p999Micros())));
        table.add(List.of("max, us", whole(outcome.maxMicros())));
        table.add(List.of("delivered", whole(outcome.received())));
        table.add(List.of("lost", whole(outcome.lost())));
        table.add(List.of("told as gaps", whole(outcome.gapped())));
        table.add(List.of("duplicates", whole(outcome.duplicates())));
        table.add(List.of("out of order", whole(outcome.outOfOrder())));
        table.print(surroundings.out());
    }

    private static String faults(Outcome outcome) {
        return outcome.lost() + " messages lost (" + outcome.gapped() + " told as gaps), " + outcome.duplicates()
                + " twice, " + outcome.outOfOrder() + " out of order, " + outcome.damaged() + " damaged";
    }

    private static String whole(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }

    private static String whole(double number) {
        return String.format(Locale.ROOT, "%,.0f", number);
    }

    private static String fraction(double number) {
        return String.format(Locale.ROOT, "%,.2f", number);
    }
}
