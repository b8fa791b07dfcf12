package dev.wsmesh.config;

import dev.wsmesh.node.Broadcast;
import dev.wsmesh.node.MeshNode;
import java.util.Random;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The periodic broadcast, where it is asked for. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnBooleanProperty("mesh.broadcast.enabled")
class BroadcastConfiguration {

    @Bean
    @ConditionalOnMissingBean
    ScheduledBroadcast meshScheduledBroadcast(MeshNode node, MeshProperties properties, NodeAddress address) {
        Broadcast broadcast = new Broadcast(node, properties.broadcast().text(), address);
        return new ScheduledBroadcast(broadcast, properties.broadcast().jitter(), new Random());
    }

    @Bean
    @ConditionalOnMissingBean
    BroadcastLifecycle meshBroadcastLifecycle(ScheduledBroadcast broadcast, MeshProperties properties) {
        return new BroadcastLifecycle(broadcast, properties.broadcast().interval());
    }
}
