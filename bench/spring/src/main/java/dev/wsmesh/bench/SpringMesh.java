package dev.wsmesh.bench;

import jakarta.websocket.ContainerProvider;
import jakarta.websocket.WebSocketContainer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.web.socket.BinaryMessage;
import org.springframework.web.socket.WebSocketSession;
import org.springframework.web.socket.client.standard.StandardWebSocketClient;
import org.springframework.web.socket.config.annotation.EnableWebSocket;
import org.springframework.web.socket.config.annotation.WebSocketConfigurer;
import org.springframework.web.socket.config.annotation.WebSocketHandlerRegistry;
import org.springframework.web.socket.handler.BinaryWebSocketHandler;
import org.springframework.web.socket.server.standard.ServletServerContainerFactoryBean;

/**
 * A raw prototype on whatever servlet container is on the class path: node i dials every j below i, one link for a
 * pair, many messages in one WebSocket message.
 */
public final class SpringMesh extends BinaryWebSocketHandler implements MeshSystem {

    private static final int BATCH = 64 << 10;

    private final List<LinkQueue> links = new CopyOnWriteArrayList<>();
    private Setup setup;
    private Consumer<ByteBuffer> onMessage;

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @EnableWebSocket
    static class App implements WebSocketConfigurer {

        private final SpringMesh mesh;

        App(SpringMesh mesh) {
            this.mesh = mesh;
        }

        @Override
        public void registerWebSocketHandlers(WebSocketHandlerRegistry registry) {
            registry.addHandler(mesh, "/mesh");
        }

        @Bean
        ServletServerContainerFactoryBean serverContainer() {
            ServletServerContainerFactoryBean container = new ServletServerContainerFactoryBean();
            container.setMaxBinaryMessageBufferSize(BATCH);
            return container;
        }
    }

    @Override
    public void start(Setup setup, Consumer<ByteBuffer> onMessage) throws InterruptedException {
        this.setup = setup;
        this.onMessage = onMessage;
        new SpringApplicationBuilder(App.class)
                .initializers(context -> ((GenericApplicationContext) context).registerBean(SpringMesh.class, () -> this))
                .properties(properties(setup))
                .run();
        WebSocketContainer container = ContainerProvider.getWebSocketContainer();
        container.setDefaultMaxBinaryMessageBufferSize(BATCH);
        StandardWebSocketClient client = new StandardWebSocketClient(container);
        for (int other = 0; other < setup.index(); other++) {
            dial(client, "ws://" + Setup.HOST + ":" + setup.ports()[other] + "/mesh");
        }
    }

    private static Map<String, Object> properties(Setup setup) {
        Map<String, Object> properties = new HashMap<>(Map.of("server.address", Setup.HOST, "server.port", setup.port(),
                "spring.main.banner-mode", "off", "logging.level.root", "warn"));
        setup.options().forEach((name, value) -> {
            if (name.contains(".")) {
                properties.put(name, value);
            }
        });
        return properties;
    }

    private void dial(StandardWebSocketClient client, String uri) throws InterruptedException {
        while (true) {
            try {
                client.execute(this, uri).get();
                return;
            } catch (ExecutionException e) {
                Thread.sleep(50); // not up yet
            }
        }
    }

    @Override
    public boolean converged() {
        return links.size() == setup.nodes() - 1;
    }

    @Override
    public void publish(byte[] payload) throws InterruptedException {
        if (4 + payload.length > BATCH) {
            throw new IllegalArgumentException("longer than " + BATCH);
        }
        for (LinkQueue link : links) {
            link.put(payload);
        }
    }

    @Override
    public void afterConnectionEstablished(WebSocketSession session) {
        LinkQueue link = new LinkQueue();
        links.add(link);
        Thread.ofVirtual().name("write").start(() -> write(link, session));
    }

    private static void write(LinkQueue link, WebSocketSession session) {
        try {
            for (ByteBuffer batch = ByteBuffer.allocate(BATCH); ; batch.clear()) {
                link.drainTo(batch);
                session.sendMessage(new BinaryMessage(batch.flip()));
            }
        } catch (IOException | InterruptedException e) {
            e.printStackTrace();
        }
    }

    @Override
    protected void handleBinaryMessage(WebSocketSession session, BinaryMessage message) {
        for (ByteBuffer batch = message.getPayload(); batch.hasRemaining(); ) {
            int length = batch.getInt();
            onMessage.accept(batch.slice(batch.position(), length));
            batch.position(batch.position() + length);
        }
    }

    @Override
    public void handleTransportError(WebSocketSession session, Throwable error) {
        error.printStackTrace();
    }
}
