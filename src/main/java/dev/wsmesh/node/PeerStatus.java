package dev.wsmesh.node;

import java.util.List;

/** Port: what the transport knows of the peers. */
public interface PeerStatus {

    /** The links that are up, in the order of linking. */
    List<LinkView> links();

    /** Who was turned away lately, by this node or by a peer, the newest last. */
    List<RefusalView> refusals();

    /** The plain peers that are connected, in the order of linking. */
    List<SessionView> sessions();

    /** The configured peers in the order of the configuration. */
    List<ConfiguredPeerView> configuredPeers();
}
