package dev.wsmesh.websocket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.wsmesh.node.Direction;
import dev.wsmesh.node.MeshCounters;
import dev.wsmesh.node.MeshCounters.Ending;
import dev.wsmesh.node.MeshCounters.Refusal;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.WebSocketSession;

class PeerRegistryTest {

    private final MeshCounters counters = new MeshCounters();
    private final PlainPeerLimits limits = new PlainPeerLimits(10, 1_000, Duration.ofSeconds(5), 1_000, 1_000, 1);
    private final PeerRegistry registry = new PeerRegistry(limits, counters, InstantSource.system(), () -> "here:1");
    private final List<CloseStatus> closed = new CopyOnWriteArrayList<>();

    @Test
    void two_upgrades_that_both_passed_the_guard_do_not_pass_the_bound() {
        registry.open();
        assertThat(admit("one", Direction.ACCEPTED)).isNotNull();
        assertThat(admit("two", Direction.ACCEPTED)).isNull();
        await().until(() -> closed.equals(List.of(PlainStatus.OVERLOADED)));
        assertThat(counters.refusals(Refusal.FULL)).isEqualTo(1);
        assertThat(counters.endings(Ending.OTHER)).isZero();
        assertThat(registry.views()).hasSize(1);
    }

    @Test
    void a_dialled_session_does_not_count_against_the_bound() {
        registry.open();
        assertThat(admit("one", Direction.ACCEPTED)).isNotNull();
        assertThat(admit("two", Direction.DIALLED)).isNotNull();
        assertThat(registry.isFull()).isTrue();
    }

    @Test
    void a_session_that_comes_up_while_the_node_is_away_is_closed() {
        assertThat(admit("early", Direction.DIALLED)).isNull();
        await().until(() -> closed.equals(List.of(PlainStatus.GOING_AWAY)));
        assertThat(counters.refusals(Refusal.STOPPING)).isEqualTo(1);
    }

    private @Nullable PeerSession admit(String address, Direction direction) {
        return registry.admit(session(), address, direction, (text, peer) -> {});
    }

    /** A session that takes everything and remembers how it was closed. */
    private WebSocketSession session() {
        return (WebSocketSession) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {WebSocketSession.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("close") && arguments != null) {
                        closed.add((CloseStatus) arguments[0]);
                    }
                    return method.getReturnType() == boolean.class ? false : null;
                });
    }
}
