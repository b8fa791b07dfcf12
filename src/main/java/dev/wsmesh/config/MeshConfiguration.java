package dev.wsmesh.config;

import dev.wsmesh.identity.ClusterKeys;
import dev.wsmesh.node.About;
import dev.wsmesh.node.Inbox;
import dev.wsmesh.node.Mesh;
import dev.wsmesh.node.MeshCounters;
import dev.wsmesh.node.MeshNode;
import dev.wsmesh.node.MessageLog;
import dev.wsmesh.node.Presence;
import dev.wsmesh.node.PresenceBoard;
import dev.wsmesh.websocket.Connector;
import dev.wsmesh.websocket.DialPolicy;
import dev.wsmesh.websocket.LimitedResolver;
import dev.wsmesh.websocket.LinkRegistry;
import dev.wsmesh.websocket.Locator;
import dev.wsmesh.websocket.PeerDialler;
import dev.wsmesh.websocket.PeerEndpoint;
import dev.wsmesh.websocket.PeerNetwork;
import dev.wsmesh.websocket.PeerRegistry;
import dev.wsmesh.websocket.PeerTarget;
import dev.wsmesh.websocket.UpgradeGuard;
import dev.wsmesh.wire.RecordCodec;
import java.net.InetAddress;
import java.time.InstantSource;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.env.Environment;
import org.springframework.web.servlet.HandlerMapping;

