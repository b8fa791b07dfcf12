package dev.wsmesh.cli;

import dev.wsmesh.cli.NodeStarter.StartFailure;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.ParameterException;

/**
 * The command line.
 *
 * <p>Exit codes: 0 after {@code --help}, {@code --version} and a command that did its work; 2 for what was given
 * wrongly; others for what went wrong ({@link ExitCodes}). Any failure is one line on the error stream.
 */
public final class CommandLineInterface {

    /** Returned instead of an exit code when a node has been started and the process is to live on. */
    public static final int RUNNING = -1;

    /** They start no node, so that a node's properties say nothing to them. */
    private static final Set<String> WITHOUT_NODE = Set.of("publish", "subscribe", "peers", "topics", "doctor", "key");

    private final NodeStarter starter;
    private final Surroundings surroundings;

    /** Creates a command line that starts nodes with the starter. */
    public CommandLineInterface(NodeStarter starter, PrintWriter out, PrintWriter err) {
        this(starter, new Surroundings(System.getenv(), System.in, out, err));
    }

    CommandLineInterface(NodeStarter starter, Surroundings surroundings) {
        this.starter = starter;
        this.surroundings = surroundings;
    }

    /** Runs a command; returns its exit code or {@link #RUNNING}. */
    public int run(String... args) {
        List<String> own = new ArrayList<>();
        SpringArguments given = new SpringArguments();
        for (String argument : args) {
            if (!SpringArguments.isProperty(argument)) {
                own.add(argument);
            } else if (!given.add(argument)) {
                complain(argument + ": this needs a value, as in " + argument + "=VALUE");
                return ExitCode.USAGE;
            }
        }
        if (!own.isEmpty()
                && WITHOUT_NODE.contains(own.getFirst())
                && !given.toList().isEmpty()) {
            complain(given.toList().getFirst().split("=", 2)[0] + " is for a node, and '" + own.getFirst()
                    + "' starts none; --help after it shows what it understands");
            return ExitCode.USAGE;
        }
        CommandLine commandLine = new CommandLine(new NodeCommand(starter, given));
        commands(own, given).forEach((_, command) -> commandLine.addSubcommand(command.get()));
        return commandLine
                .setOut(surroundings.out())
                .setErr(surroundings.err())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setParameterExceptionHandler(this::wrongUsage)
                .setExecutionExceptionHandler(this::failed)
                .execute(own.toArray(String[]::new));
    }

    /** The command that is asked for, for describing one takes a while; all of them where none is. */
    private Map<String, Supplier<Object>> commands(List<String> own, SpringArguments given) {
        Map<String, Supplier<Object>> all = new LinkedHashMap<>();
        all.put("publish", () -> new PublishCommand(surroundings));
        all.put("subscribe", () -> new SubscribeCommand(surroundings));
        all.put("peers", () -> new PeersCommand(surroundings));
        all.put("topics", () -> new TopicsCommand(surroundings));
        all.put("doctor", () -> new DoctorCommand(surroundings));
        all.put("bench", () -> new BenchCommand(surroundings, given));
        all.put(BenchNodeCommand.NAME, () -> new BenchNodeCommand(starter, given, surroundings));
        all.put("demo", () -> new DemoCommand(starter, given));
        all.put("key", KeyCommand::new);
        String first = own.isEmpty() ? "" : own.getFirst();
        Supplier<Object> asked = all.get(first);
        return asked == null ? all : Map.of(first, asked);
    }

    private int wrongUsage(ParameterException exception, String[] args) {
        complain(exception.getMessage() + "; --help shows what is understood");
        return ExitCode.USAGE;
    }

    private int failed(Exception exception, CommandLine command, CommandLine.ParseResult parsed) throws Exception {
        if (exception instanceof StartFailure failure) {
            complain(String.valueOf(failure.getMessage()));
            return failure.usersMistake() ? ExitCode.USAGE : ExitCode.SOFTWARE;
        }
        if (exception instanceof CommandFailure failure) {
            complain(String.valueOf(failure.getMessage()));
            return failure.exitCode();
        }
        throw exception;
    }

    private void complain(String message) {
        surroundings.remark(message.replaceAll("\\s*\\R\\s*", " "));
    }
}
