package dev.wsmesh.config;

import dev.wsmesh.gateway.OriginRule;
import dev.wsmesh.node.Inbox;
import dev.wsmesh.node.Mesh;
import dev.wsmesh.node.MeshCounters;
import dev.wsmesh.node.MeshNode;
import dev.wsmesh.node.PeerChanges;
import dev.wsmesh.node.PeerStatus;
import dev.wsmesh.ops.MeshEndpoint;
import dev.wsmesh.ops.MeshHealthIndicator;
import dev.wsmesh.ops.MeshMeters;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.endpoint.SanitizingFunction;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.http.server.ServletServerHttpRequest;
import org.springframework.web.context.request.RequestContextHolder;
import org.springframework.web.context.request.ServletRequestAttributes;

/** What operators see, as far as the application has what it takes. */
@Configuration(proxyBeanMethods = false)
@Import({
    OperationsConfiguration.HealthOfMesh.class,
    OperationsConfiguration.Endpoints.class,
    OperationsConfiguration.Meters.class
})
class OperationsConfiguration {

    /** With the library for health, which Actuator has. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(ConditionalOnEnabledHealthIndicator.class)
    static class HealthOfMesh {

        @Bean
        @ConditionalOnMissingBean
        @ConditionalOnEnabledHealthIndicator("mesh")
        MeshHealthIndicator meshHealthIndicator(MeshNode node, MeshProperties properties, MeshCounters counters) {
            return new MeshHealthIndicator(node, properties.minPeers(), counters, node::counted, Clock.systemUTC());
        }
    }

    /** With Actuator. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(ConditionalOnAvailableEndpoint.class)
    static class Endpoints {

        private static final String SECRETS = "meshSecretsInEndpoints";

        @Bean
        @ConditionalOnMissingBean
        @ConditionalOnAvailableEndpoint
        MeshEndpoint meshEndpoint(Mesh mesh, PeerChanges changes, NodeEndpoint endpoint, MeshProperties properties) {
            OriginRule origins = OriginRule.withoutTokens(Set.copyOf(properties.allowedOrigins()));
            return new MeshEndpoint(mesh, changes, endpoint::path, () -> complaint(origins));
        }

        /** Actuator gives its operations no request; a change that comes by JMX has none. */
        private static @Nullable String complaint(OriginRule origins) {
            return RequestContextHolder.getRequestAttributes() instanceof ServletRequestAttributes web
                    ? origins.complaint(new ServletServerHttpRequest(web.getRequest()))
                    : null;
        }

        @Bean(SECRETS)
        @ConditionalOnMissingBean(name = SECRETS)
        SanitizingFunction meshSecretsInEndpoints(MeshProperties properties) {
            List<SecretText> secrets = new ArrayList<>(properties.keys());
            secrets.addAll(properties.gateway().secrets());
            secrets.addAll(ProxySource.secrets(properties.proxy()));
            properties.peers().forEach(peer -> secrets.addAll(peer.secrets()));
            return new SecretsInEndpoints(secrets);
        }
    }

    /** With Micrometer; whoever has a registry, by Actuator or without it, binds what there is. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(MeterBinder.class)
    static class Meters {

        @Bean
        @ConditionalOnMissingBean
        MeshMeters meshMeters(MeshCounters counters, PeerStatus peers, MeshNode node, Inbox inbox) {
            return new MeshMeters(new MeshMeters.Sources(
                    counters, peers, node::counted, node::outline, inbox::backlog, Clock.systemUTC()));
        }
    }
}
