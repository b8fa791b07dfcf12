package dev.wsmesh.config;

import dev.wsmesh.node.Inbox;
import dev.wsmesh.node.MeshCounters;
import dev.wsmesh.node.MeshNode;
import dev.wsmesh.websocket.PeerDialler;
import dev.wsmesh.websocket.PeerEndpoint;
import dev.wsmesh.websocket.PeerNetwork;
import dev.wsmesh.websocket.PeerRegistry;
import dev.wsmesh.websocket.PeerTarget;
import java.time.Clock;
import java.util.List;
import java.util.Random;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.ssl.NoSuchSslBundleException;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.env.Environment;
import org.springframework.web.servlet.HandlerMapping;

/** The node: its parts and how they are joined. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(MeshProperties.class)
@Import({BroadcastConfiguration.class, OperationsConfiguration.class})
public class MeshConfiguration {

    private static final Logger log = LoggerFactory.getLogger(MeshConfiguration.class);

    @Bean
    NodeAddress meshNodeAddress(Environment environment) {
        return new NodeAddress(environment);
    }

    @Bean
    MeshCounters meshCounters() {
        return new MeshCounters();
    }

    @Bean
    PeerRegistry meshPeerRegistry(MeshProperties properties, MeshCounters counters, NodeAddress address) {
        return new PeerRegistry(properties.plainPeerLimits(), counters, Clock.systemUTC(), address);
    }

    @Bean
    Inbox meshInbox(MeshProperties properties, MeshCounters counters, NodeAddress address) {
        return new Inbox(counters, properties.subscriptions().limits(), address);
    }

    @Bean
    MeshNode mesh(
            MeshProperties properties, PeerRegistry registry, PeerNetwork network, Inbox inbox, NodeAddress address) {
        return new MeshNode(registry, network, inbox, properties.maxMessageBytes(), address);
    }

    @Bean
    PeerDialler meshPeerDialler(
            MeshProperties properties,
            PeerRegistry registry,
            Inbox inbox,
            MeshCounters counters,
            ObjectProvider<SslBundles> bundles) {
        @Nullable SSLContext sslContext = sslContext(properties.ssl().bundle(), bundles);
        return new PeerDialler(registry, inbox, counters, properties.dial().timeout(), sslContext);
    }

    @Bean
    PeerNetwork meshPeerNetwork(MeshProperties properties, PeerRegistry registry, PeerDialler dialler) {
        return new PeerNetwork(
                registry,
                dialler,
                targets(properties.peers()),
                properties.dial().backoff(),
                Clock.systemUTC(),
                new Random());
    }

    @Bean
    HandlerMapping meshPeerEndpoint(
            MeshProperties properties, PeerRegistry registry, Inbox inbox, MeshCounters counters) {
        return PeerEndpoint.at(properties.path(), properties.allowedOrigins(), registry, inbox, counters);
    }

    @Bean
    MeshLifecycle meshLifecycle(MeshNode node, PeerNetwork network, MeshProperties properties) {
        return new MeshLifecycle(node, network, properties.leave().flushTimeout());
    }

    /** Two entries with one URL would be two sessions, and every text would arrive twice. */
    private static List<PeerTarget> targets(List<PeerProperties> peers) {
        List<PeerTarget> targets =
                peers.stream().map(PeerProperties::target).distinct().toList();
        if (targets.size() < peers.size()) {
            log.warn("mesh.peers names a peer more than once; it is dialled once");
        }
        return targets;
    }

    private static @Nullable SSLContext sslContext(@Nullable String bundle, ObjectProvider<SslBundles> bundles) {
        if (bundle == null) {
            return null;
        }
        try {
            return bundles.getObject().getBundle(bundle).createSslContext();
        } catch (NoSuchSslBundleException e) {
            throw new InvalidPropertyException(
                    "mesh.ssl.bundle",
                    "'" + bundle + "' is not the name of an SSL bundle; define it under spring.ssl.bundle");
        }
    }
}
