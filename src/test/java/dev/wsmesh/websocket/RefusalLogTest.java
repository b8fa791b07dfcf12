package dev.wsmesh.websocket;

import static dev.wsmesh.TestNode.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.wsmesh.identity.ClusterKeys;
import dev.wsmesh.identity.LocalNode;
import dev.wsmesh.identity.NodeKey;
import dev.wsmesh.node.MeshCounters;
import dev.wsmesh.node.RefusalView;
import dev.wsmesh.protocol.CloseCode;
import dev.wsmesh.protocol.Limits;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.assertj.core.groups.Tuple;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** What is told of those who are turned away: each of them, and each reason, but not whatever a stranger thinks of. */
@ExtendWith(OutputCaptureExtension.class)
class RefusalLogTest {

    /** Nobody but one that never comes. */
    private final LocalNode local = new LocalNode(
            NodeKey.generate(),
            ClusterKeys.NONE,
            "",
            Set.of(NodeKey.generate().id()),
            System.currentTimeMillis(),
            1,
            1 << 20,
            "");

    private final LinkRegistry registry = new LinkRegistry(
            _ -> local,
            new LinkLimits(Limits.DEFAULT, PATIENCE, 64, 10_000, 1 << 20, Duration.ofSeconds(1)),
            new MeshCounters(),
            InstantSource.system(),
            () -> "localhost:1");

    @BeforeEach
    void open() {
        registry.open(new RecordingCore());
    }

    @Test
    void two_nodes_of_one_host_that_are_refused_with_one_code_are_both_told_of(CapturedOutput output) throws Exception {
        Stranger one = new Stranger(registry);
        Stranger other = new Stranger(registry);
        one.introduceItself();
        other.introduceItself();
        assertThat(registry.refusalLog().views())
                .extracting(RefusalView::peer, RefusalView::code)
                .containsExactly(refused(one), refused(other));
        assertThat(warnings(output)).hasSize(2);
        assertThat(warnings(output).getFirst()).contains(one.id().toString());
        assertThat(warnings(output).getLast()).contains(other.id().toString());
    }

    @Test
    void a_second_reason_of_one_host_with_one_code_is_told_as_well(CapturedOutput output) {
        refuse("one thing");
        refuse("another");
        refuse("one thing");
        assertThat(registry.refusalLog().views())
                .extracting(RefusalView::reason, RefusalView::times)
                .containsExactly(tuple("another", 1), tuple("one thing", 2));
        assertThat(warnings(output)).hasSize(2);
        assertThat(warnings(output).getFirst()).endsWith("one thing");
        assertThat(warnings(output).getLast()).endsWith("another");
    }

    @Test
    void a_host_with_ever_new_reasons_fills_neither_the_log_nor_the_list(CapturedOutput output) {
        List<String> reasons =
                IntStream.range(0, 50).mapToObj(i -> "reason " + i).toList();
        reasons.forEach(this::refuse);
        assertThat(registry.refusalLog().views())
                .extracting(RefusalView::reason)
                .containsExactlyElementsOf(reasons.subList(42, 50));
        assertThat(warnings(output)).hasSizeLessThanOrEqualTo(2 * LogLimiter.LINES_EACH);
    }

    private void refuse(String reason) {
        new Stranger(registry).link.refuse(CloseCode.MALFORMED, reason);
    }

    private static Tuple refused(Stranger stranger) {
        return tuple(stranger.id(), CloseCode.UNAUTHENTICATED.number());
    }

    private static List<String> warnings(CapturedOutput output) {
        return output.getAll()
                .lines()
                .filter(line -> line.contains("WARN") && line.contains("handshake with a stranger closed by this node"))
                .toList();
    }
}
