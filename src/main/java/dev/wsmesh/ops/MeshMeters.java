package dev.wsmesh.ops;

import dev.wsmesh.node.ConfiguredPeerView.State;
import dev.wsmesh.node.Direction;
import dev.wsmesh.node.MeshCounters;
import dev.wsmesh.node.MeshCounters.DialFailure;
import dev.wsmesh.node.MeshCounters.Drop;
import dev.wsmesh.node.MeshCounters.Ending;
import dev.wsmesh.node.MeshCounters.GatewayEvent;
import dev.wsmesh.node.MeshCounters.Refusal;
import dev.wsmesh.node.PeerStatus;
import dev.wsmesh.node.SessionView;
import dev.wsmesh.protocol.CloseCode;
import dev.wsmesh.protocol.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;

/** Every meter of the mesh; docs/operations.md has the table. No tag has an unbounded value. */
public final class MeshMeters implements MeterBinder {

    private final MeshCounters counters;
    private final PeerStatus peers;
    private final ToLongFunction<Counter> core;

    /** Creates the binder of a node's counters and peers, and of what its core counts. */
    public MeshMeters(MeshCounters counters, PeerStatus peers, ToLongFunction<Counter> core) {
        this.counters = counters;
        this.peers = peers;
        this.core = core;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        bindPeers(registry);
        bindLinks(registry);
        bindTraffic(registry);
        bindQueues(registry);
        counter("mesh.core.failures", "Inputs at which the core failed: mistakes of ours", MeshCounters::coreFailures)
                .register(registry);
        counter("mesh.dials", "Dials that began", MeshCounters::dials).register(registry);
        for (DialFailure reason : DialFailure.values()) {
            counter("mesh.dial.failures", "Dials that failed", c -> c.dialFailures(reason))
                    .tag("reason", tag(reason))
                    .register(registry);
        }
        for (Drop reason : Drop.values()) {
            counter("mesh.drops", "Messages thrown away", c -> c.drops(reason))
                    .tag("reason", tag(reason))
                    .baseUnit("messages")
                    .register(registry);
        }
        for (Refusal reason : Refusal.values()) {
            counter("mesh.upgrades.refused", "Upgrades to WebSocket that were refused", c -> c.refusals(reason))
                    .tag("reason", tag(reason))
                    .register(registry);
        }
        for (GatewayEvent event : GatewayEvent.values()) {
            counter("mesh.gateway", "What happened at the ways in from outside", c -> c.gatewayEvents(event))
                    .tag("event", tag(event))
                    .register(registry);
        }
        for (Ending ending : Ending.values()) {
            counter("mesh.sessions.ended", "Sessions that ended, by how", c -> c.endings(ending))
                    .tag("how", tag(ending))
                    .register(registry);
        }
    }

    private void bindPeers(MeterRegistry registry) {
        for (Direction direction : Direction.values()) {
            gauge("mesh.peers", "Connected plain peers", status -> count(status, direction))
                    .tag("direction", direction.tag())
                    .register(registry);
        }
        for (State state : State.values()) {
            gauge("mesh.peers.configured", "Configured peers, by state", status -> count(status, state))
                    .tag("state", tag(state))
                    .register(registry);
        }
    }

    private void bindLinks(MeterRegistry registry) {
        for (Direction direction : Direction.values()) {
            gauge("mesh.links", "Links with other nodes", status -> countLinks(status, direction))
                    .tag("direction", direction.tag())
                    .register(registry);
        }
        for (CloseCode code : CloseCode.values()) {
            counter("mesh.handshakes.failed", "Handshakes that failed, by close code", c -> c.handshakeFailures(code))
                    .tag("code", tag(code))
                    .register(registry);
        }
        for (Counter event : Counter.values()) {
            FunctionCounter.builder("mesh.protocol", core, source -> source.applyAsLong(event))
                    .description("What the protocol's core did and met")
                    .tag("event", tag(event))
                    .register(registry);
        }
    }

    private void bindTraffic(MeterRegistry registry) {
        counter("mesh.messages", "Texts received from and written to peers", MeshCounters::messagesIn)
                .tag("direction", "in")
                .register(registry);
        counter("mesh.messages", "Texts received from and written to peers", MeshCounters::messagesOut)
                .tag("direction", "out")
                .register(registry);
        counter("mesh.traffic", "UTF-8 bytes of those texts", MeshCounters::bytesIn)
                .tag("direction", "in")
                .baseUnit("bytes")
                .register(registry);
        counter("mesh.traffic", "UTF-8 bytes of those texts", MeshCounters::bytesOut)
                .tag("direction", "out")
                .baseUnit("bytes")
                .register(registry);
    }

    private void bindQueues(MeterRegistry registry) {
        gauge("mesh.queue", "Bytes that wait to be written to peers", s -> sum(s, SessionView::queuedBytes))
                .baseUnit("bytes")
                .register(registry);
        gauge("mesh.queue.messages", "Texts that wait to be written to peers", s -> sum(s, SessionView::queuedMessages))
                .register(registry);
    }

    private FunctionCounter.Builder<MeshCounters> counter(
            String name, String description, ToLongFunction<MeshCounters> value) {
        return FunctionCounter.builder(name, counters, value::applyAsLong).description(description);
    }

    private Gauge.Builder<PeerStatus> gauge(String name, String description, ToDoubleFunction<PeerStatus> value) {
        return Gauge.builder(name, peers, value).description(description);
    }

    private static long count(PeerStatus status, Direction direction) {
        return status.sessions().stream()
                .filter(session -> session.direction() == direction)
                .count();
    }

    private static long countLinks(PeerStatus status, Direction direction) {
        return status.links().stream()
                .filter(link -> link.direction() == direction)
                .count();
    }

    private static long count(PeerStatus status, State state) {
        return status.configuredPeers().stream()
                .filter(peer -> peer.state() == state)
                .count();
    }

    private static long sum(PeerStatus status, ToLongFunction<SessionView> value) {
        return status.sessions().stream().mapToLong(value).sum();
    }

    private static String tag(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
