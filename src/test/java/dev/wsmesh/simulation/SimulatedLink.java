package dev.wsmesh.simulation;

import dev.wsmesh.protocol.CloseCode;
import dev.wsmesh.protocol.Frame;
import dev.wsmesh.protocol.Input;
import dev.wsmesh.protocol.LinkId;
import java.util.ArrayDeque;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * One WebSocket between two runs of two nodes. Each end learns of its death by itself: a link is gone for a node only when the
 * network says so. Frames arrive in order or not at all, and those in flight die with the link.
 */
final class SimulatedLink {
    static final long NEVER = Long.MAX_VALUE;
    private static final long SEND_TIMEOUT = Network.seconds(10);
    private static final long RESET_AFTER = Network.millis(20);
    private static final long FAST_NANOS = 1_000;
    /** What a usual TCP segment carries: so much of a frame arrives at a time. */
    private static final long PART_BYTES = 1_460;
    /** So often at most a node is told of parts. */
    private static final long PART_PAUSE = Network.millis(250);

    /** One side. It is open from the LinkUp that the node was given to the LinkDown. */
    final class End {
        final SimulatedNode node;
        final int run;
        final LinkId id;
        boolean open;
        /** When the node was given it; NEVER before. */
        long openedAt = NEVER;

        boolean closing;
        /** As its handshake told this end. */
        long peerEpoch;
        /** When this end's core last began to let streams flow here; NEVER while it does not. */
        long readySince = NEVER;
        /** When the node was last told here of bytes, or of the link. */
        long heardAt;

        private long partToldAt = -PART_PAUSE;

        private final Route route;
        private final ArrayDeque<Route.Parcel> outgoing = new ArrayDeque<>();
        /** The last of these, which the sender's system has not taken over: the node waits for them. */
        private final ArrayDeque<Route.Parcel> unwritten = new ArrayDeque<>();

        private long buffered;
        /** Of the first parcel, what has not left yet. */
        private long bytesLeft;

        private boolean stalled;
        private int stalls;
        private boolean deaf;
        private @Nullable CloseCode lastWord;
        private long lastArrival;
        private long slowUntil = -1;

        End(SimulatedNode node, LinkId id, Route route) {
            this.node = node;
            this.run = node.run();
            this.id = id;
            this.route = route;
        }

        End other() {
            return this == dialler ? acceptor : dialler;
        }

        boolean isAlive() {
            return open && node.isRunning(run);
        }

        SimulatedLink link() {
            return SimulatedLink.this;
        }

        /** Nothing arrives before this: the other end is not open yet. */
        void holdUntil(long nanos) {
            lastArrival = nanos;
        }

        boolean isDeaf() {
            return deaf;
        }

        /** The node may use the link from now on. */
        void open() {
            open = true;
            openedAt = network.now();
            heardAt = network.now();
        }

        void send(Frame frame) {
            network.onSent(this, frame);
            Route.Parcel parcel = route.pack(frame);
            outgoing.addLast(parcel);
            unwritten.addLast(parcel);
            if (outgoing.size() == 1) {
                begin();
            }
            write();
        }

        private void write() {
            while (!unwritten.isEmpty() && buffered + unwritten.getFirst().length() <= bufferBytes) {
                buffered += unwritten.removeFirst().length();
                network.in(FAST_NANOS, () -> network.give(this, new Input.Writable(id)));
            }
        }

        private void begin() {
            bytesLeft = outgoing.getFirst().length();
            proceed();
        }

        /** The rest of the frame leaves; on a slow link only a part of it, and at today's speed. */
        private void proceed() {
            if (network.isBlocked(node, other().node)) {
                stall();
            } else if (bytesPerSecond == 0) {
                network.in(FAST_NANOS, () -> onLeft(bytesLeft));
            } else {
                slowUntil = NEVER;
                long part = Math.min(bytesLeft, PART_BYTES);
                network.in(part * 1_000_000_000L / bytesPerSecond, () -> onLeft(part));
            }
        }

        private void onLeft(long bytes) {
            if (outgoing.isEmpty()) {
                return;
            }
            bytesLeft -= bytes;
            if (bytesLeft > 0) {
                network.at(Math.max(lastArrival, network.now() + network.latency()), this::partArrives);
                proceed();
                return;
            }
            Route.Parcel parcel = outgoing.removeFirst();
            lastArrival = Math.max(lastArrival + 1, network.now() + network.latency());
            slowUntil = slowUntil == NEVER ? lastArrival : slowUntil;
            network.at(lastArrival, () -> arrive(parcel));
            if (!outgoing.isEmpty()) {
                begin();
            } else if (lastWord != null) {
                sayLastWord(lastWord);
            }
            if (parcel.equals(unwritten.peekFirst())) {
                unwritten.removeFirst();
                network.give(this, new Input.Writable(id));
            } else {
                buffered -= parcel.length();
                write();
            }
        }

