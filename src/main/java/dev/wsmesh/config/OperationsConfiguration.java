package dev.wsmesh.config;

import dev.wsmesh.node.Mesh;
import dev.wsmesh.node.MeshCounters;
import dev.wsmesh.node.PeerStatus;
import dev.wsmesh.ops.MeshEndpoint;
import dev.wsmesh.ops.MeshHealthIndicator;
import dev.wsmesh.ops.MeshMeters;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What operators see. */
@Configuration(proxyBeanMethods = false)
class OperationsConfiguration {

    @Bean
    MeshHealthIndicator meshHealthIndicator(Mesh mesh, MeshProperties properties) {
        return new MeshHealthIndicator(mesh, properties.minPeers());
    }

    @Bean
    MeshEndpoint meshEndpoint(Mesh mesh, MeshProperties properties) {
        return new MeshEndpoint(mesh, properties.path());
    }

    @Bean
    MeshMeters meshMeters(MeshCounters counters, PeerStatus peers) {
        return new MeshMeters(counters, peers);
    }
}
