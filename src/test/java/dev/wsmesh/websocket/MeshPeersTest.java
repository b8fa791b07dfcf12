package dev.wsmesh.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wsmesh.node.ConfiguredPeerView;
import dev.wsmesh.node.ConfiguredPeerView.State;
import dev.wsmesh.node.Core;
import dev.wsmesh.protocol.Address;
import dev.wsmesh.protocol.Input;
import dev.wsmesh.protocol.LinkId;
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
    private static final NodeId ID = new NodeId(1, 2);

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

    @Test
    void a_peer_that_may_not_be_dialled_and_never_was_reached_is_told_apart_from_one_that_is_lost() {
        core.reach = Reach.UNREACHABLE;
        assertThat(peers.forbidden(PEER, "not allowed")).isEqualTo(News.FRESH);
        assertThat(peers.forbidden(PEER, "not allowed")).isEqualTo(News.KNOWN);
        assertReason("not allowed", START);
        assertThat(view().neverDialled()).isTrue();
        peers.failed(PEER, "refused");
        assertThat(view().neverDialled()).as("its name leads elsewhere now").isFalse();

        core.reach = Reach.LINKED;
        assertThat(view().state()).isEqualTo(State.CONNECTED);
        now = START.plusSeconds(100);
        core.reach = Reach.UNREACHABLE;
        assertThat(peers.forbidden(PEER, "not allowed")).isEqualTo(News.FRESH);
        assertThat(view().state()).isEqualTo(State.UNREACHABLE);
        assertThat(view().neverDialled()).as("it was in the mesh").isFalse();
    }

    @Test
    void what_failed_before_a_peer_was_linked_does_not_explain_why_it_is_lost() {
        assertThat(peers.failed(PEER, "refused")).isEqualTo(News.FRESH);
        now = START.plusSeconds(10);
        core.reach = Reach.LINKED;
        assertThat(view().state()).isEqualTo(State.CONNECTED);
        now = START.plusSeconds(100);
        peers.ended(null, ID, "the link ended: 1001 (going away)");
        core.reach = Reach.UNREACHABLE;
        now = START.plusSeconds(101);
        assertThat(view().state()).isEqualTo(State.UNREACHABLE);
        assertReason("the link ended: 1001 (going away)", START.plusSeconds(100));
    }

    @Test
    void where_nothing_else_is_known_that_it_is_lost_is_the_reason_and_nothing_older() {
        peers.failed(PEER, "refused");
        now = START.plusSeconds(10);
        core.reach = Reach.LINKED;
        view();
        now = START.plusSeconds(100);
        core.reach = Reach.UNREACHABLE;
        view();
        assertReason("the link ended", START.plusSeconds(100));
        now = START.plusSeconds(110);
        assertReason("the link ended", START.plusSeconds(100));
        peers.failed(PEER, "refused");
        assertReason("refused", START.plusSeconds(110));
    }

    @Test
    void a_peer_that_was_reached_through_others_has_the_reason_that_it_is_not_any_more() {
        peers.failed(PEER, "refused");
        now = START.plusSeconds(10);
        core.reach = Reach.REACHED;
        view();
        now = START.plusSeconds(100);
        core.silence = Duration.ofSeconds(30);
        core.reach = Reach.UNREACHABLE;
        view();
        assertReason("nothing from it comes through other nodes any more", START.plusSeconds(70));
        now = START.plusSeconds(110);
        assertReason("nothing from it comes through other nodes any more", START.plusSeconds(70));
    }

    @Test
    void what_failed_since_the_last_message_came_through_others_is_the_reason() {
        core.reach = Reach.REACHED;
        view();
        now = START.plusSeconds(80);
        peers.failed(PEER, "refused");
        now = START.plusSeconds(100);
        core.silence = Duration.ofSeconds(30);
        core.reach = Reach.UNREACHABLE;
        view();
        assertReason("refused", START.plusSeconds(80));
    }

    @Test
    void the_same_reason_again_has_been_so_since_the_first_time_and_another_one_since_it_came() {
        core.reach = Reach.UNREACHABLE;
        peers.failed(PEER, "refused");
        now = START.plusSeconds(10);
        peers.failed(PEER, "refused");
        assertReason("refused", START);
        now = START.plusSeconds(20);
        peers.failed(PEER, "a wrong key");
        now = START.plusSeconds(30);
        peers.failed(PEER, "a wrong key");
        assertReason("a wrong key", START.plusSeconds(20));
        now = START.plusSeconds(40);
        core.reach = Reach.LINKED;
        view();
        now = START.plusSeconds(50);
        core.reach = Reach.UNREACHABLE;
        peers.failed(PEER, "a wrong key");
        assertReason("a wrong key", START.plusSeconds(50));
    }

    private void assertReason(String why, Instant since) {
        assertThat(view().lastFailure()).isEqualTo(why);
        assertThat(view().lastFailureSince()).isEqualTo(since);
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
            return List.of(new View.BootstrapView(PEER, ID, 0, reach));
        }

        @Override
        public Optional<Address> addressOf(LinkId link) {
            return Optional.empty();
        }

        @Override
        public Optional<Duration> silence(NodeId origin) {
            return Optional.of(silence);
        }
    }
}
