package dev.wsmesh.websocket;

import dev.wsmesh.node.Background;
import dev.wsmesh.node.ConfiguredPeerView;
import dev.wsmesh.node.ConfiguredPeerView.State;
import dev.wsmesh.node.MeshCounters.DialFailure;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.web.socket.CloseStatus;

/**
 * One configured plain peer, dialled for ever by a virtual thread of its own.
 *
 * <p>Its states are those of {@link ConfiguredPeerView.State}; only the dialling thread changes them.
 */
final class BootstrapPeer {

    private static final Logger log = LoggerFactory.getLogger(BootstrapPeer.class);

    private final PeerTarget target;
    private final Dialler dialler;
    private final Backoff backoff;
    private final InstantSource clock;
    private volatile ConfiguredPeerView view;
    private @Nullable Thread thread;
    /** Why the last dial failed, if it did; the dialling thread's own. */
    private @Nullable DialFailure lastReason;

    /** Dials the peer once. */
    @FunctionalInterface
    interface Dialler {
        PeerSession dial(PeerTarget target) throws DialException, InterruptedException;
    }

    BootstrapPeer(PeerTarget target, Dialler dialler, Backoff backoff, InstantSource clock) {
        this.target = target;
        this.dialler = dialler;
        this.backoff = backoff;
        this.clock = clock;
        this.view = new ConfiguredPeerView(target.url().toString(), State.NOT_TRIED, clock.instant(), 0, null, null);
    }

    synchronized void start() {
        thread = Background.start("mesh-bootstrap-" + target.url(), this::dialForEver);
    }

    /** Gives up a dial that is under way and dials no more; the session, if there is one, stays. */
    synchronized void stop() {
        if (thread != null) {
            thread.interrupt();
        }
    }

    PeerUrl url() {
        return target.url();
    }

    ConfiguredPeerView view() {
        return view;
    }

    private void dialForEver() {
        try {
            while (true) {
                dialOnce();
                Duration delay = backoff.next();
                log.debug("dialling {} again in {} ms", target.url(), delay.toMillis());
                Thread.sleep(delay);
            }
        } catch (InterruptedException e) {
            log.debug("dialling {} ends", target.url());
        }
    }

    private void dialOnce() throws InterruptedException {
        try {
            PeerSession session = dialler.dial(target);
            long upNanos = System.nanoTime();
            lastReason = null;
            connected();
            CloseStatus status = awaitEnd(session);
            backoff.sessionLasted(Duration.ofNanos(System.nanoTime() - upNanos));
            unreachable(0, "the session ended: " + PlainStatus.describe(status));
        } catch (DialException e) {
            logFailure(e);
            unreachable(view.failedDials() + 1, String.valueOf(e.getMessage()));
        } catch (RuntimeException e) {
            // A mistake of ours must not end the dialling of this peer for ever.
            log.error("dialling {} failed unexpectedly; it is dialled again", target.url(), e);
            unreachable(view.failedDials() + 1, e.toString());
        }
    }

    private static CloseStatus awaitEnd(PeerSession session) throws InterruptedException {
        try {
            return session.ended().get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("a session's end never fails", e);
        }
    }

    /** Says a failure at WARN once for its reason; the same reason again only at DEBUG, for a peer may be away for days. */
    private void logFailure(DialException failure) {
        if (failure.reason() == lastReason) {
            log.debug("dialling {} failed again: {}", target.url(), failure.getMessage());
        } else {
            log.warn(
                    "dialling {} failed: {}; it is dialled again until it answers", target.url(), failure.getMessage());
        }
        lastReason = failure.reason();
    }

    private void connected() {
        view = new ConfiguredPeerView(
                view.url(), State.CONNECTED, clock.instant(), 0, view.lastFailure(), view.lastFailureSince());
    }

    /** The same reason again has been so since the first time. */
    private void unreachable(int failedDials, String why) {
        boolean already = view.state() == State.UNREACHABLE;
        Instant now = clock.instant();
        view = new ConfiguredPeerView(
                view.url(),
                State.UNREACHABLE,
                already ? view.since() : now,
                failedDials,
                why,
                already && why.equals(view.lastFailure()) ? view.lastFailureSince() : now);
    }
}
