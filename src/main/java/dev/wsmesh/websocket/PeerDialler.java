package dev.wsmesh.websocket;

import dev.wsmesh.node.Direction;
import dev.wsmesh.node.Inbound;
import dev.wsmesh.node.MeshCounters;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.springframework.core.task.support.TaskExecutorAdapter;
import org.springframework.web.socket.WebSocketHttpHeaders;
import org.springframework.web.socket.WebSocketSession;
import org.springframework.web.socket.client.standard.StandardWebSocketClient;

/** Dials a peer once. Thread-safe. */
public final class PeerDialler {

    // Tomcat's names, from its WebSocket how-to; another container ignores them and relies on the bound around the
    // dial.
    private static final String IO_TIMEOUT_MILLIS = "org.apache.tomcat.websocket.IO_TIMEOUT_MS";
    private static final String MAX_REDIRECTIONS = "org.apache.tomcat.websocket.MAX_REDIRECTIONS";

    private final StandardWebSocketClient client = new StandardWebSocketClient();
    private final PeerRegistry registry;
    private final Inbound inbound;
    private final MeshCounters counters;
    private final Duration timeout;

    /**
     * Creates a dialler.
     *
     * @param timeout bounds the whole dial, from the name to the upgrade
     * @param sslContext for {@code wss://}; null means the platform's trust
     */
    public PeerDialler(
            PeerRegistry registry,
            Inbound inbound,
            MeshCounters counters,
            Duration timeout,
            @Nullable SSLContext sslContext) {
        this.registry = registry;
        this.inbound = inbound;
        this.counters = counters;
        this.timeout = timeout;
        client.setTaskExecutor(new TaskExecutorAdapter(Runnable::run));
        client.getUserProperties().put(IO_TIMEOUT_MILLIS, Long.toString(timeout.toMillis()));
        client.getUserProperties().put(MAX_REDIRECTIONS, "0");
        if (sslContext != null) {
            client.setSslContext(sslContext);
        }
    }

    /**
     * Dials and waits, at most for the timeout. A session that comes up later is closed.
     *
     * @throws InterruptedException if the waiting thread is interrupted; the dial is given up then, too
     */
    PeerSession dial(PeerTarget target) throws DialException, InterruptedException {
        counters.dialled();
        CompletableFuture<PeerSession> outcome = new CompletableFuture<>();
        // All of it on a thread of its own: the name is resolved by whoever calls the client, and the container bounds
        // each step of a dial but not the whole, so only an interrupt ends one whose answer trickles in.
        Thread dialling = Thread.ofVirtual().name("mesh-dial-" + target.url()).start(() -> connect(target, outcome));
        boolean connected = false;
        try {
            PeerSession session =
                    outcome.orTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS).get();
            connected = true;
            return session;
        } catch (ExecutionException | CancellationException e) {
            DialException failure = DialException.of(target.url(), e);
            counters.failed(failure.reason());
            throw failure;
        } finally {
            if (!connected) {
                outcome.cancel(false);
                dialling.interrupt();
            }
        }
    }

    private void connect(PeerTarget target, CompletableFuture<PeerSession> outcome) {
        PeerWebSocketHandler handler =
                new PeerWebSocketHandler(session -> established(session, target, outcome), counters);
        WebSocketHttpHeaders headers = new WebSocketHttpHeaders();
        target.headers().forEach(headers::add);
        try {
            client.execute(handler, headers, target.url().uri()).get();
        } catch (ExecutionException | RuntimeException e) {
            outcome.completeExceptionally(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            outcome.cancel(false);
        }
    }

    private @Nullable PeerSession established(
            WebSocketSession session, PeerTarget target, CompletableFuture<PeerSession> outcome) {
        PeerSession peer = registry.admit(session, target.url().toString(), Direction.DIALLED, inbound);
        if (peer == null) {
            outcome.completeExceptionally(new CancellationException("the node is leaving"));
        } else if (!outcome.complete(peer)) {
            peer.close(CloseCode.GOING_AWAY);
        }
        return peer;
    }
}
