package dev.wsmesh.config;

import dev.wsmesh.gateway.AccessRules;
import dev.wsmesh.gateway.OriginRule;
import dev.wsmesh.gateway.http.HttpGateway;
import dev.wsmesh.node.MeshCounters;
import dev.wsmesh.node.MeshNode;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.web.servlet.function.RouterFunction;
import org.springframework.web.servlet.function.ServerResponse;

/** The ways in from outside, where they are wanted. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnProperty("mesh.gateway.enabled")
@Import(AccessConfiguration.class)
class GatewayConfiguration {

    @Bean
    @ConditionalOnMissingBean
    HttpGateway meshHttpGateway(
            MeshProperties properties, MeshNode node, AccessRules access, OriginRule origins, MeshCounters counters) {
        GatewayProperties gateway = properties.gateway();
        return new HttpGateway(
                gateway.path(),
                node,
                node,
                access,
                origins,
                new HttpGateway.Limits(
                        properties.maxMessageBytes(),
                        gateway.maxSubscribers(),
                        gateway.queue(),
                        gateway.heartbeat(),
                        properties.retention().maxAge()),
                counters);
    }

    @Bean
    @ConditionalOnMissingBean(name = "meshHttpRoutes")
    RouterFunction<ServerResponse> meshHttpRoutes(HttpGateway gateway) {
        return gateway.routes();
    }

    @Bean
    @ConditionalOnMissingBean
    GatewayLifecycle meshGatewayLifecycle(HttpGateway gateway) {
        return new GatewayLifecycle(gateway);
    }
}
