package dev.wsmesh.cli;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Shows what a node has messages of. */
@Command(
        name = "topics",
        versionProvider = VersionProvider.class,
        mixinStandardHelpOptions = true,
        description = "Shows the topics that a running node has lately heard of.",
        footer = {"", "Exit codes: 0 done, 1 failed, 2 wrong usage, 3 node not reachable, 4 not allowed."})
final class TopicsCommand implements Callable<Integer> {

    private final Surroundings surroundings;

    @Mixin
    private final GatewayOptions options = new GatewayOptions();

    TopicsCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() throws CommandFailure {
        Object answer = Listing.of(options.gateway(surroundings), "/topics");
        if (options.json()) {
            Listing.print(surroundings, answer);
            return ExitCodes.DONE;
        }
        Table table = new Table("topic", "messages", "last");
        for (Fields topic : Fields.each(answer, "topics")) {
            table.add(List.of(topic.text("topic", "name"), count(topic.number("messages", "records")), last(topic)));
        }
        table.print(surroundings.out());
        return ExitCodes.DONE;
    }

    private static String count(@Nullable Double number) {
        return number == null ? "" : Long.toString(Math.round(number));
    }

    private static String last(Fields topic) {
        Instant at = Spans.instant(topic.value("lastAt"));
        Double age = topic.number("lastAgeMillis");
        if (at == null && age == null) {
            return "";
        }
        return (at == null ? Spans.millis(age) : Spans.about(Duration.between(at, Instant.now()))) + " ago";
    }
}
