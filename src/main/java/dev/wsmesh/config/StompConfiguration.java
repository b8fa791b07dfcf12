package dev.wsmesh.config;

import dev.wsmesh.gateway.AccessRules;
import dev.wsmesh.gateway.OriginRule;
import dev.wsmesh.gateway.stomp.KnownCallers;
import dev.wsmesh.gateway.stomp.MeshBroker;
import dev.wsmesh.gateway.stomp.PageGuard;
import dev.wsmesh.node.MeshCounters;
import dev.wsmesh.node.MeshNode;
import dev.wsmesh.websocket.ClientSessions;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.LazyInitializationExcludeFilter;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.ApplicationListener;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.task.SyncTaskExecutor;
import org.springframework.messaging.simp.broker.AbstractBrokerMessageHandler;
import org.springframework.messaging.simp.config.ChannelRegistration;
import org.springframework.messaging.simp.user.UserDestinationResolver;
import org.springframework.messaging.support.AbstractSubscribableChannel;
import org.springframework.scheduling.concurrent.SimpleAsyncTaskScheduler;
import org.springframework.web.socket.config.annotation.StompEndpointRegistry;
import org.springframework.web.socket.config.annotation.WebSocketMessageBrokerConfigurationSupport;
import org.springframework.web.socket.config.annotation.WebSocketTransportRegistration;
import org.springframework.web.socket.messaging.SessionDisconnectEvent;
import org.springframework.web.socket.server.standard.StandardWebSocketUpgradeStrategy;
import org.springframework.web.socket.server.support.DefaultHandshakeHandler;

/** The node's endpoint for STOMP clients: Spring's, with the mesh in the broker's place. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnProperty("mesh.stomp.enabled")
@Import(AccessConfiguration.class)
class StompConfiguration extends WebSocketMessageBrokerConfigurationSupport {

    /** Beside its body a message has headers. */
    private static final int FRAME_ROOM_BYTES = 64 << 10;

    /** What this end offers, and asks for: Spring's own default, and that of stompjs. */
    private static final long HEARTBEAT_MILLIS = 10_000;

    private final StompProperties stomp;
    private final MeshProperties properties;
    private final MeshNode node;
    private final AccessRules access;
    private final OriginRule origins;
    private final MeshCounters counters;
    private final ClientSessions sessions;
    private final SimpleAsyncTaskScheduler heartbeats = new SimpleAsyncTaskScheduler();

    StompConfiguration(
            MeshProperties properties, MeshNode node, AccessRules access, OriginRule origins, MeshCounters counters) {
        this.stomp = properties.stomp();
        this.properties = properties;
        this.node = node;
        this.access = access;
        this.origins = origins;
        this.counters = counters;
        // Spring looks at its time limit only when somebody else writes to the same client, and waits a minute for a
        // first frame.
        this.sessions = new ClientSessions(stomp.sendTimeout(), MeshBroker::isKnown, counters);
        heartbeats.setVirtualThreads(true);
        heartbeats.setThreadNamePrefix("mesh-stomp-heartbeat-");
    }

    @Override
    protected void registerStompEndpoints(StompEndpointRegistry registry) {
        // Spring's own rule would come on top of ours, which is the same and knows rebound names besides.
        registry.addEndpoint(stomp.path())
                // By the Jakarta API on every container, as peers are: see docs/adr/0009.
                .setHandshakeHandler(new DefaultHandshakeHandler(new StandardWebSocketUpgradeStrategy()))
                .setAllowedOrigins("*")
                .addInterceptors(new PageGuard(access, origins, this::isFull, counters));
    }

    private boolean isFull() {
        return sessions.count() >= properties.limits().maxSessions();
    }

    /** On the reader's thread: so a client's messages stay in order, and who sends too fast is not read. */
    @Override
    protected void configureClientInboundChannel(ChannelRegistration registration) {
        registration.executor(new SyncTaskExecutor()).interceptors(new KnownCallers());
    }

    /** On the subscription's thread: so what a client does not take waits in its subscription, where it is bounded. */
    @Override
    protected void configureClientOutboundChannel(ChannelRegistration registration) {
        registration.executor(new SyncTaskExecutor());
    }

    @Override
    protected void configureWebSocketTransport(WebSocketTransportRegistration transport) {
        transport.setMessageSizeLimit(
                (int) properties.limits().maxMessageBytes().toBytes() + FRAME_ROOM_BYTES);
        transport.setSendTimeLimit((int) stomp.sendTimeout().toMillis());
        transport.setSendBufferSizeLimit((int) stomp.sendBuffer().toBytes());
        transport.addDecoratorFactory(sessions);
    }

    @Override
    @Bean
    @ConditionalOnMissingBean(name = "simpleBrokerMessageHandler")
    public AbstractBrokerMessageHandler simpleBrokerMessageHandler(
            AbstractSubscribableChannel clientInboundChannel,
            AbstractSubscribableChannel clientOutboundChannel,
            AbstractSubscribableChannel brokerChannel,
            UserDestinationResolver userDestinationResolver) {
        MeshBroker broker = new MeshBroker(
                clientInboundChannel,
                clientOutboundChannel,
                brokerChannel,
                new MeshBroker.Parts(
                        node, node, access, counters, properties.retention().maxAge(), stomp.publishTimeout()));
        broker.setTaskScheduler(heartbeats);
        broker.setHeartbeatValue(new long[] {HEARTBEAT_MILLIS, HEARTBEAT_MILLIS});
        return broker;
    }

    @Bean
    @ConditionalOnMissingBean(name = "meshStompIsEager")
    static LazyInitializationExcludeFilter meshStompIsEager() {
        return EagerBeans.stomp();
    }

    @Bean
    @ConditionalOnMissingBean(name = "meshStompSessions")
    ApplicationListener<SessionDisconnectEvent> meshStompSessions(
            ObjectProvider<AbstractBrokerMessageHandler> brokers) {
        MeshBroker broker = brokers.stream()
                .filter(MeshBroker.class::isInstance)
                .map(MeshBroker.class::cast)
                .findFirst()
                .orElseThrow(() -> new InvalidPropertyException(
                        "mesh.stomp.enabled",
                        "'true' is not possible beside a message broker of the application's own"
                                + " (@EnableWebSocketMessageBroker); leave it out: clients of that broker are reached on"
                                + " every instance all the same (mesh.stomp.bridge)"));
        return event -> broker.forget(event.getSessionId());
    }
}