        private void partArrives() {
            End receiver = other();
            if (!deaf && network.now() - receiver.partToldAt >= PART_PAUSE) {
                receiver.partToldAt = network.now();
                receiver.heardAt = network.now();
                network.give(receiver, new Input.Heard(receiver.id));
            }
        }

        private void arrive(Route.Parcel parcel) {
            End receiver = other();
            if (deaf || !receiver.isAlive()) {
                return;
            }
            receiver.heardAt = network.now();
            network.give(receiver, new Input.Received(receiver.id, route.unpack(parcel)));
        }

        /** Nobody acknowledges: the frame waits, and after the send timeout the sender gives up. */
        private void stall() {
            stalled = true;
            slowUntil = NEVER;
            int thisOne = ++stalls;
            network.in(SEND_TIMEOUT, () -> {
                if (stalled && stalls == thisOne) {
                    die(CloseCode.ABNORMAL);
                }
            });
        }

        private void unstall() {
            if (stalled) {
                stalled = false;
                proceed();
            }
        }

        /**
         * The node closes: what it sent before still arrives, then the close. But of a process that ends soon after, now and then
         * nothing does: its machine answers what still comes with a reset, and whoever sits between drops what is under way.
         */
        void close(CloseCode code) {
            if (closing) {
                return;
            }
            closing = true;
            lastWord = code;
            network.in(network.latency(), () -> die(CloseCode.NORMAL));
            if (code == CloseCode.GOING_AWAY && takesAlongWhatIsUnderWay()) {
                deaf = true;
                network.in(RESET_AFTER, () -> other().die(CloseCode.ABNORMAL));
            }
            if (outgoing.isEmpty()) {
                sayLastWord(code);
            }
        }

        /** One in four, by dice of its own: lives in which nobody leaves are what they were. */
        private boolean takesAlongWhatIsUnderWay() {
            return new SplittableRandom(network.now() + id.generation()).nextInt(4) == 0;
        }

        private void sayLastWord(CloseCode code) {
            if (!network.isBlocked(node, other().node) && !deaf) {
                long arrives = Math.max(lastArrival + 1, network.now() + network.latency());
                network.at(arrives, () -> other().die(code));
            }
        }

        /** This end, and it alone, learns that the link is gone. */
        void die(CloseCode code) {
            if (!isAlive()) {
                return;
            }
            network.give(this, new Input.LinkDown(id, code));
            open = false;
            if (!closing) {
                outgoing.clear();
                unwritten.clear();
            }
            network.forget(this);
        }
    }

    final End dialler;
    final End acceptor;
    private final Network network;
    /** Zero for as fast as it gets. */
    long bytesPerSecond;
    /** How much the sender's system takes over, at each end: for the node that is on its way. By default it is what has left. */
    long bufferBytes;

    SimulatedLink(Network network, SimulatedNode from, LinkId fromId, SimulatedNode to, LinkId toId) {
        this.network = network;
        this.dialler = new End(from, fromId, network.routeTo(to));
        this.acceptor = new End(to, toId, network.routeTo(from));
    }

    /** Since when streams flow at both ends; NEVER if they do not. */
    long readySince() {
        return Math.max(dialler.readySince, acceptor.readySince);
    }

    /** What was said since then may still be on its way. */
    boolean wasSlowSince(long nanos) {
        return bytesPerSecond != 0 || dialler.slowUntil >= nanos || acceptor.slowUntil >= nanos;
    }

    boolean isWhole() {
        return dialler.isAlive()
                && acceptor.isAlive()
                && !dialler.closing
                && !acceptor.closing
                && !dialler.deaf
                && !acceptor.deaf;
    }

    /** Both ends learn of it, each in its own time; what is in flight is lost. */
    void cut() {
        dialler.deaf = true;
        acceptor.deaf = true;
        network.in(network.latency(), () -> dialler.die(CloseCode.ABNORMAL));
        network.in(network.latency() * 3, () -> acceptor.die(CloseCode.ABNORMAL));
    }

    /** One end learns of it, the other finds out by itself. */
    void halfOpen(boolean diallerLearns) {
        dialler.deaf = true;
        acceptor.deaf = true;
        End learns = diallerLearns ? dialler : acceptor;
        network.in(network.latency(), () -> learns.die(CloseCode.ABNORMAL));
    }

    void onUnblocked() {
        dialler.unstall();
        acceptor.unstall();
    }
}
