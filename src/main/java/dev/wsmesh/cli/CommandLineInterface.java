package dev.wsmesh.cli;

import dev.wsmesh.cli.NodeStarter.StartFailure;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.ParameterException;

/**
 * The command line.
 *
 * <p>Exit codes: 0 after {@code --help}, {@code --version} and a command that did its work; 2 for what was given
 * wrongly; 1 for what went wrong. Either failure is one line on the error stream.
 */
public final class CommandLineInterface {

    /** Returned instead of an exit code when a node has been started and the process is to live on. */
    public static final int RUNNING = -1;

    private final NodeStarter starter;
    private final PrintWriter out;
    private final PrintWriter err;

    /** Creates a command line that starts nodes with the starter. */
    public CommandLineInterface(NodeStarter starter, PrintWriter out, PrintWriter err) {
        this.starter = starter;
        this.out = out;
        this.err = err;
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
        return new CommandLine(new NodeCommand(starter, given))
                .addSubcommand(new DemoCommand(starter, given))
                .addSubcommand(new KeyCommand())
                .setOut(out)
                .setErr(err)
                .setParameterExceptionHandler(this::wrongUsage)
                .setExecutionExceptionHandler(this::failed)
                .execute(own.toArray(String[]::new));
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
        throw exception;
    }

    private void complain(String message) {
        err.println("wsmesh: " + message.replaceAll("\\s*\\R\\s*", " "));
    }
}
