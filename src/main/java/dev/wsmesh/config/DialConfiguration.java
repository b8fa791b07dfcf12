package dev.wsmesh.config;

import dev.wsmesh.websocket.Connector;
import java.security.NoSuchAlgorithmException;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.ConfigurableEnvironment;

/** How peers are reached, proxies and TLS; and that certificates are renewed. */
@Configuration(proxyBeanMethods = false)
class DialConfiguration {

    @Bean
    @ConditionalOnMissingBean
    Connector meshConnector(
            MeshProperties properties, ObjectProvider<SslBundles> bundles, ConfigurableEnvironment environment) {
        requireClient("mesh.ssl.bundle", properties.ssl().bundle());
        requireClient(MeshProperties.PROXY, properties.proxy());
        return new Connector(
                properties.dial().timeout(),
                sslContext(properties.ssl().bundle(), bundles),
                ProxySource.settings(properties.proxy(), environment.getSystemEnvironment()));
    }

    @Bean
    @ConditionalOnMissingBean
    @ConditionalOnClass(name = "org.eclipse.jetty.server.SslConnectionFactory")
    RenewedJetty meshRenewedJetty(ConfigurableEnvironment environment, ObjectProvider<SslBundles> bundles) {
        return new RenewedJetty(environment, bundles);
    }

    /** Going past a proxy, or trusting others than was said, would be worse than not starting. */
    private static void requireClient(String property, @Nullable String value) {
        if (value != null && !Connector.knowsProxiesAndTls()) {
            throw new InvalidPropertyException(
                    property,
                    "it needs Tomcat's WebSocket client, which serves beside any web server; add the dependency"
                            + " org.apache.tomcat.embed:tomcat-embed-websocket");
        }
    }

    private static Supplier<SSLContext> sslContext(@Nullable String bundle, ObjectProvider<SslBundles> bundles) {
        return bundle == null ? DialConfiguration::platformTrust : RenewedSslContext.of(bundle, bundles.getObject());
    }

    private static SSLContext platformTrust() {
        try {
            return SSLContext.getDefault();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("the Java platform has no usable trust", e);
        }
    }
}
