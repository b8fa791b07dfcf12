package dev.wsmesh;

import org.apache.catalina.core.StandardContext;
import org.springframework.boot.tomcat.ConfigurableTomcatWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;

/**
 * Tomcat that stops waits two seconds for requests that are under way. By then the graceful shutdown has waited for them already, and
 * what is left are streams of clients that do not read: with these seconds leaving could take longer than it may.
 */
final class TomcatStop implements WebServerFactoryCustomizer<ConfigurableTomcatWebServerFactory> {

    @Override
    public void customize(ConfigurableTomcatWebServerFactory factory) {
        factory.addContextCustomizers(context -> {
            if (context instanceof StandardContext standard) {
                standard.setUnloadDelay(0);
            }
        });
    }
}
