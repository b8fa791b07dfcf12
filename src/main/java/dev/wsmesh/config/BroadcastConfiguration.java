package dev.wsmesh.config;

import dev.wsmesh.node.Broadcast;
import dev.wsmesh.node.MeshNode;
import java.util.Random;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.scheduling.TaskScheduler;
import org.springframework.scheduling.annotation.EnableScheduling;
import org.springframework.scheduling.concurrent.SimpleAsyncTaskScheduler;

/** The periodic broadcast. */
@Configuration(proxyBeanMethods = false)
@EnableScheduling
@ConditionalOnProperty(name = "mesh.broadcast.enabled", matchIfMissing = true)
class BroadcastConfiguration {

    /** A scheduler of its own, so that neither the application's tasks nor the jitter hold each other up. */
    @Bean(defaultCandidate = false)
    TaskScheduler meshScheduler() {
        SimpleAsyncTaskScheduler scheduler = new SimpleAsyncTaskScheduler();
        scheduler.setVirtualThreads(true);
        scheduler.setThreadNamePrefix("mesh-scheduler-");
        return scheduler;
    }

    @Bean
    MeshProperties.Broadcast meshBroadcastProperties(MeshProperties properties) {
        return properties.broadcast();
    }

    @Bean
    ScheduledBroadcast meshScheduledBroadcast(MeshNode node, MeshProperties.Broadcast properties, NodeAddress address) {
        Broadcast broadcast = new Broadcast(node, properties.text(), address);
        return new ScheduledBroadcast(broadcast, properties.jitter(), new Random());
    }
}
