package dev.wsmesh.websocket;

import dev.wsmesh.node.ConfiguredPeerView;
import dev.wsmesh.node.PeerStatus;
import dev.wsmesh.node.SessionView;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The peers of a node as a whole: begins with dialling, ends with leaving. */
public final class PeerNetwork implements PeerStatus {

    private static final Logger log = LoggerFactory.getLogger(PeerNetwork.class);

    /** After this, plus the time for flushing, leaving has failed. Enough for {@link SessionTuning#CLOSE_SEND_TIMEOUT}. */
    private static final Duration CLOSE_WAIT = Duration.ofMillis(1_500);

    private final PeerRegistry registry;
    private final List<BootstrapPeer> bootstrapPeers;

    /** Creates a network that has not started. */
    public PeerNetwork(
            PeerRegistry registry,
            PeerDialler dialler,
            List<PeerTarget> targets,
            BackoffSettings backoff,
            InstantSource clock,
            RandomGenerator random) {
        this.registry = registry;
        this.bootstrapPeers = targets.stream()
                .map(target -> new BootstrapPeer(target, dialler, new Backoff(backoff, random), clock))
                .toList();
    }

    /** Admits peers and dials the configured ones, each on a virtual thread. */
    public void start() {
        registry.open();
        bootstrapPeers.forEach(BootstrapPeer::start);
    }

    /**
     * Leaves: no new sessions, no dials; what is queued is written within the flush timeout, sessions are closed with
     * 1001 in parallel, and those that are stuck are cut.
     *
     * @return whether every session had ended when this returns, at the latest 1.5 s after the flush timeout
     */
    public boolean leave(Duration flushTimeout) throws InterruptedException {
        registry.close();
        bootstrapPeers.forEach(BootstrapPeer::stop);
        registry.snapshot().forEach(PeerSession::leave);
        if (registry.awaitEmpty(flushTimeout)) {
            return true;
        }
        List<PeerSession> stuck = registry.snapshot();
        log.warn("{} peers did not take what was queued for them within {} ms", stuck.size(), flushTimeout.toMillis());
        stuck.forEach(session -> session.close(CloseCode.GOING_AWAY));
        return registry.awaitEmpty(CLOSE_WAIT);
    }

    @Override
    public List<SessionView> sessions() {
        return registry.views();
    }

    @Override
    public List<ConfiguredPeerView> configuredPeers() {
        return bootstrapPeers.stream().map(BootstrapPeer::view).toList();
    }

    @Override
    public boolean awaitSessions(int count, Duration timeout) throws InterruptedException {
        return registry.awaitAtLeast(count, timeout);
    }
}
