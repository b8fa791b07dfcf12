package dev.wsmesh.node;

import java.time.Duration;
import java.util.List;

/** Port: what is known of the peers. */
public interface PeerStatus {

    /** The connected peers in the order of linking. */
    List<SessionView> sessions();

    /** The configured peers in the order of the configuration. */
    List<ConfiguredPeerView> configuredPeers();

    /** Waits until at least {@code count} peers are connected; returns whether they were in time. */
    boolean awaitSessions(int count, Duration timeout) throws InterruptedException;
}
