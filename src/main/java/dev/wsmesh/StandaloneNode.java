package dev.wsmesh;

import dev.wsmesh.cli.NodeStarter;
import dev.wsmesh.cli.RunningNode;
import dev.wsmesh.config.FailureMessage;
import dev.wsmesh.node.Mesh;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Properties;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.io.ClassPathResource;
import org.springframework.core.io.support.PropertiesLoaderUtils;

/** Starts nodes as Spring applications of their own, with the defaults of a program instead of a library. */
final class StandaloneNode implements NodeStarter {

    /** Lowest in precedence, and not an application.yml: that would hide the one of an application that embeds the jar. */
    private static final String DEFAULTS = "dev/wsmesh/standalone.properties";

    private static final ScopedValue<Boolean> STARTING = ScopedValue.newInstance();

    /** Whether the current thread is starting a node, whose failure is told by this class. */
    static boolean isStarting() {
        return STARTING.isBound();
    }

    @Override
    public RunningNode start(List<String> springArguments) throws StartFailure {
        return running(run(springArguments));
    }

    /** An application that {@link #run} has started. */
    static RunningNode running(ConfigurableApplicationContext context) {
        return new RunningContext(context);
    }

    /** Starts the application of a node. */
    ConfigurableApplicationContext run(List<String> springArguments) throws StartFailure {
        SpringApplication application = new SpringApplication(WsmeshApplication.class);
        application.setDefaultProperties(defaults());
        application.setLogStartupInfo(false);
        try {
            ConfigurableApplicationContext context = ScopedValue.where(STARTING, true)
                    .call(() -> application.run(springArguments.toArray(String[]::new)));
            if (context instanceof WebServerApplicationContext web && web.getWebServer() != null) {
                TomcatStop.withoutDelay(web.getWebServer());
            }
            return context;
        } catch (RuntimeException e) {
            FailureMessage message = FailureMessage.of(e).orElseThrow(() -> e);
            throw new StartFailure(message.text(), message.usersMistake());
        }
    }

    private record RunningContext(ConfigurableApplicationContext context) implements RunningNode {

        @Override
        public Mesh mesh() {
            return context.getBean(Mesh.class);
        }

        @Override
        public void close() {
            context.close();
        }
    }

    private static Properties defaults() {
        try {
            return PropertiesLoaderUtils.loadProperties(new ClassPathResource(DEFAULTS));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
