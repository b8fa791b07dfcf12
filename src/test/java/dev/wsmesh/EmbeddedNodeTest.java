package dev.wsmesh;

import static dev.wsmesh.TestNode.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.wsmesh.gateway.listener.MeshListener;
import dev.wsmesh.gateway.listener.MeshTemplate;
import dev.wsmesh.node.Mesh;
import dev.wsmesh.node.Message;
import dev.wsmesh.node.PublishOptions;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.messaging.handler.annotation.MessageMapping;
import org.springframework.messaging.handler.annotation.SendTo;
import org.springframework.messaging.simp.config.MessageBrokerRegistry;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.socket.TextMessage;
import org.springframework.web.socket.WebSocketSession;
import org.springframework.web.socket.config.annotation.EnableWebSocket;
import org.springframework.web.socket.config.annotation.EnableWebSocketMessageBroker;
import org.springframework.web.socket.config.annotation.StompEndpointRegistry;
import org.springframework.web.socket.config.annotation.WebSocketConfigurer;
import org.springframework.web.socket.config.annotation.WebSocketHandlerRegistry;
import org.springframework.web.socket.config.annotation.WebSocketMessageBrokerConfigurer;
import org.springframework.web.socket.handler.TextWebSocketHandler;

/** Applications that have the jar, on whichever web server the build has: their own things work beside the node. */
class EmbeddedNodeTest {

    private static final HttpClient http = HttpClient.newHttpClient();

    record Order(String id, int amount) {}

    @SpringBootConfiguration
    @EnableAutoConfiguration
    @RestController
    static class Shop {

        final Queue<Order> orders = new ConcurrentLinkedQueue<>();
        final Queue<Message> messages = new ConcurrentLinkedQueue<>();

        @GetMapping("/mesh")
        String page() {
            return "a page of the application at the mesh's path";
        }

        @MeshListener("orders.*")
        void created(Order order) {
            orders.add(order);
        }

        @MeshListener("orders.>")
        void all(Message message) {
            messages.add(message);
        }
    }

    /** The application answers texts at a path of its own. */
    @Configuration(proxyBeanMethods = false)
    @EnableWebSocket
    static class OwnHandler implements WebSocketConfigurer {

        @Override
        public void registerWebSocketHandlers(WebSocketHandlerRegistry registry) {
            registry.addHandler(
                    new TextWebSocketHandler() {
                        @Override
                        protected void handleTextMessage(WebSocketSession session, TextMessage text) throws Exception {
                            session.sendMessage(new TextMessage("echo " + text.getPayload()));
                        }
                    },
                    "/own");
        }
    }

    /** The application has a broker for STOMP clients. */
    @Configuration(proxyBeanMethods = false)
    @EnableWebSocketMessageBroker
    @Controller
    static class OwnBroker implements WebSocketMessageBrokerConfigurer {

        @Override
        public void registerStompEndpoints(StompEndpointRegistry registry) {
            registry.addEndpoint("/own-stomp");
        }

        @Override
        public void configureMessageBroker(MessageBrokerRegistry registry) {
            registry.enableSimpleBroker("/topic");
            registry.setApplicationDestinationPrefixes("/app");
        }

        @MessageMapping("/greet")
        @SendTo("/topic/greetings")
        String greet(String name) {
            return "hello " + name;
        }
    }

    @Test
    void what_one_application_sends_reaches_the_listeners_of_every_other_and_its_own() throws Exception {
        try (ConfigurableApplicationContext one = start(List.of(Shop.class));
                ConfigurableApplicationContext two =
                        start(List.of(Shop.class), "mesh.peers=ws://localhost:" + port(one) + "/mesh")) {
            assertThat(two.getBean(Mesh.class).awaitPeers(1, PATIENCE)).isTrue();
            MeshTemplate template = two.getBean(MeshTemplate.class);
            template.convertAndSend("orders.created", new Order("o-1", 3), Map.of("Trace", "42"));
            assertThat(template.afterCommit().convertAndSend("orders.eu.created", "too deep for the first"))
                    .isCompleted();
            for (ConfigurableApplicationContext application : List.of(one, two)) {
                Shop shop = application.getBean(Shop.class);
                await().atMost(PATIENCE).until(() -> shop.messages.size() == 2);
                await().atMost(PATIENCE).until(() -> !shop.orders.isEmpty());
                assertThat(shop.orders).containsExactly(new Order("o-1", 3));
                assertThat(shop.messages.element().header("Trace")).isEqualTo("42");
            }
        }
    }

