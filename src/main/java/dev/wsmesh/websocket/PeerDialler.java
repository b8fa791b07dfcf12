package dev.wsmesh.websocket;

import dev.wsmesh.node.MeshCounters;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.web.socket.WebSocketSession;

/** Dials a peer once. Thread-safe. */
public final class PeerDialler {

    private static final Logger log = LoggerFactory.getLogger(PeerDialler.class);

    private final MeshCounters counters;
    private final Duration timeout;
    private final Connector connector;

    /**
     * Creates a dialler.
     *
     * @param timeout bounds the whole dial, from the name to the upgrade: the look-ups, too, that choose what is dialled
     */
    public PeerDialler(MeshCounters counters, Duration timeout, Connector connector) {
        this.counters = counters;
        this.timeout = timeout;
        this.connector = connector;
    }

    /**
     * What a dialled session becomes.
     *
     * @param <P> the peer
     */
    @FunctionalInterface
    interface Admission<P extends SocketPeer> {

        /** Makes a peer of the session. Where it throws or gives null the session is being closed. */
        @Nullable
        P admit(WebSocketSession session) throws DialException;
    }

    /** Chooses what is to be dialled, on the dial's own thread and within its time. */
    @FunctionalInterface
    interface Choice {

        PeerTarget target() throws DialException;
    }

    /**
     * Chooses, dials, and waits, at most for the timeout. A session that comes up later is closed.
     *
     * @param subprotocols offered in the upgrade
     * @throws InterruptedException if the waiting thread is interrupted; the dial is given up then, too
     */
    <P extends SocketPeer> P dial(Choice choice, List<String> subprotocols, Admission<P> admission)
            throws DialException, InterruptedException {
        counters.dialled();
        CompletableFuture<P> outcome = new CompletableFuture<>();
        AtomicReference<@Nullable PeerTarget> chosen = new AtomicReference<>();
        // All of it on a thread of its own: names are resolved by whoever chooses or calls the connector, which no
        // interrupt ends, and the container bounds each step of a dial but not the whole, so only an interrupt ends
        // one whose answer trickles in.
        Thread dialling = Thread.ofVirtual().name("mesh-dial").start(() -> {
            try {
                PeerTarget target = choice.target();
                chosen.set(target);
                Thread.currentThread().setName("mesh-dial-" + target.url());
                connect(target, subprotocols, admission, outcome);
            } catch (DialException e) {
                outcome.completeExceptionally(e);
            } catch (Throwable e) {
                // A mistake of ours, or no memory, must not leave somebody waiting.
                log.error("dialling failed unexpectedly", e);
                outcome.completeExceptionally(e);
            }
        });
        boolean connected = false;
        try {
            P peer =
                    outcome.orTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS).get();
            connected = true;
            return peer;
        } catch (ExecutionException | CancellationException e) {
            PeerTarget target = chosen.get();
            DialException failure = target == null ? DialException.unchosen(e) : connector.failure(target, e);
            counters.failed(failure.reason());
            throw failure;
        } finally {
            if (!connected) {
                if (!outcome.cancel(false)) {
                    // It came up at this very moment, and nobody else knows of it.
                    CompletableFuture<Void> _ = outcome.thenAccept(SocketPeer::leave);
                }
                dialling.interrupt();
            }
        }
    }

    private <P extends SocketPeer> void connect(
            PeerTarget target, List<String> subprotocols, Admission<P> admission, CompletableFuture<P> outcome) {
        if (outcome.isDone()) {
            // It took too long to choose, and nobody waits any more.
            return;
        }
        SocketHandler handler = new SocketHandler(session -> established(session, admission, outcome));
        try {
            connector.connect(target, subprotocols, handler);
        } catch (ExecutionException | RuntimeException e) {
            outcome.completeExceptionally(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            outcome.cancel(false);
        }
    }

    private static <P extends SocketPeer> @Nullable P established(
            WebSocketSession session, Admission<P> admission, CompletableFuture<P> outcome) {
        P peer = null;
        try {
            peer = admission.admit(session);
            if (peer == null) {
                outcome.completeExceptionally(new CancellationException("the node is leaving"));
            } else if (!outcome.complete(peer)) {
                peer.leave();
            }
        } catch (DialException e) {
            outcome.completeExceptionally(e);
        }
        return peer;
    }
}
