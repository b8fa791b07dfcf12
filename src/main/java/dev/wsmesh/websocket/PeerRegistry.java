package dev.wsmesh.websocket;

import dev.wsmesh.node.Direction;
import dev.wsmesh.node.Inbound;
import dev.wsmesh.node.MeshCounters;
import dev.wsmesh.node.MeshCounters.Refusal;
import dev.wsmesh.node.SessionView;
import dev.wsmesh.node.Transport;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.SequencedSet;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.WebSocketSession;

/**
 * Every connected peer, in the order of linking. Thread-safe.
 *
 * <p>States: {@code closed -> open -> closed}, by {@link #open} and {@link #close}; only an open registry admits
 * sessions. Its size is bounded: dialled sessions by the number of configured peers, accepted ones by
 * {@link PlainPeerLimits#maxSessions}.
 */
public final class PeerRegistry implements Transport {

    private static final Logger log = LoggerFactory.getLogger(PeerRegistry.class);

    private static final Duration LONGEST_WAIT = Duration.ofDays(365);

    private final PlainPeerLimits limits;
    private final MeshCounters counters;
    private final InstantSource clock;
    private final Supplier<String> bind;
    /** Guarded, like {@link #open}, by this registry's monitor, which is never held while something is sent. */
    private final SequencedSet<PeerSession> sessions = new LinkedHashSet<>();

    private final IncomingBudget incomingBudget;
    private boolean open;
    private volatile Runnable changed = () -> {};

    /** Creates a closed registry without sessions; {@code bind} tells the address the node shows to others. */
    public PeerRegistry(PlainPeerLimits limits, MeshCounters counters, InstantSource clock, Supplier<String> bind) {
        this.limits = limits;
        this.incomingBudget = new IncomingBudget(limits.maxIncomingBytes());
        this.counters = counters;
        this.clock = clock;
        this.bind = bind;
    }

    /** Calls back, without any lock, when a session was added or removed. To be set before the registry opens. */
    public void onChange(Runnable callback) {
        changed = callback;
    }

    /** From now on sessions are admitted. */
    synchronized void open() {
        open = true;
    }

    /** From now on no session is admitted; those that are up stay. */
    synchronized void close() {
        open = false;
    }

    synchronized boolean isOpen() {
        return open;
    }

    /** Whether no more sessions are accepted; dialled ones do not count. */
    boolean isFull() {
        return count(Direction.ACCEPTED) >= limits.maxSessions();
    }

    /** Makes a peer of a session that has just come up; null if it was refused, and then it is being closed. */
    @Nullable
    PeerSession admit(WebSocketSession session, String address, Direction direction, Inbound inbound) {
        PeerSession peer = new PeerSession(
                session, address, direction, clock.instant(), limits, counters, inbound, incomingBudget);
        Refusal refusal = add(peer);
        if (refusal != null) {
            counters.refused(refusal);
            peer.refuse(refusal == Refusal.FULL ? PlainStatus.OVERLOADED : PlainStatus.GOING_AWAY);
            return null;
        }
        log.info("{}: peer {} connected ({})", bind.get(), address, direction.tag());
        changed.run();
        peer.onEnd(status -> remove(peer, status));
        peer.startWriting();
        return peer;
    }

    /** Adds the peer, or tells why not; here, under the monitor, the bound holds exactly. */
    private synchronized @Nullable Refusal add(PeerSession peer) {
        if (!open) {
            return Refusal.STOPPING;
        }
        if (peer.direction() == Direction.ACCEPTED && isFull()) {
            return Refusal.FULL;
        }
        sessions.add(peer);
        notifyAll();
        return null;
    }

    private void remove(PeerSession peer, CloseStatus status) {
        synchronized (this) {
            sessions.remove(peer);
            notifyAll();
        }
        changed.run();
        Level level = status.getCode() == PlainStatus.TOO_SLOW.getCode() ? Level.WARN : Level.INFO;
        log.atLevel(level).log("{}: peer {} ended: {}", bind.get(), peer.address(), PlainStatus.describe(status));
    }

    @Override
    public int sendToEach(IntFunction<String> textOfIndex) {
        int queued = 0;
        int index = 0;
        OutgoingText previous = OutgoingText.of("");
        for (PeerSession session : snapshot()) {
            String text = textOfIndex.apply(index++);
            OutgoingText outgoing = text.equals(previous.text()) ? previous : OutgoingText.of(text);
            previous = outgoing;
            if (session.send(outgoing)) {
                queued++;
            }
        }
        return queued;
    }

    synchronized List<PeerSession> snapshot() {
        return new ArrayList<>(sessions);
    }

    synchronized long count(Direction direction) {
        return sessions.stream()
                .filter(session -> session.direction() == direction)
                .count();
    }

    List<SessionView> views() {
        return snapshot().stream().map(PeerSession::view).toList();
    }

    /** Waits until no session is left; returns whether that was in time. */
    synchronized boolean awaitEmpty(Duration timeout) throws InterruptedException {
        long deadline = System.nanoTime() + nanosOf(timeout);
        while (!sessions.isEmpty()) {
            if (!waitUntil(deadline)) {
                return false;
            }
        }
        return true;
    }

    /** A wait that long is as good as for ever, and longer ones do not fit into a long. */
    private static long nanosOf(Duration timeout) {
        return (timeout.compareTo(LONGEST_WAIT) < 0 ? timeout : LONGEST_WAIT).toNanos();
    }

    @SuppressWarnings("WaitNotInLoop") // the caller loops
    private boolean waitUntil(long deadlineNanos) throws InterruptedException {
        long left = Duration.ofNanos(deadlineNanos - System.nanoTime()).toMillis();
        if (left <= 0) {
            return false;
        }
        wait(left);
        return true;
    }
}
