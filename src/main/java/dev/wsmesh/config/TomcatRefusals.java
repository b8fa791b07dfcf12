package dev.wsmesh.config;

import dev.wsmesh.gateway.http.ApiErrors;
import jakarta.servlet.ServletException;
import java.io.IOException;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.startup.Tomcat;
import org.apache.catalina.valves.ValveBase;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.web.server.WebServer;
import org.springframework.boot.web.server.context.WebServerInitializedEvent;
import org.springframework.context.ApplicationListener;

/**
 * What Tomcat refuses comes to no application, and no error page of one: an address with %2F in it, for example. So a valve in front of
 * all others answers it, where the address is the gateway's.
 */
final class TomcatRefusals implements ApplicationListener<WebServerInitializedEvent> {

    private static final Logger log = LoggerFactory.getLogger(TomcatRefusals.class);

    private static final String TOMCAT = "org.springframework.boot.tomcat.";

    private final ApiErrors errors;

    TomcatRefusals(ApiErrors errors) {
        this.errors = errors;
    }

    @Override
    public void onApplicationEvent(WebServerInitializedEvent event) {
        // A server with a namespace of its own is the one of a management port.
        if (event.getApplicationContext().getServerNamespace() == null) {
            answerOn(event.getWebServer());
        }
    }

    /** Boot's class is asked by name, because a node on Jetty is built without it. */
    private void answerOn(WebServer server) {
        if (!server.getClass().getName().startsWith(TOMCAT)) {
            return;
        }
        try {
            if (server.getClass().getMethod("getTomcat").invoke(server) instanceof Tomcat tomcat) {
                tomcat.getEngine().getPipeline().addValve(new Answering(errors));
            }
        } catch (ReflectiveOperationException e) {
            log.warn("what Tomcat refuses by itself is answered in its own words", e);
        }
    }

    private static final class Answering extends ValveBase {

        private final ApiErrors errors;

        private Answering(ApiErrors errors) {
            super(true);
            this.errors = errors;
        }

        @Override
        public void invoke(Request request, Response response) throws IOException, ServletException {
            String uri = request.getRequestURI();
            if (response.isErrorReportRequired()
                    && !response.isCommitted()
                    && errors.isOurs(uri)
                    && response.setErrorReported()) {
                response.setSuspended(false);
                errors.answer(uri, response.getStatus(), response);
            } else {
                getNext().invoke(request, response);
            }
        }
    }
}
