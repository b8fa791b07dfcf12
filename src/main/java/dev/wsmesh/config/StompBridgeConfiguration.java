package dev.wsmesh.config;

import dev.wsmesh.gateway.stomp.BridgedMessages;
import dev.wsmesh.gateway.stomp.MeshBridge;
import dev.wsmesh.gateway.stomp.MeshBroker;
import dev.wsmesh.gateway.stomp.UserDestinations;
import dev.wsmesh.node.MeshNode;
import dev.wsmesh.node.PublishOptions;
import dev.wsmesh.node.SubscribeOptions;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.messaging.simp.broker.SimpleBrokerMessageHandler;
import org.springframework.messaging.simp.user.DefaultUserDestinationResolver;
import org.springframework.messaging.simp.user.SimpUserRegistry;
import org.springframework.messaging.simp.user.UserDestinationResolver;
import org.springframework.messaging.support.AbstractSubscribableChannel;

/** Joins the simple broker of an application that embeds the node with those of its other instances; without one, nothing. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnProperty(name = "mesh.stomp.bridge", matchIfMissing = true)
class StompBridgeConfiguration {

    /** Spring's, where the resolver is not its own. */
    private static final String USER_PREFIX = "/user/";

    @Bean
    @ConditionalOnMissingBean(name = "meshStompBridge")
    SmartInitializingSingleton meshStompBridge(
            MeshNode node,
            LocalIdentity identity,
            MeshProperties properties,
            ObjectProvider<SimpleBrokerMessageHandler> broker,
            @Qualifier("clientInboundChannel") ObjectProvider<AbstractSubscribableChannel> clientInboundChannel,
            @Qualifier("brokerChannel") ObjectProvider<AbstractSubscribableChannel> brokerChannel,
            ObjectProvider<UserDestinationResolver> resolver,
            ObjectProvider<SimpUserRegistry> users) {
        return () -> broker.ifUnique(own -> {
            if (own instanceof MeshBroker) {
                return;
            }
            AbstractSubscribableChannel toBroker = brokerChannel.getObject();
            MeshBridge bridge = new MeshBridge(
                    node::publishOwn,
                    identity.id(),
                    toBroker,
                    new UserDestinations(prefix(resolver.getIfUnique()), users.getObject()),
                    new BridgedMessages(
                            PublishOptions.DEFAULT.within(properties.stomp().publishTimeout())));
            toBroker.addInterceptor(bridge);
            clientInboundChannel.getObject().addInterceptor(bridge);
            node.subscribe(SubscribeOptions.to(MeshBridge.TOPIC.name()), bridge);
        });
    }

    private static String prefix(@org.jspecify.annotations.Nullable UserDestinationResolver resolver) {
        return resolver instanceof DefaultUserDestinationResolver usual ? usual.getDestinationPrefix() : USER_PREFIX;
    }
}
