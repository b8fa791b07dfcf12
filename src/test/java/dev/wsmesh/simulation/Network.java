package dev.wsmesh.simulation;

import dev.wsmesh.protocol.Address;
import dev.wsmesh.protocol.CloseCode;
import dev.wsmesh.protocol.EncodedRecord;
import dev.wsmesh.protocol.Frame;
import dev.wsmesh.protocol.Input;
import dev.wsmesh.protocol.Limits;
import dev.wsmesh.protocol.LinkId;
import dev.wsmesh.protocol.NodeId;
import dev.wsmesh.protocol.Output;
import dev.wsmesh.protocol.RecordEncoder;
import dev.wsmesh.protocol.Settings;
import dev.wsmesh.wire.RecordCodec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The nodes, the links between them, and everything that can go wrong with both; all of it decided by one seed. */
final class Network {
    private static final long DIAL_TIMEOUT = seconds(5);
    private static final int CREDITS = 2;
    private static final @Nullable String TRACE = System.getProperty("wsmesh.simulation.trace");
    private static final long TRACE_FROM = millis(Long.getLong("wsmesh.simulation.trace", 0));

    final List<SimulatedNode> nodes = new ArrayList<>();
    final Set<SimulatedLink> links = new LinkedHashSet<>();

    private final Agenda agenda = new Agenda();
    private final SplittableRandom random;
    private final Observer observer;
    private final boolean asBytes;
    private final RecordEncoder records;
    private final Map<Address, SimulatedNode> byAddress = new HashMap<>();

    private long medianLatency = millis(5);
    private int overlaps;

    /** A network on which frames cross as they are: for measuring the core alone, at sizes where encoding costs too much. */
    Network(long seed, Observer observer) {
        this(seed, observer, false, new NumberedRecords());
    }

    private Network(long seed, Observer observer, boolean asBytes, RecordEncoder records) {
        this.random = new SplittableRandom(seed);
        this.observer = observer;
        this.asBytes = asBytes;
        this.records = records;
    }

    /** A network on which nothing crosses but bytes, written and read by the production codec. */
    static Network ofBytes(long seed, Observer observer) {
        return new Network(seed, observer, true, new RecordCodec(Limits.DEFAULT));
    }

    RecordEncoder records() {
        return records;
    }

    /** What nodes publish by themselves. */
    EncodedRecord beacon() {
        return records.encode(NumberedRecords.of(Output.Published.BEACON, 0));
    }

    Route routeTo(SimulatedNode to) {
        return asBytes ? Route.ofBytes(to) : Route.ofObjects();
    }

    static long millis(long millis) {
        return millis * 1_000_000;
    }

    static long seconds(long seconds) {
        return seconds * 1_000_000_000;
    }

    SplittableRandom random() {
        return random;
    }

    long now() {
        return agenda.now();
    }

    long happened() {
        return agenda.happened();
    }

    int overlaps() {
        return overlaps;
    }

    void setMedianLatency(long nanos) {
        medianLatency = nanos;
    }

    void at(long nanos, Runnable action) {
        agenda.at(nanos, action);
    }

    void in(long nanos, Runnable action) {
        agenda.in(nanos, action);
    }

    void run(long nanos) {
        agenda.runUntil(agenda.now() + nanos);
    }

    SimulatedNode add(List<Address> bootstrap, UnaryOperator<Settings> change) {
        int index = nodes.size();
        NodeId id = newId();
        Settings settings = change.apply(Settings.of(id, SimulatedNode.addressOf(index), bootstrap));
        SimulatedNode node = new SimulatedNode(this, index, id, settings);
        nodes.add(node);
        byAddress.put(node.address, node);
        return node;
    }

    NodeId newId() {
        return new NodeId(random.nextLong(), random.nextLong());
    }

    /** Half of the median to, rarely, ten times of it. */
    long latency() {
        long usual = medianLatency / 2 + random.nextLong(medianLatency);
        return random.nextInt(50) == 0 ? usual * 10 : usual;
    }

    void give(SimulatedLink.End end, Input input) {
        if (end.isAlive()) {
            give(end.node, input);
        }
    }

    void give(SimulatedNode node, Input input) {
        if (TRACE != null && now() >= TRACE_FROM) {
            System.out.println(now() / 1000 + " " + node.index + " < " + input);
        }
        boolean acted = node.handle(input);
        boolean trivial = input instanceof Input.Writable || input instanceof Input.Heard;
        if (node.isUp() && (acted || !trivial)) {
            observer.afterEvent(node, input);
        }
    }

    void carryOut(SimulatedNode node, List<Output> outputs) {
        for (Output output : outputs) {
            if (TRACE != null && now() >= TRACE_FROM && !(output instanceof Output.SetTimer)) {
                System.out.println(now() / 1000 + " " + node.index + " > " + output);
            }
            observer.onOutput(node, output);
            switch (output) {
                case Output.Send send -> endOf(node, send.link()).send(send.frame());
                case Output.Close close -> endOf(node, close.link()).close(close.code());
                case Output.Dial dial -> dial(node, dial);
                case Output.SetTimer timer -> node.setTimer(timer.atNanos());
                case Output.EpochTaken taken -> node.persist(taken.epoch());
                case Output.Left _ -> in(millis(50), () -> leave(node));
                case Output.Deliver _,
                        Output.Gap _,
                        Output.NeighbourUp _,
                        Output.NeighbourDown _,
                        Output.Published _,
                        Output.PublishRefused _,
                        Output.Acknowledged _,
                        Output.AcknowledgementFailed _,
                        Output.WindowOpened _ -> {}
            }
        }
    }

