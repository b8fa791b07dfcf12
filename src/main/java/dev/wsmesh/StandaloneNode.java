package dev.wsmesh;

import dev.wsmesh.cli.NodeStarter;
import dev.wsmesh.config.FailureMessage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Properties;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.io.ClassPathResource;
import org.springframework.core.io.support.PropertiesLoaderUtils;

/** Starts nodes as Spring applications of their own, with the defaults of a program instead of a library. */
final class StandaloneNode implements NodeStarter {

    /** Lowest in precedence, and not an application.yml: that would hide the one of an application that embeds the jar. */
    private static final String DEFAULTS = "dev/wsmesh/standalone.properties";

    @Override
    public AutoCloseable start(List<String> springArguments) throws StartFailure {
        SpringApplication application = new SpringApplication(WsmeshApplication.class);
        application.setDefaultProperties(defaults());
        application.setLogStartupInfo(false);
        try {
            ConfigurableApplicationContext context = application.run(springArguments.toArray(String[]::new));
            LeaveWatchdog.watch(context);
            return context;
        } catch (RuntimeException e) {
            throw FailureMessage.of(e)
                    .map(message -> new StartFailure(message.text(), message.usersMistake()))
                    .orElseThrow(() -> e);
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
