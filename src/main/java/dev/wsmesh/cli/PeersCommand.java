package dev.wsmesh.cli;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Shows whom a node is connected with. */
@Command(
        name = "peers",
        versionProvider = VersionProvider.class,
        mixinStandardHelpOptions = true,
        description =
                "Shows the peers of a running node: those that it is linked with, and those configured that it is not.",
        footer = {"", "Exit codes: 0 done, 1 failed, 2 wrong usage, 3 node not reachable, 4 not allowed."})
final class PeersCommand implements Callable<Integer> {

    /** Configured peers in these states are among the peers already. */
    private static final Set<String> UP = Set.of("connected", "reached");

    private final Surroundings surroundings;

    @Mixin
    private final GatewayOptions options = new GatewayOptions();

    PeersCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() throws CommandFailure {
        Object answer = Listing.of(options.gateway(surroundings), "/peers");
        if (options.json()) {
            Listing.print(surroundings, answer);
            return ExitCodes.DONE;
        }
        Table table = new Table("name", "id", "state", "direction", "address", "round trip", "since");
        Fields.each(answer, "peers").forEach(peer -> table.add(row(peer)));
        if (answer instanceof Map<?, ?>) {
            Fields.each(answer, "configured").stream()
                    .filter(peer -> !UP.contains(peer.text("state")))
                    .forEach(peer -> table.add(row(peer)));
        }
        table.print(surroundings.out());
        return ExitCodes.DONE;
    }

    private static List<String> row(Fields peer) {
        String state = peer.text("state");
        boolean neighbour = Boolean.TRUE.equals(peer.value("neighbour"));
        return List.of(
                peer.text("name"),
                peer.text("id", "peer"),
                state.isEmpty() && neighbour ? "neighbour" : state,
                peer.text("direction"),
                peer.text("address", "url"),
                Spans.millis(peer.number("roundTripMillis")),
                age(peer.value("since")));
    }

    private static String age(@Nullable Object since) {
        Instant instant = Spans.instant(since);
        return instant == null ? "" : Spans.about(Duration.between(instant, Instant.now()));
    }
}
