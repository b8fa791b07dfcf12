package dev.wsmesh.websocket;

import static dev.wsmesh.TestNode.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.web.socket.BinaryMessage;
import org.springframework.web.socket.WebSocketSession;
import org.springframework.web.socket.client.standard.StandardWebSocketClient;
import org.springframework.web.socket.config.annotation.EnableWebSocket;
import org.springframework.web.socket.config.annotation.WebSocketConfigurer;
import org.springframework.web.socket.config.annotation.WebSocketHandlerRegistry;
import org.springframework.web.socket.handler.AbstractWebSocketHandler;

/**
 * A part that fills its array is nobody else's, which {@link FrameAssembler} relies on: the container does not use it again for
 * what comes next. By accepted and dialled sessions of whichever container the build has.
 */
class PartsOfTheirOwnTest {

    /** About the sizes of the containers' buffers: parts of exactly that size would fill one. */
    private static final int[] SIZES = {1, 4_095, 4_096, 4_097, 8_191, 8_192, 8_193, 16_384, 20_000, 65_536};

    private static final int ROUNDS = 3;

    /** Keeps what it is given as it is. */
    static class Keeper extends AbstractWebSocketHandler {

        private final Queue<ByteBuffer> parts = new ConcurrentLinkedQueue<>();
        private final AtomicInteger received = new AtomicInteger();

        @Override
        protected void handleBinaryMessage(WebSocketSession session, BinaryMessage part) throws IOException {
            parts.add(part.getPayload());
            received.addAndGet(part.getPayload().remaining());
        }

        @Override
        public boolean supportsPartialMessages() {
            return true;
        }

        byte[] all() {
            ByteArrayOutputStream all = new ByteArrayOutputStream();
            parts.forEach(part -> {
                assertThat(part.hasArray()).isTrue();
                all.write(part.array(), part.arrayOffset() + part.position(), part.remaining());
            });
            return all.toByteArray();
        }
    }

    @SpringBootConfiguration
    @EnableAutoConfiguration
    @EnableWebSocket
    static class App implements WebSocketConfigurer {

        final Keeper accepted = new Keeper() {
            @Override
            public void afterConnectionEstablished(WebSocketSession session) throws IOException {
                sendAll(session);
            }
        };

        @Override
        public void registerWebSocketHandlers(WebSocketHandlerRegistry registry) {
            registry.addHandler(accepted, "/parts");
        }
    }

    @Test
    void what_has_been_handed_over_stays_as_it_is_while_more_comes() throws Exception {
        try (ConfigurableApplicationContext app = new SpringApplicationBuilder(App.class)
                .run("--server.address=localhost", "--server.port=0", "--spring.main.banner-mode=off")) {
            String port = app.getEnvironment().getRequiredProperty("local.server.port");
            Keeper dialled = new Keeper();
            try (WebSocketSession session = new StandardWebSocketClient()
                    .execute(dialled, "ws://localhost:" + port + "/parts")
                    .get(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                sendAll(session);
                assertKept(dialled);
                assertKept(app.getBean(App.class).accepted);
            }
        }
    }

    private static void assertKept(Keeper keeper) {
        byte[] expected = expected();
        await().atMost(PATIENCE).until(() -> keeper.received.get() == expected.length);
        assertThat(Arrays.equals(keeper.all(), expected)).isTrue();
    }

    private static void sendAll(WebSocketSession session) throws IOException {
        for (int i = 0; i < ROUNDS * SIZES.length; i++) {
            session.sendMessage(new BinaryMessage(message(i)));
        }
    }

    private static byte[] expected() {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (int i = 0; i < ROUNDS * SIZES.length; i++) {
            all.writeBytes(message(i));
        }
        return all.toByteArray();
    }

    private static byte[] message(int index) {
        byte[] message = new byte[SIZES[index % SIZES.length]];
        Arrays.fill(message, (byte) (index + 1));
        return message;
    }
}
