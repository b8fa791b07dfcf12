package dev.wsmesh.identity;

import dev.wsmesh.protocol.NodeId;
import java.util.Set;

/**
 * What a node brings into a handshake.
 *
 * @param key who it is
 * @param keys what its cluster knows
 * @param cluster the name of its mesh: at most 255 bytes, may be empty
 * @param allowed the only nodes it links with, or none if it links with all
 * @param epoch of this run
 * @param instance random, drawn once per run: tells this process from another with the same key
 * @param frameBytes the largest frame that it accepts
 * @param endpoint where it can be dialled, a URL without its host, or empty if it only dials out
 * @param secondSocket whether it lets a link have a second socket
 */
public record LocalNode(
        NodeKey key,
        ClusterKeys keys,
        String cluster,
        Set<NodeId> allowed,
        long epoch,
        long instance,
        int frameBytes,
        String endpoint,
        boolean secondSocket) {
    public LocalNode {
        allowed = Set.copyOf(allowed);
    }

    /** One whose links have one socket each. */
    public LocalNode(
            NodeKey key,
            ClusterKeys keys,
            String cluster,
            Set<NodeId> allowed,
            long epoch,
            long instance,
            int frameBytes,
            String endpoint) {
        this(key, keys, cluster, allowed, epoch, instance, frameBytes, endpoint, false);
    }
}
