package dev.wsmesh;

import org.apache.catalina.Container;
import org.apache.catalina.core.StandardContext;
import org.apache.catalina.startup.Tomcat;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.web.server.WebServer;

/**
 * Tomcat that stops waits two seconds for requests that are under way. By then the graceful shutdown has waited for them already, and
 * what is left are streams of clients that do not read: with these seconds leaving could take longer than it may.
 */
final class TomcatStop {

    private static final String TOMCAT = "org.springframework.boot.tomcat.";

    private static final Logger log = LoggerFactory.getLogger(TomcatStop.class);

    private TomcatStop() {}

    /** Boot's class is asked by name, because a node on Jetty is built without it. */
    static void withoutDelay(WebServer server) {
        if (!server.getClass().getName().startsWith(TOMCAT)) {
            return;
        }
        try {
            if (server.getClass().getMethod("getTomcat").invoke(server) instanceof Tomcat tomcat) {
                for (Container container : tomcat.getHost().findChildren()) {
                    if (container instanceof StandardContext context) {
                        context.setUnloadDelay(0);
                    }
                }
            }
        } catch (ReflectiveOperationException e) {
            log.warn("Tomcat may wait two seconds for streams when it stops", e);
        }
    }
}
