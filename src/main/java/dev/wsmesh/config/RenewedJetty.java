package dev.wsmesh.config;

import java.lang.reflect.Method;
import java.security.KeyStore;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.web.server.context.WebServerInitializedEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.core.env.Environment;
import org.springframework.util.ReflectionUtils;

/**
 * Has a running Jetty show the certificates of its SSL bundle when the bundle's files are renewed. Spring Boot 4.1 does so for
 * Tomcat and Netty alone. Classes of Jetty are not named, because most programs do not have them.
 */
final class RenewedJetty implements ApplicationListener<WebServerInitializedEvent> {

    private static final Logger log = LoggerFactory.getLogger(RenewedJetty.class);

    private static final String WEB_SERVER = "org.springframework.boot.jetty.";
    private static final String TLS = "org.eclipse.jetty.server.SslConnectionFactory";

    private final Environment environment;
    private final ObjectProvider<SslBundles> bundles;

    RenewedJetty(Environment environment, ObjectProvider<SslBundles> bundles) {
        this.environment = environment;
        this.bundles = bundles;
    }

    @Override
    public void onApplicationEvent(WebServerInitializedEvent event) {
        String bundle = environment.getProperty("server.ssl.bundle");
        // A server with a namespace of its own is the one of a management port.
        boolean main = event.getApplicationContext().getServerNamespace() == null;
        if (bundle == null || !main || !isOfJetty(event.getWebServer())) {
            return;
        }
        List<Object> contexts = contexts(event.getWebServer());
        bundles.getObject().addBundleUpdateHandler(bundle, renewed -> renew(bundle, renewed, contexts));
    }

    private static boolean isOfJetty(Object webServer) {
        for (Class<?> type = webServer.getClass(); type != null; type = type.getSuperclass()) {
            if (type.getName().startsWith(WEB_SERVER)) {
                return true;
            }
        }
        return false;
    }

    /** The SslContextFactory of each connector that speaks TLS. */
    private static List<Object> contexts(Object webServer) {
        Object[] connectors = (Object[]) call(call(webServer, "getServer"), "getConnectors");
        return Arrays.stream(connectors)
                .flatMap(connector -> ((Collection<?>) call(connector, "getConnectionFactories")).stream())
                .filter(factory -> factory.getClass().getName().equals(TLS))
                .map(factory -> call(factory, "getSslContextFactory"))
                .toList();
    }

    private static void renew(String bundle, SslBundle renewed, List<Object> contexts) {
        try {
            // What cannot be used fails here, where it harms nobody.
            Objects.requireNonNull(renewed.createSslContext());
            Consumer<Object> stores = context -> {
                set(context, "setKeyStore", renewed.getStores().getKeyStore());
                set(context, "setTrustStore", renewed.getStores().getTrustStore());
            };
            contexts.forEach(context -> reload(context, stores));
            log.info("the web server shows the renewed SSL bundle '{}'", bundle);
        } catch (RuntimeException e) {
            log.error("the renewed SSL bundle '{}' cannot be used by the web server", bundle, e);
        }
    }

    private static void reload(Object context, Consumer<Object> change) {
        ReflectionUtils.invokeMethod(method(context, "reload", Consumer.class), context, change);
    }

    private static void set(Object context, String setter, @Nullable KeyStore store) {
        ReflectionUtils.invokeMethod(method(context, setter, KeyStore.class), context, store);
    }

    private static Object call(Object target, String getter) {
        return Objects.requireNonNull(ReflectionUtils.invokeMethod(method(target, getter), target));
    }

    private static Method method(Object target, String name, Class<?>... parameters) {
        return Objects.requireNonNull(ReflectionUtils.findMethod(target.getClass(), name, parameters), name);
    }
}
