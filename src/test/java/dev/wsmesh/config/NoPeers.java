package dev.wsmesh.config;

import dev.wsmesh.node.ConfiguredPeerView;
import dev.wsmesh.node.LinkView;
import dev.wsmesh.node.PeerStatus;
import dev.wsmesh.node.RefusalView;
import dev.wsmesh.node.SessionView;
import java.util.List;

/** A node that knows nobody. */
final class NoPeers implements PeerStatus {

    @Override
    public List<LinkView> links() {
        return List.of();
    }

    @Override
    public List<RefusalView> refusals() {
        return List.of();
    }

    @Override
    public List<SessionView> sessions() {
        return List.of();
    }

    @Override
    public List<ConfiguredPeerView> configuredPeers() {
        return List.of();
    }
}
