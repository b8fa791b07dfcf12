package dev.wsmesh.simulation;

import dev.wsmesh.protocol.Address;
import dev.wsmesh.protocol.CloseCode;
import dev.wsmesh.protocol.Frame;
import dev.wsmesh.protocol.Input;
import dev.wsmesh.protocol.Intent;
import dev.wsmesh.protocol.LinkId;
import dev.wsmesh.protocol.NodeId;
import dev.wsmesh.protocol.Output;
import dev.wsmesh.protocol.Settings;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
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
    private final Map<Address, SimulatedNode> byAddress = new HashMap<>();
    /** Directed pairs that cannot talk, as from * 2^32 + to. */
    private final Set<Long> blocked = new HashSet<>();
    /** When a handshake from one to the other last ended; Long.MAX_VALUE while one runs. */
    private final Map<Long, Long> handshakes = new HashMap<>();

    private long medianLatency = millis(5);
    private int overlaps;

    Network(long seed, Observer observer) {
        this.random = new SplittableRandom(seed);
        this.observer = observer;
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
        NodeId id = new NodeId(random.nextLong(), random.nextLong());
        Settings settings = change.apply(Settings.of(id, SimulatedNode.addressOf(index), bootstrap));
        SimulatedNode node = new SimulatedNode(this, index, id, settings);
        nodes.add(node);
        byAddress.put(node.address, node);
        return node;
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
        node.handle(input);
        if (node.isUp()) {
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
        blocked.add(pair(from, to));
    }

    boolean isBlocked(SimulatedNode from, SimulatedNode to) {
        return !blocked.isEmpty() && blocked.contains(pair(from, to));
    }

    /** Some links that lasted go on where they stopped, others were torn by whoever sat between. */
    void heal() {
        List<Long> were = List.copyOf(blocked);
        blocked.clear();
        for (SimulatedLink link : List.copyOf(links)) {
            boolean touched = were.contains(pair(link.dialler.node, link.acceptor.node))
                    || were.contains(pair(link.acceptor.node, link.dialler.node));
            if (touched && random.nextBoolean()) {
                link.cut();
            } else if (touched) {
                link.onUnblocked();
            }
        }
    }

    private static long pair(SimulatedNode from, SimulatedNode to) {
        return ((long) from.index << 32) + to.index;
    }

    private void dial(SimulatedNode from, Output.Dial dial) {
        SimulatedNode to = byAddress.get(dial.address());
        int run = from.run();
        if (to == null || to == from || !to.isUp()) {
            CloseCode code = to == from ? CloseCode.SELF : CloseCode.ABNORMAL;
            in(latency(), () -> fail(from, run, dial.address(), code));
            return;
        }
        if (isBlocked(from, to) || isBlocked(to, from)) {
            in(DIAL_TIMEOUT, () -> fail(from, run, dial.address(), CloseCode.HANDSHAKE_TIMEOUT));
            return;
        }
        long began = now();
        int toRun = to.run();
        handshakes.put(pair(from, to), Long.MAX_VALUE);
        in(latency() + latency() + latency(), () -> admit(from, run, to, toRun, dial, began));
    }

    private void admit(SimulatedNode from, int run, SimulatedNode to, int toRun, Output.Dial dial, long began) {
        handshakes.put(pair(from, to), now());
        boolean possible = from.isRunning(run) && to.isRunning(toRun) && !isBlocked(from, to) && !isBlocked(to, from);
        if (!possible) {
            fail(from, run, dial.address(), CloseCode.ABNORMAL);
            return;
        }
        boolean overlapped = handshakes.getOrDefault(pair(to, from), -1L) >= began;
        overlaps += overlapped ? 1 : 0;
        SimulatedLink link = new SimulatedLink(
                this, from, new LinkId(to.id, from.nextGeneration()), to, new LinkId(from.id, to.nextGeneration()));
        links.add(link);
        long opens = now() + latency();
        link.acceptor.holdUntil(opens);
        at(opens, () -> openDialler(link, dial, overlapped));
        int frameBytes = from.settings.limits().frameBytes();
        open(
                link.acceptor,
                new Input.LinkUp(
                        link.acceptor.id,
                        null,
                        from.settings.address(),
                        dial.intent(),
                        from.epoch(),
                        frameBytes,
                        overlapped));
    }

    private void openDialler(SimulatedLink link, Output.Dial dial, boolean overlapped) {
        SimulatedLink.End end = link.dialler;
        if (!end.node.isRunning(end.run)) {
            link.acceptor.die(CloseCode.ABNORMAL);
            return;
        }
        if (end.isDeaf()) {
            fail(end.node, end.run, dial.address(), CloseCode.ABNORMAL);
            return;
        }
        Intent intent = dial.intent();
        SimulatedNode peer = link.acceptor.node;
        int frameBytes = peer.settings.limits().frameBytes();
        open(end, new Input.LinkUp(end.id, dial.address(), null, intent, peer.epoch(), frameBytes, overlapped));
    }

    private void open(SimulatedLink.End end, Input.LinkUp up) {
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
