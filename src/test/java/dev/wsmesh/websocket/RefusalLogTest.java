package dev.wsmesh.websocket;

import static dev.wsmesh.TestNode.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.wsmesh.identity.ClusterKeys;
import dev.wsmesh.identity.LocalNode;
import dev.wsmesh.identity.NodeKey;
import dev.wsmesh.node.MeshCounters;
import dev.wsmesh.node.RefusalView;
import dev.wsmesh.node.RefusalView.Phase;
import dev.wsmesh.protocol.CloseCode;
import dev.wsmesh.protocol.Limits;
import dev.wsmesh.protocol.NodeId;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.assertj.core.groups.Tuple;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.web.socket.CloseStatus;

/** What is told of those who are turned away: each of them, and each reason, but not whatever a stranger thinks of. */
@ExtendWith(OutputCaptureExtension.class)
class RefusalLogTest {

    private final NodeKey key = NodeKey.generate();
    private final MeshCounters counters = new MeshCounters();
    private final LinkRegistry registry = new LinkRegistry(
            _ -> local(),
            new LinkLimits(Limits.DEFAULT, PATIENCE, 64, 10_000, 1 << 20, Duration.ofSeconds(1)),
            counters,
            InstantSource.system(),
            () -> "localhost:1");

    /** Who is let in; empty: everybody. */
    private Set<NodeId> allowed = Set.of();

    @BeforeEach
    void open() {
        registry.open(new RecordingCore());
    }

    @Test
    void two_nodes_of_one_host_that_are_refused_with_one_code_are_both_told_of(CapturedOutput output) throws Exception {
        allowed = Set.of(NodeKey.generate().id());
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

    @ParameterizedTest
    @EnumSource(names = {"DUPLICATE_LINK", "FULL"})
    void what_goes_on_in_a_mesh_that_is_well_is_counted_and_listed_but_is_no_warning(
            CloseCode code, CapturedOutput output) throws Exception {
        new Stranger(registry).link.closed(new CloseStatus(code.number(), "so it is"));
        Stranger linked = new Stranger(registry);
        linked.prove();
        linked.say();
        linked.link.closed(new CloseStatus(code.number(), "so it is"));
        assertThat(counters.handshakeFailures(code)).isEqualTo(1);
        assertThat(counters.linkEndings(code)).isEqualTo(1);
        assertThat(registry.refusalLog().views())
                .extracting(RefusalView::phase, RefusalView::code, RefusalView::reason, RefusalView::peer)
                .containsExactly(
                        tuple(Phase.HANDSHAKE, code.number(), "so it is", null),
                        tuple(Phase.LINK, code.number(), "so it is", linked.id()));
        assertThat(output.getAll()).doesNotContain("WARN");
    }

    @Test
    void what_is_a_fault_is_shown_longer_than_what_is_none() {
        refuse("a fault");
        for (int i = 0; i < 50; i++) {
            new Stranger(registry).link.closed(new CloseStatus(CloseCode.DUPLICATE_LINK.number(), "crossed " + i));
        }
        assertThat(registry.refusalLog().views())
                .hasSizeGreaterThan(1)
                .first()
                .extracting(RefusalView::reason)
                .isEqualTo("a fault");
    }

    @Test
    void a_peer_that_leaves_or_is_done_is_no_refusal() {
        for (CloseCode code : List.of(CloseCode.NORMAL, CloseCode.GOING_AWAY)) {
            new Stranger(registry).link.closed(new CloseStatus(code.number()));
            assertThat(counters.handshakeFailures(code)).isEqualTo(1);
        }
        assertThat(registry.refusalLog().views()).isEmpty();
    }

    private LocalNode local() {
        return new LocalNode(key, ClusterKeys.NONE, "", allowed, System.currentTimeMillis(), 1, 1 << 20, "");
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