    private SimulatedLink.End endOf(SimulatedNode node, LinkId link) {
        SimulatedLink.End end = node.ends.get(link);
        if (end == null || !end.isAlive() || end.closing) {
            throw new Violation("nothing is sent to a dead generation", "node " + node.index + " uses " + link);
        }
        return end;
    }

    void onStarted(SimulatedNode node) {
        observer.onStarted(node);
    }

    void onSent(SimulatedLink.End from, Frame frame) {
        observer.onSent(from.node, from.other().node, frame);
    }

    void forget(SimulatedLink.End end) {
        end.node.ends.remove(end.id);
        SimulatedLink link = end.link();
        if (!link.dialler.isAlive() && !link.acceptor.isAlive()) {
            links.remove(link);
        }
    }

    /** The process ends without a word; its peers' kernels say so, unless the machine went with it. */
    void crash(SimulatedNode node, boolean silently) {
        observer.onStopped(node);
        List<SimulatedLink.End> ends = List.copyOf(node.ends.values());
        node.stop();
        for (SimulatedLink.End end : ends) {
            SimulatedLink link = end.link();
            if (silently) {
                continue;
            }
            in(latency(), () -> end.other().die(CloseCode.ABNORMAL));
            if (!link.dialler.isAlive() && !link.acceptor.isAlive()) {
                links.remove(link);
            }
        }
    }

    private void leave(SimulatedNode node) {
        if (node.isUp()) {
            crash(node, false);
        }
    }

    void block(SimulatedNode from, SimulatedNode to) {
        from.cannotReach.set(to.index);
    }

    boolean isBlocked(SimulatedNode from, SimulatedNode to) {
        return from.cannotReach.get(to.index);
    }

    /** Some links that lasted go on where they stopped, others were torn by whoever sat between. */
    void heal() {
        List<SimulatedLink> touched = new ArrayList<>();
        for (SimulatedLink link : links) {
            SimulatedNode one = link.dialler.node;
            SimulatedNode other = link.acceptor.node;
            if (isBlocked(one, other) || isBlocked(other, one)) {
                touched.add(link);
            }
        }
        for (SimulatedNode node : nodes) {
            node.cannotReach.clear();
        }
        for (SimulatedLink link : touched) {
            if (random.nextBoolean()) {
                link.cut();
            } else {
                link.onUnblocked();
            }
        }
    }

    private void dial(SimulatedNode from, Output.Dial dial) {
        SimulatedNode to = byAddress.get(dial.address());
        int run = from.run();
        from.noteDial(dial.address());
        if (to == null || to == from || !to.isUp()) {
            CloseCode code = to == from ? CloseCode.SELF : CloseCode.ABNORMAL;
            in(latency(), () -> fail(from, run, dial.address(), code));
            return;
        }
        if (isBlocked(from, to) || isBlocked(to, from)) {
            in(DIAL_TIMEOUT, () -> fail(from, run, dial.address(), CloseCode.HANDSHAKE_TIMEOUT));
            return;
        }
        Handshake handshake = new Handshake(from, to, dial);
        handshake.begin();
        in(latency() + latency() + latency(), () -> admit(handshake));
    }

    private void admit(Handshake handshake) {
        SimulatedNode from = handshake.from;
        SimulatedNode to = handshake.to;
        handshake.end();
        if (!handshake.isBetweenTheSameRuns() || isBlocked(from, to) || isBlocked(to, from)) {
            fail(from, handshake.fromRun, handshake.dial.address(), CloseCode.ABNORMAL);
            return;
        }
        overlaps += handshake.overlapped ? 1 : 0;
        SimulatedLink link = new SimulatedLink(
                this, from, new LinkId(to.id, from.nextGeneration()), to, new LinkId(from.id, to.nextGeneration()));
        links.add(link);
        long opens = now() + latency();
        link.dialler.holdUntil(opens);
        long proved = now() - latency();
        at(opens, () -> openAcceptor(link, handshake, opens - proved));
        open(link.dialler, upAtDialler(link.dialler, handshake));
    }

    /** The acceptor has the link only once the dialler, who has judged its proof, says something on it. */
    private void openAcceptor(SimulatedLink link, Handshake handshake, long afterItsProof) {
        SimulatedLink.End end = link.acceptor;
        if (!end.node.isRunning(end.run)) {
            link.dialler.die(CloseCode.ABNORMAL);
            return;
        }
        if (!link.dialler.isAlive() || end.isDeaf()) {
            return;
        }
        open(end, upAtAcceptor(end, handshake, afterItsProof));
    }

    private static Input.LinkUp upAtAcceptor(SimulatedLink.End end, Handshake handshake, long afterItsProof) {
        SimulatedNode peer = handshake.from;
        return new Input.LinkUp(
                end.id,
                null,
                peer.settings.address(),
                handshake.dial.intent(),
                peer.epoch(),
                peer.settings.limits().frameBytes(),
                handshake.overlapped,
                afterItsProof);
    }

    private static Input.LinkUp upAtDialler(SimulatedLink.End end, Handshake handshake) {
        SimulatedNode peer = handshake.to;
        return new Input.LinkUp(
                end.id,
                handshake.dial.address(),
                null,
                handshake.dial.intent(),
                peer.epoch(),
                peer.settings.limits().frameBytes(),
                handshake.overlapped,
                0);
    }

    private void open(SimulatedLink.End end, Input.LinkUp up) {
        end.peerEpoch = up.peerEpoch();
        end.open();
        end.node.ends.put(end.id, end);
        give(end.node, up);
        for (int i = 0; i < CREDITS; i++) {
            give(end, new Input.Writable(end.id));
        }
    }

    private void fail(SimulatedNode from, int run, Address address, CloseCode code) {
        if (from.isRunning(run)) {
            give(from, new Input.DialFailed(address, code));
        }
    }
}
