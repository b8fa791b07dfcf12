package dev.wsmesh.wire;

import dev.wsmesh.protocol.Address;
import dev.wsmesh.protocol.EncodedRecord;
import dev.wsmesh.protocol.Frame;
import dev.wsmesh.protocol.Input;
import dev.wsmesh.protocol.Input.Backpressure;
import dev.wsmesh.protocol.Intent;
import dev.wsmesh.protocol.Limits;
import dev.wsmesh.protocol.LinkId;
import dev.wsmesh.protocol.MeshRecord;
import dev.wsmesh.protocol.Message;
import dev.wsmesh.protocol.NodeId;
import dev.wsmesh.protocol.Output;
import dev.wsmesh.protocol.Protocol;
import dev.wsmesh.protocol.Settings;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.Set;

/** Nodes of the production core in virtual time, between which nothing passes but encoded frames. All dial the first. */
final class ByteMesh {
    private static final long LATENCY_NANOS = 1_000_000;
    private static final int FRAMES_IN_FLIGHT = 2;

    private record Event(long at, long order, Runnable action) {}

    /** One end of a link: its own encoder, and the decoder for what the other end sends. */
    private record End(Node node, LinkId id, FrameEncoder encoder, FrameDecoder decoder) {}

    private final class Node {
        private final NodeId id;
        private final Address address;
        private final Protocol core;
        private final List<MeshRecord> delivered = new ArrayList<>();

        Node(int number, List<Address> bootstrap, long seed) {
            id = Samples.node(number);
            address = address(number);
            Settings settings = Settings.of(id, address, bootstrap);
            EncodedRecord beacon = Samples.RECORDS.encode(Samples.BARE_RECORD);
            core = new Protocol(settings, 1, beacon, anywhere -> true, new Random(seed), 0);
        }

        void give(Input input) {
            core.handle(input, now).forEach(output -> carryOut(this, output));
        }
    }

    private final PriorityQueue<Event> events =
            new PriorityQueue<>(Comparator.comparingLong(Event::at).thenComparingLong(Event::order));
    private final List<Node> nodes = new ArrayList<>();
    private final Map<LinkId, End> peers = new HashMap<>();
    private final Set<Class<?>> kindsSent = new HashSet<>();
    private long now;
    private long sequence;

    ByteMesh(int count, long seed) {
        for (int i = 0; i < count; i++) {
            nodes.add(new Node(i, i == 0 ? List.of() : List.of(address(0)), seed + i));
        }
        nodes.forEach(node -> node.core.start(0).forEach(output -> carryOut(node, output)));
    }

    void runSeconds(int seconds) {
        long until = now + seconds * 1_000_000_000L;
        while (!events.isEmpty() && events.element().at() <= until) {
            Event event = events.remove();
            now = event.at();
            event.action().run();
        }
        now = until;
    }

    void publish(int node, MeshRecord record) {
        nodes.get(node).give(new Input.Publish(++sequence, Samples.RECORDS.encode(record), Backpressure.IGNORE, null));
    }

    List<MeshRecord> delivered(int node) {
        return nodes.get(node).delivered;
    }

    Set<Class<?>> kindsSent() {
        return kindsSent;
    }

    private void carryOut(Node node, Output output) {
        switch (output) {
            case Output.Send(var link, var frame) -> send(node, link, frame);
            case Output.Deliver deliver ->
                deliver.records().forEach(record -> node.delivered.add(Samples.RECORDS.decode(record)));
            case Output.Dial(var address, var intent) -> later(LATENCY_NANOS, () -> join(node, address, intent));
            case Output.Close(var link, var code) ->
                later(LATENCY_NANOS, () -> {
                    End peer = peers.remove(link);
                    if (peer != null) {
                        peers.remove(peer.id());
                        node.give(new Input.LinkDown(link, code));
                        peer.node().give(new Input.LinkDown(peer.id(), code));
                    }
                });
            case Output.SetTimer(var atNanos) -> later(atNanos - now, () -> node.give(new Input.Timer()));
            case Output.Gap gap -> throw new AssertionError("lost on a mesh that loses nothing: " + gap);
            case Output.NeighbourUp _, Output.NeighbourDown _, Output.Published _, Output.Acknowledged _ -> {}
            case Output.PublishRefused _, Output.AcknowledgementFailed _, Output.WindowOpened _ -> {}
            case Output.EpochTaken _, Output.Left _ -> {}
        }
    }

    private void send(Node node, LinkId link, Frame frame) {
        frame.messages().forEach(message -> kindsSent.add(message.getClass()));
        End peer = peers.get(link);
        if (peer == null) {
            return;
        }
        byte[] bytes = peer.encoder().encode(frame);
        later(LATENCY_NANOS, () -> {
            if (peers.containsKey(link)) {
                peer.node().give(new Input.Received(peer.id(), decode(peer, bytes, frame)));
                node.give(new Input.Writable(link));
            }
        });
    }

    private static Frame decode(End end, byte[] bytes, Frame sent) {
        try {
            Frame received = end.decoder().decode(bytes);
            List<Message> controlFirst = new ArrayList<>(sent.messages());
            if (!received.messages().equals(controlFirst)) {
                throw new AssertionError("sent " + sent + ", received " + received);
            }
            return received;
        } catch (WireException e) {
            throw new AssertionError("refused: " + sent, e);
        }
    }

    private void join(Node dialler, Address address, Intent intent) {
        Node acceptor = nodes.stream()
                .filter(node -> node.address.equals(address))
                .findFirst()
                .orElseThrow();
        LinkId there = new LinkId(acceptor.id, ++sequence);
        LinkId back = new LinkId(dialler.id, ++sequence);
        peers.put(there, end(acceptor, back));
        peers.put(back, end(dialler, there));
        int frameBytes = Limits.DEFAULT.frameBytes();
        dialler.give(new Input.LinkUp(there, address, null, intent, 1, frameBytes, false, 0));
        acceptor.give(new Input.LinkUp(back, null, dialler.address, intent, 1, frameBytes, false, 0));
        for (int i = 0; i < FRAMES_IN_FLIGHT; i++) {
            dialler.give(new Input.Writable(there));
            acceptor.give(new Input.Writable(back));
        }
    }

    /** What the holder of the opposite link id reaches: the encoder of its own direction and the decoder behind it. */
    private static End end(Node node, LinkId id) {
        return new End(node, id, new FrameEncoder(Limits.DEFAULT.frameBytes()), new FrameDecoder(Limits.DEFAULT));
    }

    private void later(long nanos, Runnable action) {
        events.add(new Event(now + Math.max(0, nanos), ++sequence, action));
    }

    private static Address address(int number) {
        return new Address("ws://node-" + number + ":8080/");
    }
}
