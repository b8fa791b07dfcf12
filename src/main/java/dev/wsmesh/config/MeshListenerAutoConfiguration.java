package dev.wsmesh.config;

import dev.wsmesh.gateway.listener.MeshListenerRegistrar;
import dev.wsmesh.gateway.listener.MeshMessageConverter;
import dev.wsmesh.gateway.listener.MeshTemplate;
import dev.wsmesh.node.Mesh;
import dev.wsmesh.node.MeshCounters;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.LazyInitializationExcludeFilter;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.messaging.converter.JacksonJsonMessageConverter;
import org.springframework.messaging.converter.MessageConverter;
import org.springframework.messaging.handler.invocation.InvocableHandlerMethod;
import org.springframework.validation.Validator;
import tools.jackson.databind.json.JsonMapper;

/** Listening methods and the template, wherever there is a mesh: the node's, or one that a test put in its place. */
@AutoConfiguration(after = MeshAutoConfiguration.class)
@ConditionalOnClass(InvocableHandlerMethod.class)
@ConditionalOnBean(Mesh.class)
@EnableConfigurationProperties(MeshProperties.class)
public final class MeshListenerAutoConfiguration {

    private static final String CONVERTER = "meshMessageConverter";

    /** No candidate for others that ask for a message converter: it is the mesh's. */
    @Bean(name = CONVERTER, defaultCandidate = false)
    @ConditionalOnMissingBean(name = CONVERTER)
    MessageConverter meshMessageConverter(ObjectProvider<JsonMapper> mapper) {
        return new MeshMessageConverter(new JacksonJsonMessageConverter(mapper.getIfAvailable(JsonMapper::new)));
    }

    @Bean
    @ConditionalOnMissingBean
    MeshTemplate meshTemplate(Mesh mesh, @Qualifier(CONVERTER) MessageConverter converter) {
        return new MeshTemplate(mesh, converter);
    }

    @Bean
    @ConditionalOnMissingBean(name = "meshListenersAreEager")
    static LazyInitializationExcludeFilter meshListenersAreEager() {
        return EagerBeans.listeners();
    }

    @Bean
    @ConditionalOnMissingBean
    static MeshListenerRegistrar meshListenerRegistrar(
            ObjectProvider<Mesh> mesh,
            @Qualifier(CONVERTER) ObjectProvider<MessageConverter> converter,
            ObjectProvider<Validator> validator,
            ObjectProvider<MeshCounters> counters,
            ObjectProvider<MeshProperties> properties) {
        return new MeshListenerRegistrar(
                () -> new MeshListenerRegistrar.Parts(
                        mesh.getObject(),
                        converter.getObject(),
                        validator.getIfUnique(),
                        counters.getIfAvailable(MeshCounters::new),
                        properties.getObject().subscriptions().limits()),
                MeshLifecycle.PHASE - 1);
    }
}
