package dev.wsmesh.websocket;

import static dev.wsmesh.TestNode.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.wsmesh.identity.Handshake;
import dev.wsmesh.identity.LocalNode;
import dev.wsmesh.node.MeshCounters;
import dev.wsmesh.protocol.Address;
import dev.wsmesh.protocol.Intent;
import dev.wsmesh.protocol.Limits;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whether all nodes that were ever linked are on this machine. */
class ReachTest {

    private final RecordingCore core = new RecordingCore();
    private final LocalNode local = Stranger.newNode();
    private final LinkRegistry registry = new LinkRegistry(
            _ -> local,
            new LinkLimits(Limits.DEFAULT, PATIENCE, 16, 10_000, 1 << 20, Duration.ofSeconds(1)),
            new MeshCounters(),
            InstantSource.system(),
            () -> "localhost:1");

    @BeforeEach
    void open() {
        registry.open(core);
    }

    @Test
    void a_node_of_another_machine_that_was_linked_once_is_not_forgotten() throws Exception {
        Stranger near = linkFrom("127.0.0.1");
        assertThat(registry.hasReachedOut()).isFalse();
        Stranger far = linkFrom("192.0.2.1");
        assertThat(registry.hasReachedOut()).isTrue();
        far.vanish();
        near.vanish();
        assertThat(registry.hasReachedOut()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "ws://localhost:1, , false",
        "ws://[::1]:1, , false",
        "ws://node.mesh.test:1#127.0.0.1, , false",
        "ws://node.mesh.test:1#192.0.2.1, , true",
        "ws://node.mesh.test:1, , true",
        "ws://192.0.2.1:1, , true",
        "ws://node.localhost:1, , true",
        "ws://node.localhost:1#10.0.0.1, , true",
        "ws://node.localhost:1#127.0.0.1, , false",
        "ws://node.localhost:1, 10.0.0.1, true",
        "ws://node.localhost:1, 127.0.0.1, false"
    })
    void one_that_was_dialled_is_at_the_other_end_of_the_socket_or_where_it_was_dialled(
            String url, @Nullable String remote, boolean elsewhere) throws Exception {
        PretendedSession session = new PretendedSession();
        session.comesFrom(remote == null ? null : new InetSocketAddress(InetAddress.ofLiteral(remote), 1));
        LinkSession link = Objects.requireNonNull(registry.dialled(session, core, new Address(url), Intent.JOIN));
        registry.begin(link);
        Handshake peer = Stranger.accepting();
        link.receiveBinary(Stranger.answer(peer, session), true);
        assertThat(registry.hasReachedOut()).as("before it is linked").isFalse();
        link.receiveBinary(Stranger.answer(peer, session), true);
        assertThat(core.links()).hasSize(1);
        assertThat(registry.hasReachedOut()).isEqualTo(elsewhere);
    }

    private Stranger linkFrom(String address) throws Exception {
        Stranger stranger = new Stranger(registry);
        stranger.session.comesFrom(new InetSocketAddress(InetAddress.ofLiteral(address), 1));
        stranger.prove();
        stranger.say();
        return stranger;
    }
}
