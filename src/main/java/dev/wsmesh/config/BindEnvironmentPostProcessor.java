package dev.wsmesh.config;

import dev.wsmesh.node.BindAddress;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.context.config.ConfigDataEnvironmentPostProcessor;
import org.springframework.core.Ordered;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;

/** Makes the web server listen where {@code mesh.bind} says, if it says anything, wherever it was set. */
public final class BindEnvironmentPostProcessor implements EnvironmentPostProcessor, Ordered {

    static final String PROPERTY = "mesh.bind";

    @Override
    public void postProcessEnvironment(ConfigurableEnvironment environment, SpringApplication application) {
        @Nullable String bind = environment.getProperty(PROPERTY);
        if (bind == null) {
            return;
        }
        BindAddress address = Rules.parse(PROPERTY, bind, BindAddress::parse);
        String host = address.host().equals("*") ? "0.0.0.0" : address.host();
        Map<String, Object> server = Map.of("server.address", host, "server.port", address.port());
        environment.getPropertySources().addFirst(new MapPropertySource(PROPERTY, server));
    }

    /** After the configuration files have been read. */
    @Override
    public int getOrder() {
        return ConfigDataEnvironmentPostProcessor.ORDER + 1;
    }
}
