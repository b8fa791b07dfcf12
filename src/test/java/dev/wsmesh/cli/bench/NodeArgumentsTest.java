package dev.wsmesh.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class NodeArgumentsTest {

    private static final List<Integer> PORTS = List.of(11, 12, 13);

    @Test
    void in_a_mesh_each_node_dials_all_before_it() {
        assertThat(arguments(Plan.Topology.MESH, 0)).noneMatch(argument -> argument.startsWith("--mesh.peers"));
        assertThat(arguments(Plan.Topology.MESH, 2))
                .contains("--mesh.peers=ws://localhost:11,ws://localhost:12", "--mesh.membership.fill=true");
    }

    @Test
    void in_a_line_each_node_dials_the_one_before_it_and_links_with_no_other() {
        assertThat(arguments(Plan.Topology.LINE, 2))
                .contains("--mesh.peers=ws://localhost:12", "--mesh.membership.fill=false");
    }

    @Test
    void what_the_user_gave_comes_last() {
        assertThat(arguments(Plan.Topology.MESH, 1)).last().isEqualTo("--mesh.retention.max-bytes=1MB");
    }

    private static List<String> arguments(Plan.Topology topology, int index) {
        Duration second = Duration.ofSeconds(1);
        return NodeArguments.of(
                new Plan(
                        3,
                        64,
                        0,
                        topology,
                        second,
                        second,
                        second,
                        List.of(),
                        List.of("--mesh.retention.max-bytes=1MB")),
                index,
                PORTS);
    }
}