    @Test
    void a_listener_that_fails_shows_in_the_meters() throws Exception {
        try (ConfigurableApplicationContext shop =
                start(List.of(Shop.class), "management.endpoints.web.exposure.include=mesh,metrics,health")) {
            shop.getBean(MeshTemplate.class).convertAndSend("orders.created", "no JSON");
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(get(shop, "/actuator/metrics/mesh.listener.failures"))
                            .contains("\"value\":1.0"));
            assertThat(get(shop, "/actuator/mesh")).contains("\"path\":\"/mesh\"");
            assertThat(get(shop, "/actuator/health")).contains("\"UP\"");
        }
    }

    @Test
    void the_applications_own_paths_and_websocket_handlers_work_beside_it() throws Exception {
        try (ConfigurableApplicationContext shop = start(List.of(Shop.class, OwnHandler.class));
                ConfigurableApplicationContext other =
                        start(List.of(Shop.class), "mesh.peers=ws://localhost:" + port(shop) + "/mesh")) {
            assertThat(other.getBean(Mesh.class).awaitPeers(1, PATIENCE)).isTrue();
            assertThat(get(shop, "/mesh")).isEqualTo("a page of the application at the mesh's path");
            Texts texts = new Texts();
            dial(shop, "/own", texts).sendText("x", true).get(20, TimeUnit.SECONDS);
            await().atMost(PATIENCE).until(() -> texts.received.contains("echo x"));
        }
    }

    @Test
    void the_applications_own_stomp_broker_works_beside_it() throws Exception {
        try (ConfigurableApplicationContext shop = start(List.of(Shop.class, OwnBroker.class));
                ConfigurableApplicationContext other =
                        start(List.of(Shop.class), "mesh.peers=ws://localhost:" + port(shop) + "/mesh")) {
            assertThat(other.getBean(Mesh.class).awaitPeers(1, PATIENCE)).isTrue();
            Texts texts = new Texts();
            WebSocket client = dial(shop, "/own-stomp", texts);
            send(client, "CONNECT\naccept-version:1.2\nhost:x\n\n\0");
            await().atMost(PATIENCE)
                    .until(() -> texts.received.stream().anyMatch(text -> text.startsWith("CONNECTED")));
            send(client, "SUBSCRIBE\nid:1\nreceipt:r\ndestination:/topic/greetings\n\n\0");
            await().atMost(PATIENCE).untilAsserted(() -> {
                send(client, "SEND\ndestination:/app/greet\n\nyou\0");
                await().until(() -> texts.received.stream().anyMatch(text -> text.contains("hello you")));
            });
        }
    }

    @Test
    void an_endpoint_for_stomp_clients_beside_the_applications_own_broker_is_refused_with_the_way_out() {
        assertThatThrownBy(() -> new SpringApplicationBuilder(Shop.class, OwnBroker.class)
                        .run("--server.address=localhost", "--server.port=0", "--mesh.stomp.enabled=true")
                        .close())
                .hasStackTraceContaining("mesh.stomp.enabled: 'true' is not possible beside a message broker");
    }

    @Test
    void the_mesh_publishes_with_the_options_of_a_template() throws Exception {
        try (ConfigurableApplicationContext shop = start(List.of(Shop.class))) {
            PublishOptions impatient = PublishOptions.DEFAULT.toAtLeast(1).within(java.time.Duration.ofMillis(1));
            org.assertj.core.api.Assertions.assertThatExceptionOfType(dev.wsmesh.node.PublishException.class)
                    .isThrownBy(() -> shop.getBean(MeshTemplate.class)
                            .convertAndSend(
                                    "orders.created",
                                    new Order("o-1", 3),
                                    dev.wsmesh.gateway.listener.SendOptions.DEFAULT.with(impatient)));
        }
    }

    static ConfigurableApplicationContext start(List<Class<?>> classes, String... properties) {
        List<String> all = new ArrayList<>(List.of(
                "server.address=localhost",
                "server.port=0",
                "spring.main.banner-mode=off",
                "mesh.presence.enabled=false",
                "mesh.dial.backoff-min=20ms",
                "mesh.dial.backoff-max=100ms"));
        all.addAll(List.of(properties));
        return new SpringApplicationBuilder(classes.toArray(Class<?>[]::new))
                .properties(all.toArray(String[]::new))
                .run();
    }

    private static String port(ConfigurableApplicationContext application) {
        return application.getEnvironment().getRequiredProperty("local.server.port");
    }

    private static String get(ConfigurableApplicationContext application, String path) throws Exception {
        URI uri = URI.create("http://localhost:" + port(application) + path);
        return http.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString())
                .body();
    }

    private static WebSocket dial(ConfigurableApplicationContext application, String path, Texts texts)
            throws Exception {
        URI uri = URI.create("ws://localhost:" + port(application) + path);
        return http.newWebSocketBuilder().buildAsync(uri, texts).get(20, TimeUnit.SECONDS);
    }

    private static void send(WebSocket client, String frame) throws Exception {
        CompletableFuture<WebSocket> sent = client.sendText(frame, true);
        assertThat(sent.get(20, TimeUnit.SECONDS)).isSameAs(client);
    }

    /** Keeps the texts that a WebSocket client receives. */
    private static final class Texts implements WebSocket.Listener {

        final Queue<String> received = new ConcurrentLinkedQueue<>();

        @Override
        public @Nullable CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
            received.add(data.toString());
            socket.request(1);
            return null;
        }
    }
}
