package dev.wsmesh.ops;

import dev.wsmesh.node.Backlog;
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
import dev.wsmesh.protocol.View;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.time.InstantSource;
import java.util.Locale;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/** Every meter of the mesh; docs/operations.md has the table. No tag has an unbounded value. */
public final class MeshMeters implements MeterBinder {

    /** What a tag says of meters that are about plain peers, and not about nodes. */
    private static final String KIND = "kind";

    private static final String PLAIN = "plain";

    private final MeshCounters counters;
    private final PeerStatus peers;
    private final ToLongFunction<Counter> core;
    private final Glance glance;
    private final Supplier<Backlog> subscriptions;
    private final InstantSource clock;

    /**
     * Where the numbers come from.
     *
     * @param core how often the core counted something
     * @param outline the core's view, null before the first start
     */
    public record Sources(
            MeshCounters counters,
            PeerStatus peers,
            ToLongFunction<Counter> core,
            Supplier<@Nullable View> outline,
            Supplier<Backlog> subscriptions,
            InstantSource clock) {}

    /** Creates the binder of one node's meters. */
    public MeshMeters(Sources sources) {
        this.counters = sources.counters();
        this.peers = sources.peers();
        this.core = sources.core();
        this.glance = new Glance(sources.outline());
        this.subscriptions = sources.subscriptions();
        this.clock = sources.clock();
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        bindPeers(registry);
        bindLinks(registry);
        bindLinkTraffic(registry);
        bindRecords(registry);
        bindSubscriptions(registry);
        bindTraffic(registry);
        bindQueues(registry);
        counter("mesh.core.failures", "Inputs at which the core failed: mistakes of ours", MeshCounters::coreFailures)
                .register(registry);
        counter("mesh.listener.failures", "Failures of @MeshListener methods", MeshCounters::listenerFailures)
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
            counter("mesh.sessions.ended", "Sessions with plain peers that ended, by how", c -> c.endings(ending))
                    .tag(KIND, PLAIN)
                    .tag("how", tag(ending))
                    .register(registry);
        }
    }

    private void bindPeers(MeterRegistry registry) {
        for (Direction direction : Direction.values()) {
            gauge("mesh.peers", "Connected plain peers", status -> count(status, direction))
                    .tag(KIND, PLAIN)
                    .tag("direction", direction.tag())
                    .register(registry);
        }
        gauge(
                        "mesh.partition.suspected",
                        "1 if a configured peer was not reached for a minute, neither directly nor through others",
                        status -> Partition.isSuspected(status.configuredPeers(), clock.instant()) ? 1 : 0)
                .register(registry);
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
        gauge(
                        "mesh.links.second.sockets",
                        "Links that have two sockets",
                        status -> status.links().stream()
                                .filter(link -> link.sockets() == 2)
                                .count())
                .register(registry);
        for (CloseCode code : CloseCode.values()) {
            counter("mesh.handshakes.failed", "Handshakes that failed, by close code", c -> c.handshakeFailures(code))
                    .tag("code", tag(code))
                    .register(registry);
            counter("mesh.links.ended", "Links that were up and ended, by close code", c -> c.linkEndings(code))
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

    private void bindLinkTraffic(MeterRegistry registry) {
        String frames = "Frames received from and written to nodes, over all links";
        String bytes = "Bytes of the WebSocket messages received from and written to nodes, handshakes included";
        counter("mesh.links.frames", frames, MeshCounters::linkFramesIn)
                .tag("direction", "in")
                .register(registry);
        counter("mesh.links.frames", frames, MeshCounters::linkFramesOut)
                .tag("direction", "out")
                .register(registry);
        counter("mesh.links.bytes", bytes, MeshCounters::linkBytesIn)
                .tag("direction", "in")
                .baseUnit("bytes")
                .register(registry);
        counter("mesh.links.bytes", bytes, MeshCounters::linkBytesOut)
                .tag("direction", "out")
                .baseUnit("bytes")
                .register(registry);
        look("mesh.links.roundtrip", "The longest round trip of a link that was measured last", MeshMeters::roundTrip)
                .baseUnit("seconds")
                .register(registry);
    }

    private void bindRecords(MeterRegistry registry) {
        event(
                        "mesh.records.published",
                        "Messages that this node published, the mesh's own included",
                        Counter.RECORDS_PUBLISHED)
                .register(registry);
        event(
                        "mesh.records.delivered",
                        "Messages delivered on this node, before subscriptions choose",
                        Counter.RECORDS_DELIVERED)
                .register(registry);
        event("mesh.records.missing", "Messages within the gaps of mesh.gaps", Counter.RECORDS_IN_GAPS)
                .register(registry);
        event("mesh.gaps", "Gaps: messages that no reachable node retained any more", Counter.GAPS)
                .register(registry);
        look("mesh.log.bytes", "Bytes retained for others", View::logBytes)
                .baseUnit("bytes")
                .register(registry);
        look("mesh.log.records", "Messages retained for others", MeshMeters::records)
                .register(registry);
        look(
                        "mesh.log.streams",
                        "Runs of publishers that are known",
                        view -> view.streams().size())
                .register(registry);
    }

    private void bindSubscriptions(MeterRegistry registry) {
        Gauge.builder("mesh.subscriptions", subscriptions, s -> s.get().subscriptions())
                .description("Subscriptions in this process")
                .register(registry);
        Gauge.builder("mesh.subscriptions.queue", subscriptions, s -> s.get().messages())
                .description("Messages that wait for listeners, over all subscriptions")
                .register(registry);
        Gauge.builder(
                        "mesh.subscriptions.queue.longest",
                        subscriptions,
                        s -> s.get().longest())
                .description("Messages that wait for the listener that is farthest behind")
                .register(registry);
        counter("mesh.subscriptions.delivered", "Messages handed to listeners", MeshCounters::listenerMessages)
                .register(registry);
        counter("mesh.subscriptions.gaps", "Gaps told to listeners", MeshCounters::listenerGaps)
                .register(registry);
    }

    private void bindTraffic(MeterRegistry registry) {
        counter("mesh.messages", "Texts received from and written to plain peers", MeshCounters::messagesIn)
                .tag(KIND, PLAIN)
                .tag("direction", "in")
                .register(registry);
        counter("mesh.messages", "Texts received from and written to plain peers", MeshCounters::messagesOut)
                .tag(KIND, PLAIN)
                .tag("direction", "out")
                .register(registry);
        counter("mesh.traffic", "UTF-8 bytes of those texts", MeshCounters::bytesIn)
                .tag(KIND, PLAIN)
                .tag("direction", "in")
                .baseUnit("bytes")
                .register(registry);
        counter("mesh.traffic", "UTF-8 bytes of those texts", MeshCounters::bytesOut)
                .tag(KIND, PLAIN)
                .tag("direction", "out")
                .baseUnit("bytes")
                .register(registry);
    }

    private void bindQueues(MeterRegistry registry) {
        gauge("mesh.queue", "Bytes that wait to be written to plain peers", s -> sum(s, SessionView::queuedBytes))
                .tag(KIND, PLAIN)
                .baseUnit("bytes")
                .register(registry);
        gauge(
                        "mesh.queue.messages",
                        "Texts that wait to be written to plain peers",
                        s -> sum(s, SessionView::queuedMessages))
                .tag(KIND, PLAIN)
                .register(registry);
    }

    private FunctionCounter.Builder<MeshCounters> counter(
            String name, String description, ToLongFunction<MeshCounters> value) {
        return FunctionCounter.builder(name, counters, value::applyAsLong).description(description);
    }

    private Gauge.Builder<PeerStatus> gauge(String name, String description, ToDoubleFunction<PeerStatus> value) {
        return Gauge.builder(name, peers, value).description(description);
    }

    private FunctionCounter.Builder<ToLongFunction<Counter>> event(String name, String description, Counter event) {
        return FunctionCounter.builder(name, core, source -> source.applyAsLong(event))
                .description(description);
    }

    private Gauge.Builder<Glance> look(String name, String description, ToDoubleFunction<View> value) {
        return Gauge.builder(name, glance, source -> {
                    View view = source.view();
                    return view == null ? 0 : value.applyAsDouble(view);
                })
                .description(description);
    }

    private static double roundTrip(View view) {
        long longest = view.links().stream()
                .mapToLong(View.LinkView::roundTripNanos)
                .max()
                .orElse(0);
        return Math.max(0, longest) / 1e9;
    }

    private static long records(View view) {
        return view.streams().stream()
                .mapToLong(stream -> Math.max(0, stream.next() - stream.base()))
                .sum();
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
