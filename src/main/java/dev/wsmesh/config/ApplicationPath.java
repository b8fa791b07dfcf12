package dev.wsmesh.config;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.web.server.autoconfigure.ServerProperties;
import org.springframework.core.env.Environment;

/** What stands before all paths of an application in its URLs, without a slash at the end. */
final class ApplicationPath {

    private ApplicationPath() {}

    static String of(@Nullable ServerProperties server, Environment environment) {
        String context = server == null ? null : server.getServlet().getContextPath();
        String path = (context == null ? "" : context) + environment.getProperty("spring.mvc.servlet.path", "/");
        return path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
    }
}
