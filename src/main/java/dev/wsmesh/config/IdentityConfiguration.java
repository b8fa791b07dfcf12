package dev.wsmesh.config;

import dev.wsmesh.identity.ClusterKeys;
import dev.wsmesh.identity.NodeIdentity;
import java.nio.file.Path;
import java.time.InstantSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.web.server.autoconfigure.ServerProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

/** Who the node is, and whom it lets in. */
@Configuration(proxyBeanMethods = false)
class IdentityConfiguration {

    private static final Logger log = LoggerFactory.getLogger(IdentityConfiguration.class);

    @Bean
    @ConditionalOnMissingBean
    NodeIdentity meshNodeIdentity(MeshProperties properties) {
        String directory = properties.dataDir();
        if (directory == null) {
            return NodeIdentity.ephemeral();
        }
        Path path = IdentityProperties.path("mesh.data-dir", directory);
        NodeIdentity identity = NodeIdentity.in(path);
        IdentityProperties.warnIfReadable(path.resolve("node.key"));
        return identity;
    }

    @Bean
    @ConditionalOnMissingBean
    ClusterKeys meshClusterKeys(MeshProperties properties, NodeAddress address) {
        ClusterKeys keys = IdentityProperties.keys(properties.keys(), properties.keyFile());
        if (keys.isEmpty() && !address.isLoopback()) {
            if (!properties.security().open()) {
                throw new InvalidPropertyException(
                        "mesh.key",
                        "without a cluster key anyone who reaches " + address.get()
                                + " could join this mesh; set a key (the command 'key' makes one), or"
                                + " mesh.security.open=true if that is meant");
            }
            log.warn(
                    "mesh.security.open: this node has no cluster key, and anyone who reaches {} can join its mesh,"
                            + " read and publish",
                    address.get());
        }
        return keys;
    }

    @Bean
    @ConditionalOnMissingBean
    NodeEndpoint meshNodeEndpoint(
            MeshProperties properties,
            NodeAddress address,
            ObjectProvider<ServerProperties> server,
            Environment environment) {
        return new NodeEndpoint(properties, address, server, environment);
    }

    @Bean
    @ConditionalOnMissingBean
    LocalIdentity meshLocalIdentity(
            NodeIdentity identity,
            ClusterKeys keys,
            MeshProperties properties,
            NodeEndpoint endpoint,
            @Qualifier(MeshConfiguration.CLOCK) InstantSource clock) {
        return new LocalIdentity(identity, keys, properties, endpoint, clock);
    }
}
