package dev.wsmesh.config;

import dev.wsmesh.gateway.AccessRules;
import dev.wsmesh.gateway.OriginRule;
import dev.wsmesh.gateway.http.ApiErrors;
import dev.wsmesh.gateway.http.HttpGateway;
import dev.wsmesh.node.MeshCounters;
import dev.wsmesh.node.MeshNode;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.web.server.autoconfigure.ServerProperties;
import org.springframework.boot.webmvc.autoconfigure.error.BasicErrorController;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.env.Environment;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;
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
    ApiErrors meshApiErrors(
            MeshProperties properties,
            ObjectProvider<ServerProperties> server,
            Environment environment,
            MeshCounters counters) {
        String application = ApplicationPath.of(server.getIfAvailable(), environment);
        return new ApiErrors(application + properties.gateway().path(), BasicErrorController.class, counters);
    }

    @Bean
    @ConditionalOnMissingBean(name = "meshApiErrorsConfigurer")
    WebMvcConfigurer meshApiErrorsConfigurer(ApiErrors errors) {
        return new WebMvcConfigurer() {
            @Override
            public void addInterceptors(InterceptorRegistry registry) {
                registry.addInterceptor(errors);
            }
        };
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(name = "org.apache.catalina.valves.ValveBase")
    static class OnTomcat {

        @Bean
        @ConditionalOnMissingBean
        TomcatRefusals meshTomcatRefusals(ApiErrors errors) {
            return new TomcatRefusals(errors);
        }
    }

    @Bean
    @ConditionalOnMissingBean
    GatewayLifecycle meshGatewayLifecycle(HttpGateway gateway) {
        return new GatewayLifecycle(gateway);
    }
}
