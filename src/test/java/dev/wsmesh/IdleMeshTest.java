package dev.wsmesh;

import static dev.wsmesh.TestNode.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.wsmesh.node.RefusalView.Phase;
import dev.wsmesh.protocol.CloseCode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** A mesh in which nothing happens has nothing to say, though its nodes go on looking for room. */
@ExtendWith(OutputCaptureExtension.class)
class IdleMeshTest {

    /** With an odd number of places in an odd number of views one stays empty: its node asks, and is refused, for ever. */
    private static final int NODES = 5;

    private static final int VIEW = 3;

    @Test
    void refused_favours_are_counted_and_shown_and_no_line_in_the_log(CapturedOutput output) {
        List<TestNode> nodes = new ArrayList<>();
        try {
            for (int i = 0; i < NODES; i++) {
                nodes.add(TestNode.start(Stream.concat(
                                Stream.of("--mesh.membership.active-view=" + VIEW),
                                nodes.stream().limit(1).map(first -> "--mesh.peers=" + first.url()))
                        .toArray(String[]::new)));
            }
            // As many links as the views have room for, and none that makes room for another any more.
            await().atMost(PATIENCE)
                    .during(Duration.ofSeconds(1))
                    .until(() -> nodes.stream()
                                    .mapToInt(node -> node.neighbours().size())
                                    .sum()
                            == NODES * VIEW - 1);
            long before = awaitRefusals(nodes, 0);
            int lines = lines(output).size();
            long after = awaitRefusals(nodes, before + 2);
            assertThat(after).isGreaterThanOrEqualTo(before + 2);
            assertThat(lines(output)).as("since the mesh is as it is").hasSize(lines);
            assertThat(nodes.stream()
                            .flatMap(node -> node.mesh().view().refusals().stream())
                            .filter(refusal -> refusal.isClosedWith(CloseCode.FULL)))
                    .isNotEmpty()
                    .allSatisfy(refusal -> {
                        assertThat(refusal.phase()).isEqualTo(Phase.LINK);
                        assertThat(refusal.reason()).isEqualTo("full");
                    });
        } finally {
            nodes.forEach(TestNode::close);
        }
    }

    /** Waits until so many favours were refused; returns how many were, as both ends count them. */
    private static long awaitRefusals(List<TestNode> nodes, long least) {
        await().atMost(PATIENCE.multipliedBy(3)).until(() -> refusals(nodes) >= least);
        return refusals(nodes);
    }

    private static long refusals(List<TestNode> nodes) {
        return nodes.stream()
                .mapToLong(node -> node.counters().linkEndings(CloseCode.FULL))
                .sum();
    }

    private static List<String> lines(CapturedOutput output) {
        return output.getOut()
                .lines()
                .filter(line -> line.contains(" INFO ") || line.contains(" WARN ") || line.contains(" ERROR "))
                .toList();
    }
}
