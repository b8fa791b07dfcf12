package dev.wsmesh.websocket;

import dev.wsmesh.node.MeshCounters;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.springframework.web.socket.WebSocketSession;

/** Dials a peer once. Thread-safe. */
public final class PeerDialler {

    private final MeshCounters counters;
    private final Duration timeout;
    private final Connector connector;

    /**
     * Creates a dialler.
     *
     * @param timeout bounds the whole dial, from the name to the upgrade
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

    /** Chooses what is to be dialled. */
    @FunctionalInterface
    interface Choice {

        PeerTarget target() throws DialException;
    }

    /** What is chosen; where that is nothing, the dial has failed, and is counted as any other that does. */
    PeerTarget choose(Choice choice) throws DialException {
        try {
            return choice.target();
        } catch (DialException e) {
            counters.dialled();
            counters.failed(e.reason());
            throw e;
        }
    }

    /**
     * Dials and waits, at most for the timeout. A session that comes up later is closed.
     *
     * @param subprotocols offered in the upgrade
     * @throws InterruptedException if the waiting thread is interrupted; the dial is given up then, too
     */
    <P extends SocketPeer> P dial(PeerTarget target, List<String> subprotocols, Admission<P> admission)
            throws DialException, InterruptedException {
        counters.dialled();
        CompletableFuture<P> outcome = new CompletableFuture<>();
        // All of it on a thread of its own: the name is resolved by whoever calls the connector, and the container
        // bounds
        // each step of a dial but not the whole, so only an interrupt ends one whose answer trickles in.
        Thread dialling = Thread.ofVirtual()
                .name("mesh-dial-" + target.url())
                .start(() -> connect(target, subprotocols, admission, outcome));
        boolean connected = false;
        try {
            P peer =
                    outcome.orTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS).get();
            connected = true;
            return peer;
        } catch (ExecutionException | CancellationException e) {
            DialException failure = connector.failure(target, e);
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
