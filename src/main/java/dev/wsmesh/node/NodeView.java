package dev.wsmesh.node;

import dev.wsmesh.protocol.View;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A node at one moment.
 *
 * @param bind the address it shows to others, {@code host:port}
 * @param running false before it has started and once it leaves
 * @param peers how many peers count as connected: the neighbours, and the plain peers that this node dialled
 * @param core what the mesh looks like from here, without the links of each stream; null before the first start
 * @param links the links with other nodes
 * @param refusals who was turned away lately, the newest last
 * @param sessions the connected plain peers
 * @param configuredPeers the configured peers in the order of the configuration
 */
public record NodeView(
        String bind,
        boolean running,
        int peers,
        @Nullable View core,
        List<LinkView> links,
        List<RefusalView> refusals,
        List<SessionView> sessions,
        List<ConfiguredPeerView> configuredPeers) {}
