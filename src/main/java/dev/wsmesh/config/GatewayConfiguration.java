package dev.wsmesh.config;

import dev.wsmesh.gateway.AccessRules;
import dev.wsmesh.gateway.OriginRule;
import dev.wsmesh.gateway.http.HttpGateway;
import dev.wsmesh.node.MeshCounters;
import dev.wsmesh.node.MeshNode;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.servlet.function.RouterFunction;
import org.springframework.web.servlet.function.ServerResponse;

/** The ways in from outside, where they are wanted. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnProperty("mesh.gateway.enabled")
class GatewayConfiguration {

    private static final Logger log = LoggerFactory.getLogger(GatewayConfiguration.class);

    /** Open without tokens where the node itself may do without a key. */
    @Bean
    AccessRules meshAccessRules(MeshProperties properties, NodeAddress address) {
        boolean mayBeOpen = address.isLoopback() || properties.security().open();
        AccessRules rules = new AccessRules(properties.gateway().readTokens(), mayBeOpen);
        if (rules.isShut()) {
            log.info(
                    "the gateway at {} lets nobody in: {} can be reached from other machines, and there are no"
                            + " mesh.gateway.tokens",
                    properties.gateway().path(),
                    address.get());
        } else if (rules.isOpen() && !address.isLoopback()) {
            log.warn(
                    "mesh.security.open: anyone who reaches {} can publish and subscribe at {}, for there are no"
                            + " mesh.gateway.tokens",
                    address.get(),
                    properties.gateway().path());
        }
        return rules;
    }

    @Bean
    OriginRule meshOriginRule(MeshProperties properties, AccessRules access, NodeAddress address) {
        return new OriginRule(Set.copyOf(properties.allowedOrigins()), access.isOpen() && address.isLoopback());
    }

    @Bean
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
    RouterFunction<ServerResponse> meshHttpRoutes(HttpGateway gateway) {
        return gateway.routes();
    }

    @Bean
    GatewayLifecycle meshGatewayLifecycle(HttpGateway gateway) {
        return new GatewayLifecycle(gateway);
    }
}
