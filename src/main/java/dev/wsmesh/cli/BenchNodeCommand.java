package dev.wsmesh.cli;

import dev.wsmesh.cli.bench.BenchNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** One node of {@link BenchCommand}, which starts it and leads it by its standard input and output. */
@Command(name = BenchNodeCommand.NAME, hidden = true, description = "One node of a measurement; 'bench' starts it.")
final class BenchNodeCommand implements Callable<Integer> {

    static final String NAME = "bench-node";

    private final NodeStarter starter;
    private final SpringArguments given;
    private final Surroundings surroundings;

    @Option(names = "--index", required = true)
    private int index;

    @Option(names = "--nodes", required = true)
    private int nodes;

    @Option(names = "--size", required = true)
    private int payloadBytes;

    BenchNodeCommand(NodeStarter starter, SpringArguments given, Surroundings surroundings) {
        this.starter = starter;
        this.given = given;
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() throws NodeStarter.StartFailure, IOException {
        PrintWriter answers = surroundings.out();
        // The node's log would come between the answers.
        System.setOut(System.err);
        try (RunningNode node = starter.start(given.toList())) {
            new BenchNode(node.mesh(), index, nodes, payloadBytes, answers)
                    .obey(new BufferedReader(new InputStreamReader(surroundings.in(), StandardCharsets.UTF_8)));
        }
        return ExitCodes.DONE;
    }
}
