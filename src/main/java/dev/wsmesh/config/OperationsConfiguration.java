package dev.wsmesh.config;

import dev.wsmesh.node.Mesh;
import dev.wsmesh.node.MeshCounters;
import dev.wsmesh.node.MeshNode;
import dev.wsmesh.node.PeerChanges;
import dev.wsmesh.node.PeerStatus;
import dev.wsmesh.ops.MeshEndpoint;
import dev.wsmesh.ops.MeshHealthIndicator;
import dev.wsmesh.ops.MeshMeters;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
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
    MeshMeters meshMeters(MeshCounters counters, PeerStatus peers, MeshNode node) {
        return new MeshMeters(counters, peers, node::counted);
    }

    @Bean
    SanitizingFunction meshSecretsInEndpoints(MeshProperties properties) {
        List<SecretText> secrets = new ArrayList<>(properties.key());
        secrets.addAll(properties.gateway().secrets());
        return new SecretsInEndpoints(secrets);
    }
}
