package dev.wsmesh.cli;

import dev.wsmesh.cli.NodeStarter.StartFailure;
import java.io.PrintWriter;
import java.util.List;
import java.util.regex.Pattern;
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

    /** Spring's own properties have a dot in their name; no option of ours has. */
    private static final Pattern SPRING_PROPERTY =
            Pattern.compile("--[\\w-]+(\\[\\d+])?\\.[^=\\s]+(=.*)?", Pattern.DOTALL);

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
        List<String> springProperties = List.of(args).stream()
                .filter(CommandLineInterface::isSpringProperty)
                .toList();
        String[] own = List.of(args).stream()
                .filter(argument -> !isSpringProperty(argument))
                .toArray(String[]::new);
        return new CommandLine(new NodeCommand(starter, springProperties))
                .addSubcommand(new DemoCommand(starter, springProperties))
                .setOut(out)
                .setErr(err)
                .setParameterExceptionHandler(this::wrongUsage)
                .setExecutionExceptionHandler(this::failed)
                .execute(own);
    }

    private static boolean isSpringProperty(String argument) {
        return SPRING_PROPERTY.matcher(argument).matches();
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
