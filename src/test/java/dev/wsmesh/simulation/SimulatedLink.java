package dev.wsmesh.simulation;

import dev.wsmesh.protocol.CloseCode;
import dev.wsmesh.protocol.Frame;
import dev.wsmesh.protocol.Input;
import dev.wsmesh.protocol.LinkId;
import java.util.ArrayDeque;

/**
 * One WebSocket between two runs of two nodes. Each end learns of its death by itself: a link is gone for a node only when the
 * network says so. Frames arrive in order or not at all, and those in flight die with the link.
 */
final class SimulatedLink {
    static final long SEND_TIMEOUT = Network.seconds(5);

    /** One side. It is open from the LinkUp that the node was given to the LinkDown. */
    final class End {
        final SimulatedNode node;
        final int run;
        final LinkId id;
        boolean open;
        boolean closing;
        private boolean deaf;
        private long lineFreeAt;
        private long lastArrival;
        private long slowUntil = -1;
        private final ArrayDeque<Frame> stalled = new ArrayDeque<>();

        End(SimulatedNode node, LinkId id) {
            this.node = node;
            this.run = node.run();
            this.id = id;
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

        /** What was said since then may still be on its way. */
        boolean wasSlowSince(long nanos) {
            return slowUntil >= nanos;
        }

        boolean isDeaf() {
            return deaf;
        }

        /** The node may use the link from now on. */
        void open() {
            open = true;
        }

        void send(Frame frame) {
            network.onSent(this, frame);
            if (network.isBlocked(node, other().node)) {
                stall(frame);
                return;
            }
            long leaves = Math.max(network.now(), lineFreeAt) + transmissionNanos(frame);
            lineFreeAt = leaves;
            if (bytesPerSecond != 0) {
                slowUntil = leaves;
            }
            network.at(leaves, () -> network.give(this, new Input.Writable(id)));
            transmit(frame, leaves);
        }

        private void transmit(Frame frame, long leaves) {
            long arrives = Math.max(lastArrival + 1, leaves + network.latency());
            lastArrival = arrives;
            network.at(arrives, () -> arrive(frame));
        }

        private void arrive(Frame frame) {
            End receiver = other();
            if (deaf || !receiver.isAlive()) {
                return;
            }
            network.give(receiver, new Input.Received(receiver.id, frame));
        }

        /** Nobody acknowledges: the frame waits, and after the send timeout the sender gives up. */
        private void stall(Frame frame) {
            stalled.add(frame);
            network.in(SEND_TIMEOUT, () -> {
                if (stalled.contains(frame) && isAlive()) {
                    die(CloseCode.ABNORMAL);
                }
            });
        }

        private void unstall() {
            while (!stalled.isEmpty()) {
                Frame frame = stalled.removeFirst();
                lineFreeAt = Math.max(network.now(), lineFreeAt) + transmissionNanos(frame);
                network.at(lineFreeAt, () -> network.give(this, new Input.Writable(id)));
                transmit(frame, lineFreeAt);
                slowUntil = lineFreeAt;
            }
        }

        /** The node closes: what it sent before still arrives, then the close. */
        void close(CloseCode code) {
            if (closing) {
                return;
            }
            closing = true;
            boolean heard = !network.isBlocked(node, other().node) && !deaf;
            long arrives = Math.max(lastArrival + 1, Math.max(network.now(), lineFreeAt) + network.latency());
            network.in(network.latency(), () -> die(CloseCode.NORMAL));
            if (heard) {
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
            stalled.clear();
            network.forget(this);
        }
    }

    final End dialler;
    final End acceptor;
    private final Network network;
    /** Zero for as fast as it gets. */
    long bytesPerSecond;

    SimulatedLink(Network network, SimulatedNode from, LinkId fromId, SimulatedNode to, LinkId toId) {
        this.network = network;
        this.dialler = new End(from, fromId);
        this.acceptor = new End(to, toId);
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

    private long transmissionNanos(Frame frame) {
        return bytesPerSecond == 0 ? 1_000 : Sizes.of(frame) * 1_000_000_000L / bytesPerSecond;
    }
}
