package dev.wsmesh.config;

import dev.wsmesh.gateway.AccessRules;
import dev.wsmesh.gateway.OriginRule;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Who is let in from outside, by whichever way. */
@Configuration(proxyBeanMethods = false)
class AccessConfiguration {

    private static final Logger log = LoggerFactory.getLogger(AccessConfiguration.class);

    /** Open without tokens where the node itself may do without a key. */
    @Bean
    @ConditionalOnMissingBean
    AccessRules meshAccessRules(MeshProperties properties, NodeAddress address) {
        boolean mayBeOpen = address.isLoopback() || properties.security().open();
        AccessRules rules = new AccessRules(properties.gateway().readTokens(), mayBeOpen);
        if (rules.isShut()) {
            log.info(
                    "{} and {} let nobody in: {} can be reached from other machines, and there are no mesh.gateway.tokens",
                    properties.gateway().path(),
                    properties.stomp().path(),
                    address.get());
        } else if (rules.isOpen() && !address.isLoopback()) {
            log.warn(
                    "mesh.security.open: anyone who reaches {} can publish and subscribe at {} and {}, for there are no"
                            + " mesh.gateway.tokens",
                    address.get(),
                    properties.gateway().path(),
                    properties.stomp().path());
        }
        return rules;
    }

    @Bean
    @ConditionalOnMissingBean
    OriginRule meshOriginRule(MeshProperties properties, AccessRules access, NodeAddress address) {
        return new OriginRule(Set.copyOf(properties.allowedOrigins()), access.isOpen() && address.isLoopback());
    }
}
