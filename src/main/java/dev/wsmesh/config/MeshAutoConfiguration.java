package dev.wsmesh.config;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Import;
import org.springframework.web.servlet.DispatcherServlet;
import org.springframework.web.socket.server.support.WebSocketHandlerMapping;

/**
 * A node on the web server of the application that has the jar. The program is such an application, with defaults of its own.
 * {@code mesh.enabled=false} leaves all of it out.
 */
@AutoConfiguration
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@ConditionalOnClass({DispatcherServlet.class, WebSocketHandlerMapping.class})
@ConditionalOnBooleanProperty(name = "mesh.enabled", matchIfMissing = true)
@Import(MeshConfiguration.class)
public final class MeshAutoConfiguration {}
