package dev.wsmesh.config;

import dev.wsmesh.node.Inbox;
import dev.wsmesh.node.Mesh;
import dev.wsmesh.node.MeshCounters;
import dev.wsmesh.node.MeshNode;
import dev.wsmesh.node.PeerChanges;
import dev.wsmesh.node.PeerStatus;
import dev.wsmesh.ops.MeshEndpoint;
import dev.wsmesh.ops.MeshHealthIndicator;
import dev.wsmesh.ops.MeshMeters;
import java.time.Clock;
import org.springframework.boot.actuate.endpoint.SanitizingFunction;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What operators see. */
@Configuration(proxyBeanMethods = false)
class OperationsConfiguration {

    @Bean
    MeshHealthIndicator meshHealthIndicator(MeshNode node, MeshProperties properties, MeshCounters counters) {
        return new MeshHealthIndicator(node, properties.minPeers(), counters, node::counted, Clock.systemUTC());
    }

    @Bean
    MeshEndpoint meshEndpoint(Mesh mesh, PeerChanges changes, NodeEndpoint endpoint) {
        return new MeshEndpoint(mesh, changes, endpoint::path);
    }

    @Bean
    MeshMeters meshMeters(MeshCounters counters, PeerStatus peers, MeshNode node, Inbox inbox) {
        return new MeshMeters(new MeshMeters.Sources(
                counters, peers, node::counted, node::outline, inbox::backlog, Clock.systemUTC()));
    }

    @Bean
    SanitizingFunction meshSecretsInEndpoints(MeshProperties properties) {
        return new SecretsInEndpoints(properties.key());
    }
}
