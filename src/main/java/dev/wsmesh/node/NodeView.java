package dev.wsmesh.node;

import java.util.List;

/**
 * A node at one moment.
 *
 * @param bind the address it shows to others, {@code host:port}
 * @param running false before it has started and once it leaves
 * @param sessions the connected peers in the order of linking
 * @param configuredPeers the configured peers in the order of the configuration
 */
public record NodeView(
        String bind, boolean running, List<SessionView> sessions, List<ConfiguredPeerView> configuredPeers) {}
