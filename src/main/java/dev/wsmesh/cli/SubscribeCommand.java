package dev.wsmesh.cli;

import dev.wsmesh.protocol.TopicPattern;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Shows what is published. */
@Command(
        name = "subscribe",
        versionProvider = VersionProvider.class,
        mixinStandardHelpOptions = true,
        description =
                "Shows what is published on the topics of a pattern, one line a message, as a running node receives it.",
        footer = {
            "",
            "  java -jar wsmesh-exec.jar subscribe 'orders.*'",
            "  java -jar wsmesh-exec.jar subscribe '>' --json --count 1 --for 10s",
            "",
            "It goes on after the last message when the node was away, and says so on the",
            "error stream, as it does of gaps: messages that no node retains any more.",
            "",
            "Exit codes: 0 all shown, 1 failed, 2 wrong usage, 3 node not reachable at the",
            "start, 4 not allowed, 5 a gap was told, 6 not now, 7 the time of --for was",
            "over before the messages of --count had come."
        })
final class SubscribeCommand implements Callable<Integer> {

    private final Surroundings surroundings;

    @Spec
    private CommandSpec spec;

    @Mixin
    private final GatewayOptions options = new GatewayOptions();

    @Parameters(
            index = "0",
            paramLabel = "PATTERN",
            description = "A topic; * stands for one word, a last > for the rest: orders.*, orders.>, >")
    private String pattern;

    @Option(names = "--count", paramLabel = "N", description = "End after so many messages.")
    private @Nullable Long count;

    @Option(
            names = "--for",
            paramLabel = "DURATION",
            converter = DurationConverter.class,
            description = "End after that time, like 10s.")
    private @Nullable Duration period;

    @Option(
            names = "--since",
            paramLabel = "DURATION",
            converter = DurationConverter.class,
            description = "Begin with what is retained and not older than that, like 30s.")
    private @Nullable Duration since;

    @Option(names = "--history", paramLabel = "N", description = "Begin with the last so many retained messages.")
    private @Nullable Integer history;

    @Option(
            names = "--resume",
            paramLabel = "ID",
            description = "Begin after a message: what 'resume' was in its --json line. On any node.")
    private @Nullable String resume;

    SubscribeCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() throws CommandFailure, InterruptedException {
        check();
        Gateway gateway = options.gateway(surroundings);
        Following following =
                new Following(gateway, pattern, new Following.Start(since, history, resume), surroundings);
        boolean json = options.json();
        return following.run(new Following.End(count, period), event -> json ? MessageText.json(event) : line(event));
    }

    /** A gap is told on the error stream alone, where it is not in anybody's way. */
    private static @Nullable String line(Event event) {
        return event.isGap() ? null : MessageText.line(event);
    }

    private void check() {
        try {
            TopicPattern _ = new TopicPattern(pattern);
        } catch (IllegalArgumentException e) {
            throw wrong(
                    "'" + pattern
                            + "' is not a topic pattern: words separated by dots, of which * is any and a last > is any number");
        }
        if (count != null && count < 1) {
            throw wrong("--count " + count + ": it ends after at least 1");
        }
        if (history != null && history < 1) {
            throw wrong("--history " + history + ": it begins with at least 1");
        }
        if (Stream.of(since, history, resume).filter(Objects::nonNull).count() > 1) {
            throw wrong("--since, --history and --resume say where to begin; give one of them");
        }
        if (resume != null && !resume.matches("[!-~]+")) {
            throw wrong("--resume is the 'resume' of a --json line, without spaces");
        }
    }

    private ParameterException wrong(String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
