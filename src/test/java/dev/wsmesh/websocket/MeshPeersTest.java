package dev.wsmesh.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wsmesh.node.ConfiguredPeerView;
import dev.wsmesh.node.ConfiguredPeerView.State;
import dev.wsmesh.node.Core;
import dev.wsmesh.protocol.Address;
import dev.wsmesh.protocol.Input;
import dev.wsmesh.protocol.NodeId;
import dev.wsmesh.protocol.View;
import dev.wsmesh.protocol.View.Reach;
import dev.wsmesh.websocket.RefusalLog.News;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Where configured peers stand, and since when. */
class MeshPeersTest {

    private static final Instant START = Instant.parse("2026-11-22T12:00:00Z");
    private static final Address PEER = new Address("ws://127.0.0.1:1");

    private final PretendedCore core = new PretendedCore();
    private Instant now = START;
    private final MeshPeers peers = new MeshPeers(
            List.of(new PeerTarget(PeerUrl.parse(PEER.url()), Map.of(), false)),
            new Locator(_ -> new InetAddress[] {InetAddress.getLoopbackAddress()}, _ -> false),
            Duration.ofHours(1),
            () -> now);

    @BeforeEach
    void start() {
        peers.start(core);
    }

    @AfterEach
    void stop() {
        peers.stop();
    }

    @Test
    void a_peer_that_was_reached_through_others_is_missed_since_its_last_message() {
        core.reach = Reach.REACHED;
        assertThat(view().state()).isEqualTo(State.REACHED);
        now = START.plusSeconds(100);
        core.reach = Reach.UNREACHABLE;
        core.silence = Duration.ofSeconds(30);
        assertThat(view().state()).isEqualTo(State.UNREACHABLE);
        assertThat(view().since()).isEqualTo(START.plusSeconds(70));
    }

    @Test
    void nobody_is_missed_since_before_he_was_reached() {
        now = START.plusSeconds(90);
        core.reach = Reach.REACHED;
        assertThat(view().since()).isEqualTo(START.plusSeconds(90));
        now = START.plusSeconds(100);
        core.reach = Reach.UNREACHABLE;
        core.silence = Duration.ofSeconds(30);
        assertThat(view().since()).isEqualTo(START.plusSeconds(90));
    }

    @Test
    void a_peer_whose_link_is_lost_is_missed_since_then() {
        core.reach = Reach.LINKED;
        assertThat(view().state()).isEqualTo(State.CONNECTED);
        now = START.plusSeconds(100);
        core.reach = Reach.UNREACHABLE;
        core.silence = Duration.ofSeconds(30);
        assertThat(view().since()).isEqualTo(START.plusSeconds(100));
    }

    @Test
    void the_same_failure_is_news_once_until_the_peer_was_reached() {
        assertThat(peers.failed(PEER, "refused")).isEqualTo(News.FRESH);
        assertThat(peers.failed(PEER, "refused")).isEqualTo(News.KNOWN);
        assertThat(peers.failed(PEER, "lost")).isEqualTo(News.FRESH);
        core.reach = Reach.LINKED;
        assertThat(view().lastFailure()).isEqualTo("lost");
        assertThat(peers.failed(PEER, "lost")).isEqualTo(News.FRESH);
        assertThat(peers.failed(new Address("ws://b:1"), "lost")).isEqualTo(News.NOT_CONFIGURED);
    }

    private ConfiguredPeerView view() {
        return peers.views().getFirst();
    }

    /** Says of the one configured peer what it is told to say. */
    private static final class PretendedCore implements Core {
        private volatile Reach reach = Reach.NOT_TRIED;
        private volatile Duration silence = Duration.ZERO;

        @Override
        public void give(Input input) {}

        @Override
        public List<View.BootstrapView> bootstrap() {
            return List.of(new View.BootstrapView(PEER, new NodeId(1, 2), 0, reach));
        }

        @Override
        public Optional<Duration> silence(NodeId origin) {
            return Optional.of(silence);
        }
    }
}
