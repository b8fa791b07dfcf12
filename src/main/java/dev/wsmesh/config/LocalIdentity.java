package dev.wsmesh.config;

import dev.wsmesh.identity.ClusterKeys;
import dev.wsmesh.identity.LocalNode;
import dev.wsmesh.identity.NodeIdentity;
import dev.wsmesh.node.Epochs;
import dev.wsmesh.protocol.NodeId;
import dev.wsmesh.websocket.LinkRegistry;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What the node says about itself in a handshake, and where the numbers of its runs are kept. Thread-safe. */
final class LocalIdentity implements LinkRegistry.Local, Epochs {

    private final NodeIdentity identity;
    private final ClusterKeys keys;
    private final MeshProperties properties;
    private final Set<NodeId> allowed;
    private final NodeEndpoint endpoint;
    private final InstantSource clock;
    private final long instance = new SecureRandom().nextLong();

    LocalIdentity(
            NodeIdentity identity,
            ClusterKeys keys,
            MeshProperties properties,
            NodeEndpoint endpoint,
            InstantSource clock) {
        this.identity = identity;
        this.keys = keys;
        this.properties = properties;
        this.allowed = IdentityProperties.allowed(properties.allowedNodes());
        this.endpoint = endpoint;
        this.clock = clock;
    }

    NodeId id() {
        return identity.key().id();
    }

    @Override
    public LocalNode seenFrom(@Nullable InetSocketAddress remote) {
        return new LocalNode(
                identity.key(),
                keys,
                properties.cluster(),
                allowed,
                identity.epoch(),
                instance,
                properties.wireLimits().frameBytes(),
                endpoint.seenFrom(remote),
                properties.links().secondSocket());
    }

    @Override
    public long begin() {
        return identity.begin(clock.millis());
    }

    @Override
    public void take(long epoch) {
        identity.take(epoch);
    }
}
