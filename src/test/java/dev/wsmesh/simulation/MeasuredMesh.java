package dev.wsmesh.simulation;

import dev.wsmesh.protocol.Address;
import dev.wsmesh.protocol.Bytes;
import dev.wsmesh.protocol.EncodedRecord;
import dev.wsmesh.protocol.Frame;
import dev.wsmesh.protocol.Header;
import dev.wsmesh.protocol.Input;
import dev.wsmesh.protocol.Limits;
import dev.wsmesh.protocol.MeshRecord;
import dev.wsmesh.protocol.Message;
import dev.wsmesh.protocol.Message.Batch;
import dev.wsmesh.protocol.NodeId;
import dev.wsmesh.protocol.Output;
import dev.wsmesh.protocol.Settings;
import dev.wsmesh.protocol.StreamId;
import dev.wsmesh.protocol.Topic;
import dev.wsmesh.wire.RecordCodec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A mesh that has grown node by node from one contact, with instruments attached. */
final class MeasuredMesh implements Observer {
    static final int PAYLOAD_BYTES = 128;

    private static final Topic TOPIC = new Topic("simulation");
    private static final List<Header> NO_HEADERS = List.of();
    /** Some day: so that the time of publishing takes as many bytes as it does in earnest. */
    private static final Instant BEGINNING = Instant.parse("2026-01-01T00:00:00Z");

    final Network network;
    final int size;
    /** For the choices of the measurement, apart from those of the network. */
    final SplittableRandom dice;

    private final RecordCodec codec = new RecordCodec(Limits.DEFAULT);
    private final Map<NodeId, SimulatedNode> byId = new HashMap<>();
    private final Map<StreamId, List<Trace>> traces = new HashMap<>();
    private final @Nullable Traffic traffic;
    private @Nullable Trace published;
    private long tickets;

    /**
     * A mesh that stands.
     *
     * @param traffic counts bytes from the first frame on, if wanted
     */
    MeasuredMesh(long seed, int size, Settings.Membership membership, int settleSeconds, @Nullable Traffic traffic) {
        this.network = new Network(seed, this);
        this.dice = new SplittableRandom(seed);
        this.size = size;
        this.traffic = traffic;
        List<Address> contact = List.of(SimulatedNode.addressOf(0));
        for (int i = 0; i < size; i++) {
            SimulatedNode node = network.add(contact, each -> each.with(membership));
            byId.put(node.id, node);
            network.in(Network.millis(10L * i), () -> node.start(SimulatedNode.Return.AS_IT_WAS));
        }
        network.run(Network.millis(10L * size) + Network.seconds(settleSeconds));
    }

    static MeasuredMesh of(ReportOptions options, int nodes, long seed) {
        return new MeasuredMesh(seed, nodes, options.membership(), options.settleSeconds(), null);
    }

    long publications() {
        return tickets;
    }

    List<SimulatedNode> alive() {
        return network.nodes.stream().filter(SimulatedNode::isUp).toList();
    }

    SimulatedNode node(NodeId id) {
        SimulatedNode node = byId.get(id);
        if (node == null) {
            throw new IllegalStateException("no such node: " + id);
        }
        return node;
    }

    Trace publish(SimulatedNode node) {
        Bytes payload = Bytes.wrap(new byte[PAYLOAD_BYTES]);
        Instant time = BEGINNING.plus(Duration.ofNanos(network.now()));
        EncodedRecord record = codec.encode(new MeshRecord(TOPIC, payload, "", NO_HEADERS, time));
        published = null;
        network.give(node, new Input.Publish(++tickets, record, Input.Backpressure.IGNORE, null));
        Trace trace = published;
        if (trace == null) {
            throw new IllegalStateException("not published");
        }
        return trace;
    }

    /** Crashes so many percent at once; the contact is among them unless it is to be spared. */
    void crash(int percent, boolean spareContact) {
        List<SimulatedNode> candidates = new ArrayList<>(network.nodes);
        SimulatedNode contact = candidates.removeFirst();
        int crashes = size * percent / 100;
        if (!spareContact && crashes > 0) {
            network.crash(contact, false);
            crashes--;
        }
        for (int i = 0; i < crashes; i++) {
            int last = candidates.size() - 1;
            int chosen = dice.nextInt(candidates.size());
            SimulatedNode victim = candidates.set(chosen, candidates.get(last));
            candidates.removeLast();
            network.crash(victim, false);
        }
    }

    @Override
    public void onOutput(SimulatedNode node, Output output) {
        switch (output) {
            case Output.Published made -> {
                Trace trace = new Trace(node, network.now(), size);
                traces.computeIfAbsent(made.stream(), _ -> new ArrayList<>()).add(trace);
                published = trace;
            }
            case Output.Deliver deliver -> {
                for (long at = deliver.first(); at <= deliver.last(); at++) {
                    trace(deliver.stream(), at).onDelivery(node, network.now());
                }
            }
            case Output.Send send -> onSend(node, send);
            default -> {}
        }
    }

    @Override
    public void afterEvent(SimulatedNode node, Input input) {
        if (input instanceof Input.Received received) {
            int from = node(received.link().peer()).index;
            forEachRecord(received.frame(), trace -> trace.onArrival(from, node.index));
        } else if (input instanceof Input.LinkDown down && traffic != null) {
            traffic.onLinkDown(node, down.link());
        }
    }

    private void onSend(SimulatedNode node, Output.Send send) {
        forEachRecord(send.frame(), Trace::onSend);
        if (traffic != null) {
            traffic.onSend(node, send.link(), send.frame());
        }
    }

    private void forEachRecord(Frame frame, Consumer<Trace> action) {
        for (Message message : frame.messages()) {
            if (message instanceof Batch batch) {
                for (long sequence = batch.first(); sequence <= batch.last(); sequence++) {
                    action.accept(trace(batch.stream(), sequence));
                }
            }
        }
    }

    private Trace trace(StreamId stream, long sequence) {
        List<Trace> all = traces.get(stream);
        if (all == null) {
            throw new IllegalStateException("nobody published " + stream);
        }
        return all.get((int) sequence - 1);
    }
}
