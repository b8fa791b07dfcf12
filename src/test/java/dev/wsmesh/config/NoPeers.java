package dev.wsmesh.config;

import dev.wsmesh.node.ConfiguredPeerView;
import dev.wsmesh.node.PeerStatus;
import dev.wsmesh.node.SessionView;
import java.time.Duration;
import java.util.List;

/** A node that knows nobody. */
final class NoPeers implements PeerStatus {

    @Override
    public List<SessionView> sessions() {
        return List.of();
    }

    @Override
    public List<ConfiguredPeerView> configuredPeers() {
        return List.of();
    }

    @Override
    public boolean awaitSessions(int count, Duration timeout) {
        return false;
    }
}
