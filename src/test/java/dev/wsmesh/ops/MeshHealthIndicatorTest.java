package dev.wsmesh.ops;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wsmesh.node.ConfiguredPeerView;
import dev.wsmesh.node.ConfiguredPeerView.State;
import dev.wsmesh.node.Direction;
import dev.wsmesh.node.Mesh;
import dev.wsmesh.node.MeshCounters;
import dev.wsmesh.node.MessageListener;
import dev.wsmesh.node.NodePresence;
import dev.wsmesh.node.NodeView;
import dev.wsmesh.node.Publication;
import dev.wsmesh.node.PublishReceipt;
import dev.wsmesh.node.RefusalView;
import dev.wsmesh.node.SubscribeOptions;
import dev.wsmesh.node.Subscription;
import dev.wsmesh.protocol.CloseCode;
import dev.wsmesh.protocol.Counter;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;

/** What health says of what is. */
class MeshHealthIndicatorTest {

    private static final Instant START = Instant.parse("2026-11-22T12:00:00Z");

    private final MeshCounters counters = new MeshCounters();
    private final List<ConfiguredPeerView> peers = new ArrayList<>();
    private final List<RefusalView> refusals = new ArrayList<>();
    private Instant now = START;
    private boolean running = true;
    private int connected = 1;
    private long streamsRefused;

    @Test
    void with_enough_peers_it_is_up_and_says_where_each_configured_one_stands() {
        peers.add(peer("ws://a", State.CONNECTED));
        peers.add(peer("ws://b", State.REACHED));
        peers.add(peer("ws://c", State.NOT_TRIED));
        peers.add(peer("ws://d", State.SELF));
        peers.add(peer("ws://e", State.UNREACHABLE));
        Health health = health(1);
        assertThat(health.getStatus()).isEqualTo(Status.UP);
        assertThat(health.getDetails())
                .containsEntry("connected", 1)
                .containsEntry("minimum", 1)
                .containsEntry("configured", 5)
                .containsEntry("configuredConnected", 1L)
                .containsEntry("reachedThroughOthers", 1L)
                .containsEntry("notTried", 1L)
                .containsEntry(
                        "unreachable", List.of(new MeshHealthIndicator.Unreachable("ws://e", START, "refused", START)))
                .containsEntry("partitionSuspected", false)
                .containsEntry("identityInUse", List.of())
                .doesNotContainKey("reasons");
    }

    @Test
    void a_partition_is_suspected_once_a_peer_was_not_reached_for_more_than_a_minute() {
        peers.add(peer("ws://a", State.UNREACHABLE));
        now = START.plus(Duration.ofSeconds(60));
        assertThat(health(0).getDetails()).containsEntry("partitionSuspected", false);
        now = START.plus(Duration.ofSeconds(60)).plusNanos(1);
        assertThat(health(0).getDetails()).containsEntry("partitionSuspected", true);
        assertThat(health(0).getStatus())
                .as("both halves go on serving those who reach them")
                .isEqualTo(Status.UP);
    }

    @Test
    void a_peer_that_is_reached_through_others_or_not_tried_is_no_sign_of_a_partition() {
        peers.add(peer("ws://a", State.REACHED));
        peers.add(peer("ws://b", State.NOT_TRIED));
        now = START.plus(Duration.ofHours(1));
        assertThat(health(0).getDetails()).containsEntry("partitionSuspected", false);
    }

    @Test
    void a_peer_that_is_not_even_dialled_is_told_and_is_no_sign_of_a_partition() {
        peers.add(new ConfiguredPeerView("ws://a", State.UNREACHABLE, START, 3, "not dialled", START, true));
        now = START.plus(Duration.ofHours(1));
        assertThat(health(0).getDetails())
                .containsEntry("partitionSuspected", false)
                .containsEntry(
                        "unreachable",
                        List.of(new MeshHealthIndicator.Unreachable("ws://a", START, "not dialled", START)));
        peers.add(peer("ws://b", State.UNREACHABLE));
        assertThat(health(0).getDetails()).as("it does not hide the others").containsEntry("partitionSuspected", true);
    }

    @Test
    void too_few_peers_are_a_reason_to_be_down() {
        connected = 0;
        assertThat(health(1).getStatus()).isEqualTo(Status.DOWN);
        assertThat(reasons(1))
                .singleElement()
                .asString()
                .contains("mesh.health.min-peers")
                .contains("0 of 1");
    }

    @Test
    void a_core_that_failed_is_a_reason_to_be_down() {
        counters.coreFailed();
        assertThat(health(0).getStatus()).isEqualTo(Status.DOWN);
        assertThat(reasons(0)).singleElement().asString().contains("the core failed at 1");
    }

    @Test
    void streams_at_their_bound_are_a_reason_to_be_down() {
        streamsRefused = 3;
        assertThat(health(0).getStatus()).isEqualTo(Status.DOWN);
        assertThat(reasons(0)).singleElement().asString().contains("3 times").contains("restart");
    }

    @Test
    void a_node_that_does_not_run_is_out_of_service_whatever_else() {
        running = false;
        counters.coreFailed();
        assertThat(health(1).getStatus()).isEqualTo(Status.OUT_OF_SERVICE);
    }

    @Test
    void an_identity_that_somebody_else_uses_is_told() {
        refusals.add(refusal("ws://a", CloseCode.FULL, "full"));
        refusals.add(refusal("ws://b", CloseCode.IDENTITY_IN_USE, "a copy"));
        assertThat(health(0).getDetails())
                .containsEntry("identityInUse", List.of(new MeshHealthIndicator.Conflict(START, "ws://b", "a copy")));
    }

    private static RefusalView refusal(String address, CloseCode code, String reason) {
        return new RefusalView(
                RefusalView.Phase.HANDSHAKE, address, Direction.DIALLED, null, code.number(), "", reason, "", 1, START);
    }

    private static ConfiguredPeerView peer(String url, State state) {
        boolean unreachable = state == State.UNREACHABLE;
        return new ConfiguredPeerView(url, state, START, 0, unreachable ? "refused" : null, unreachable ? START : null);
    }

    private List<?> reasons(int minPeers) {
        return (List<?>)
                java.util.Objects.requireNonNull(health(minPeers).getDetails().get("reasons"));
    }

    private Health health(int minPeers) {
        MeshHealthIndicator indicator = new MeshHealthIndicator(
                new ViewOnly(),
                minPeers,
                counters,
                counter -> counter == Counter.STREAMS_REFUSED ? streamsRefused : 0,
                () -> now);
        return java.util.Objects.requireNonNull(indicator.health());
    }

    /** A node that can only be looked at. */
    private final class ViewOnly implements Mesh {
        @Override
        public NodeView view() {
            return new NodeView("here:1", running, connected, null, List.of(), refusals, List.of(), peers);
        }

        @Override
        public PublishReceipt publish(Publication publication) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Subscription subscribe(SubscribeOptions options, MessageListener listener) {
            throw new UnsupportedOperationException();
        }

        @Override
        public int sendToPlainPeers(String text) {
            throw new UnsupportedOperationException();
        }

        @Override
        public boolean awaitPeers(int count, Duration timeout) {
            throw new UnsupportedOperationException();
        }

        @Override
        public List<NodePresence> nodes() {
            throw new UnsupportedOperationException();
        }
    }
}