/** The node: its parts and how they are joined. An application that brings a {@link Mesh} of its own has no node. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnMissingBean(Mesh.class)
@EnableConfigurationProperties(MeshProperties.class)
@Import({
    IdentityConfiguration.class,
    PresenceConfiguration.class,
    DialConfiguration.class,
    BroadcastConfiguration.class,
    OperationsConfiguration.class,
    StompConfiguration.class,
    StompBridgeConfiguration.class,
    GatewayConfiguration.class
})
class MeshConfiguration {

    private static final Logger log = LoggerFactory.getLogger(MeshConfiguration.class);

    /** The wall clock by which the node stamps and numbers; an application's own clock is none of the mesh's business. */
    static final String CLOCK = "meshClock";

    private static final String ENDPOINT = "meshPeerEndpoint";

    @Bean(CLOCK)
    @ConditionalOnMissingBean(name = CLOCK)
    InstantSource meshClock() {
        return InstantSource.system();
    }

    @Bean
    @ConditionalOnMissingBean
    NodeAddress meshNodeAddress(Environment environment, ApplicationContext context) {
        return new NodeAddress(environment, context instanceof WebServerApplicationContext);
    }

    @Bean
    @ConditionalOnMissingBean
    MeshCounters meshCounters() {
        return new MeshCounters();
    }

    @Bean
    @ConditionalOnMissingBean
    RecordCodec meshRecordCodec(MeshProperties properties) {
        return new RecordCodec(properties.wireLimits());
    }

    @Bean
    @ConditionalOnMissingBean
    PeerRegistry meshPeerRegistry(
            MeshProperties properties,
            MeshCounters counters,
            NodeAddress address,
            @Qualifier(CLOCK) InstantSource clock,
            ObjectProvider<MeshNode> node) {
        PeerRegistry registry = new PeerRegistry(properties.plainPeerLimits(), counters, clock, address);
        registry.onChange(() -> node.ifAvailable(MeshNode::peersChanged));
        return registry;
    }

    @Bean
    @ConditionalOnMissingBean
    LinkRegistry meshLinkRegistry(
            LocalIdentity local,
            MeshProperties properties,
            MeshCounters counters,
            NodeAddress address,
            @Qualifier(CLOCK) InstantSource clock) {
        return new LinkRegistry(local, properties.linkLimits(), counters, clock, address);
    }

    @Bean
    @ConditionalOnMissingBean
    Inbox meshInbox(LocalIdentity identity, MeshProperties properties, MeshCounters counters, RecordCodec codec) {
        boolean replayOnJoin = !properties.retention().replayOnJoin().isZero();
        return new Inbox(identity.id(), counters, properties.subscriptions().limits(), codec, replayOnJoin);
    }

    @Bean
    @ConditionalOnMissingBean
    PeerDialler meshPeerDialler(MeshProperties properties, MeshCounters counters, Connector connector) {
        return new PeerDialler(counters, properties.dial().timeout(), connector);
    }

    @Bean
    @ConditionalOnMissingBean
    DialPolicy meshDialPolicy(
            MeshProperties properties,
            NodeAddress address,
            LinkRegistry links,
            ObjectProvider<Locator.Resolver> resolver,
            Connector connector) {
        boolean local = properties.isOnThisMachine(address.isLoopback());
        return new DialPolicy(() -> local && !links.hasReachedOut(), limited(resolver), connector::isProxied);
    }

    @Bean
    @ConditionalOnMissingBean
    PeerNetwork meshPeerNetwork(
            MeshProperties properties,
            LinkRegistry links,
            PeerRegistry plainPeers,
            PeerDialler dialler,
            Connector connector,
            DialPolicy policy,
            ClusterKeys keys,
            @Qualifier(CLOCK) InstantSource clock,
            ObjectProvider<Locator.Resolver> resolver,
            ObjectProvider<MeshNode> node) {
        PeerNetwork.Parts parts = new PeerNetwork.Parts(
                links,
                plainPeers,
                dialler,
                new Locator(limited(resolver), connector::isProxied),
                policy,
                (text, peer) -> node.getObject().received(text, peer),
                clock,
                new Random());
        return new PeerNetwork(
                parts,
                new PeerNetwork.Dialling(
                        targets(properties.peers()),
                        keys.isEmpty(),
                        properties.dial().backoff(),
                        properties.discovery().interval()));
    }

    @Bean
    @ConditionalOnMissingBean
    MeshNode mesh(
            MeshProperties properties,
            LocalIdentity identity,
            PeerRegistry plainPeers,
            PeerNetwork network,
            DialPolicy policy,
            Inbox inbox,
            RecordCodec codec,
            NodeAddress address,
            PresenceBoard presences,
            About about,
            @Qualifier(CLOCK) InstantSource clock) {
        MeshNode.Parts parts = new MeshNode.Parts(
                new Cores(identity.id(), properties, codec, policy::mayDial, new Random()),
                identity,
                codec,
                plainPeers,
                network,
                network,
                presences,
                about,
                clock);
        MeshNode node = new MeshNode(parts, inbox, properties.maxMessageBytes(), address);
        new MessageLog(identity.id(), address, presences::nameOf).follow(node);
        return node;
    }

    @Bean(ENDPOINT)
    @ConditionalOnMissingBean(name = ENDPOINT)
    HandlerMapping meshPeerEndpoint(
            MeshProperties properties,
            PeerRegistry plainPeers,
            LinkRegistry links,
            ClusterKeys keys,
            ObjectProvider<MeshNode> node) {
        Boolean enabled = properties.plainPeers().enabled();
        UpgradeGuard.Rules rules = new UpgradeGuard.Rules(
                enabled == null ? keys.isEmpty() : enabled, Set.copyOf(properties.allowedOrigins()));
        return PeerEndpoint.at(
                properties.path(),
                rules,
                plainPeers,
                links,
                (text, peer) -> node.getObject().received(text, peer));
    }

    @Bean
    @ConditionalOnMissingBean
    MeshLifecycle meshLifecycle(MeshNode node, PeerNetwork network, Presence presence, MeshProperties properties) {
        return new MeshLifecycle(node, network, presence, properties.leave().flushTimeout());
    }

    private static Locator.Resolver limited(ObjectProvider<Locator.Resolver> resolver) {
        return new LimitedResolver(resolver.getIfAvailable(() -> InetAddress::getAllByName));
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
}
