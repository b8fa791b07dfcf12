package dev.wsmesh.config;

import dev.wsmesh.identity.ClusterKeys;
import dev.wsmesh.identity.NodeIdentity;
import dev.wsmesh.websocket.Endpoint;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.web.server.Ssl;
import org.springframework.boot.web.server.autoconfigure.ServerProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Who the node is, and whom it lets in. */
@Configuration(proxyBeanMethods = false)
class IdentityConfiguration {

    private static final Logger log = LoggerFactory.getLogger(IdentityConfiguration.class);

    @Bean
    NodeIdentity meshNodeIdentity(MeshProperties properties) {
        String directory = properties.dataDir();
        return directory == null
                ? NodeIdentity.ephemeral()
                : NodeIdentity.in(IdentityProperties.path("mesh.data-dir", directory));
    }

    @Bean
    ClusterKeys meshClusterKeys(MeshProperties properties, NodeAddress address) {
        ClusterKeys keys = IdentityProperties.keys(properties.key(), properties.keyFile());
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
    LocalIdentity meshLocalIdentity(
            NodeIdentity identity,
            ClusterKeys keys,
            MeshProperties properties,
            NodeAddress address,
            @Qualifier(MeshConfiguration.CLOCK) InstantSource clock,
            ObjectProvider<ServerProperties> server) {
        return new LocalIdentity(identity, keys, properties, () -> endpoint(properties, address, server), clock);
    }

    private static String endpoint(
            MeshProperties properties, NodeAddress address, ObjectProvider<ServerProperties> server) {
        if (properties.outboundOnly()) {
            return "";
        }
        @Nullable ServerProperties present = server.getIfAvailable();
        @Nullable Ssl ssl = present == null ? null : present.getSsl();
        return Endpoint.of(Ssl.isEnabled(ssl), address.port(), properties.path());
    }
}
