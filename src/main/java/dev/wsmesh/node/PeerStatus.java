package dev.wsmesh.node;

import java.util.List;

/** Port: what the transport knows of the peers. */
public interface PeerStatus {

    /** The links that are up, in the order of linking. */
    List<LinkView> links();

    /** The last handshakes that failed, the newest last. */
    List<RefusalView> refusals();

    /** The plain peers that are connected, in the order of linking. */
    List<SessionView> sessions();

    /** The configured peers in the order of the configuration. */
    List<ConfiguredPeerView> configuredPeers();
}
