package dev.wsmesh.cli.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** What one node's process is started with. */
final class NodeArguments {

    private static final String HOST = "localhost";

    private NodeArguments() {}

    /** The arguments of the node of this index; what the user gave comes last, and wins. */
    static List<String> of(Plan plan, int index, List<Integer> ports) {
        boolean line = plan.topology() == Plan.Topology.LINE;
        List<String> arguments = new ArrayList<>(List.of(
                "--index=" + index,
                "--nodes=" + plan.nodes(),
                "--size=" + plan.payloadBytes(),
                "--mesh.bind=" + HOST + ":" + ports.get(index),
                "--mesh.membership.fill=" + !line,
                "--mesh.broadcast.enabled=false",
                "--logging.level.root=WARN"));
        if (index > 0) {
            arguments.add("--mesh.peers="
                    + IntStream.range(line ? index - 1 : 0, index)
                            .mapToObj(other -> "ws://" + HOST + ":" + ports.get(other))
                            .collect(Collectors.joining(",")));
        }
        arguments.addAll(plan.properties());
        return arguments;
    }
}
