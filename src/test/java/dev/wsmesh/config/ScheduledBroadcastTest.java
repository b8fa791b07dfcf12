package dev.wsmesh.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.wsmesh.node.About;
import dev.wsmesh.node.Broadcast;
import dev.wsmesh.node.Epochs;
import dev.wsmesh.node.Inbox;
import dev.wsmesh.node.LinkTransport;
import dev.wsmesh.node.MeshCounters;
import dev.wsmesh.node.MeshNode;
import dev.wsmesh.node.PresenceBoard;
import dev.wsmesh.node.Sleeper;
import dev.wsmesh.node.SubscriptionLimits;
import dev.wsmesh.node.Transport;
import dev.wsmesh.protocol.Address;
import dev.wsmesh.protocol.CloseCode;
import dev.wsmesh.protocol.Frame;
import dev.wsmesh.protocol.Intent;
import dev.wsmesh.protocol.Limits;
import dev.wsmesh.protocol.LinkId;
import dev.wsmesh.protocol.NodeId;
import dev.wsmesh.wire.RecordCodec;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.mock.env.MockEnvironment;

class ScheduledBroadcastTest {

    private final List<String> sent = new ArrayList<>();

    /** Two peers that take everything. */
    private final Transport transport = textOfIndex -> {
        sent.add(textOfIndex.apply(0));
        sent.add(textOfIndex.apply(1));
        return 2;
    };

    @Test
    void the_text_is_filled_in_for_each_peer() {
        new ScheduledBroadcast(broadcast("{bind} to {index} of {index}: {other}"), Duration.ZERO, random(0))
                .broadcast();
        assertThat(sent).containsExactly("here:1 to 0 of 0: {other}", "here:1 to 1 of 1: {other}");
    }

    @Test
    void each_broadcast_waits_for_a_random_part_of_the_jitter_up_to_and_with_the_whole() {
        List<Long> bounds = new ArrayList<>();
        RandomGenerator random = new RandomGenerator() {
            @Override
            public long nextLong() {
                return 0;
            }

            @Override
            public long nextLong(long bound) {
                bounds.add(bound);
                return 1;
            }
        };
        ScheduledBroadcast scheduled = new ScheduledBroadcast(broadcast("x"), Duration.ofSeconds(2), random);
        scheduled.broadcast();
        scheduled.broadcast();
        assertThat(bounds).containsExactly(2_000_000_001L, 2_000_000_001L);
        assertThat(sent).hasSize(4);
    }

    @Test
    void the_configured_jitter_is_the_one_that_is_used() {
        MeshProperties properties = new Binder(
                        new MapConfigurationPropertySource(Map.of("mesh.broadcast.jitter", "3s")))
                .bindOrCreate("mesh", MeshProperties.class);
        MeshNode node = stoppedNode();
        NodeAddress address = new NodeAddress(new MockEnvironment());
        assertThat(new BroadcastConfiguration()
                        .meshScheduledBroadcast(node, properties, address)
                        .jitter())
                .isEqualTo(Duration.ofSeconds(3));
    }

    @Test
    void stopping_in_the_middle_of_the_jitter_sends_nothing() {
        ScheduledBroadcast scheduled = new ScheduledBroadcast(
                broadcast("x"), Duration.ofHours(1), random(Duration.ofHours(1).toNanos()));
        Thread thread = Thread.ofVirtual().start(scheduled::broadcast);
        await().until(() -> thread.getState() == Thread.State.TIMED_WAITING);
        thread.interrupt();
        await().until(() -> !thread.isAlive());
        assertThat(sent).isEmpty();
    }

    private Broadcast broadcast(String text) {
        MeshNode node = stoppedNode();
        return new Broadcast(node, text, () -> "here:1");
    }

    /** Plain peers are sent the broadcast; there is no mesh. */
    private MeshNode stoppedNode() {
        RecordCodec codec = new RecordCodec(Limits.DEFAULT);
        Epochs epochs = new Epochs() {
            @Override
            public long begin() {
                return 1;
            }

            @Override
            public void take(long epoch) {}
        };
        PeerNetworkOfNobody nobody = new PeerNetworkOfNobody();
        MeshNode.Parts parts = new MeshNode.Parts(
                _ -> {
                    throw new IllegalStateException("not to be started");
                },
                epochs,
                codec,
                transport,
                nobody,
                new NoPeers(),
                new PresenceBoard(new MeshCounters(), Clock.systemUTC(), System::nanoTime),
                new About(() -> "here", "1", () -> null),
                Clock.systemUTC());
        Inbox inbox = new Inbox(new NodeId(0, 1), new MeshCounters(), new SubscriptionLimits(1, 1), codec);
        return new MeshNode(parts, inbox, 1_000, () -> "here:1");
    }

    private static final class PeerNetworkOfNobody implements LinkTransport {
        @Override
        public void dial(Address address, Intent intent) {}

        @Override
        public @Nullable Sleeper send(LinkId link, Frame frame) {
            return null;
        }

        @Override
        public void becomeNeighbour(LinkId link) {}

        @Override
        public void close(LinkId link, CloseCode code) {}
    }

    private static RandomGenerator random(long value) {
        return new RandomGenerator() {
            @Override
            public long nextLong() {
                return value;
            }

            @Override
            public long nextLong(long bound) {
                return value;
            }
        };
    }
}
