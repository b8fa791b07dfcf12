package dev.wsmesh.gateway.stomp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.wsmesh.TestNode;
import dev.wsmesh.node.Mesh;
import java.security.Principal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.http.server.ServerHttpRequest;
import org.springframework.messaging.handler.annotation.MessageMapping;
import org.springframework.messaging.handler.annotation.SendTo;
import org.springframework.messaging.simp.SimpMessageHeaderAccessor;
import org.springframework.messaging.simp.SimpMessagingTemplate;
import org.springframework.messaging.simp.annotation.SendToUser;
import org.springframework.messaging.simp.config.MessageBrokerRegistry;
import org.springframework.messaging.simp.stomp.StompHeaders;
import org.springframework.messaging.simp.user.SimpUserRegistry;
import org.springframework.stereotype.Controller;
import org.springframework.web.socket.WebSocketHandler;
import org.springframework.web.socket.WebSocketHttpHeaders;
import org.springframework.web.socket.config.annotation.EnableWebSocketMessageBroker;
import org.springframework.web.socket.config.annotation.StompEndpointRegistry;
import org.springframework.web.socket.config.annotation.WebSocketMessageBrokerConfigurer;
import org.springframework.web.socket.server.support.DefaultHandshakeHandler;

/** Two instances of an application that has a simple broker of its own, and a node beside it. */
class BrokerBridgeTest {

    @SpringBootConfiguration
    @EnableAutoConfiguration
    @EnableWebSocketMessageBroker
    static class Application implements WebSocketMessageBrokerConfigurer {
        @Override
        public void registerStompEndpoints(StompEndpointRegistry registry) {
            registry.addEndpoint("/ws").setHandshakeHandler(new ByHeader());
        }

        @Override
        public void configureMessageBroker(MessageBrokerRegistry registry) {
            registry.enableSimpleBroker("/topic", "/queue");
            registry.setApplicationDestinationPrefixes("/app");
            registry.setPreservePublishOrder(true);
        }

        @Bean
        Chat chat() {
            return new Chat();
        }
    }

    @Controller
    static class Chat {
        @MessageMapping("say")
        @SendTo("/topic/chat")
        public String say(String words) {
            return words + "!";
        }

        @MessageMapping("ask")
        @SendToUser(destinations = "/queue/answers", broadcast = false)
        public String ask(String question) {
            return question + "? 42";
        }
    }

    /** Whoever says so is that user. */
    private static final class ByHeader extends DefaultHandshakeHandler {
        @Override
        protected @Nullable Principal determineUser(
                ServerHttpRequest request, WebSocketHandler handler, Map<String, Object> attributes) {
            String name = request.getHeaders().getFirst("Test-User");
            return name == null ? null : () -> name;
        }
    }

    private final List<ConfigurableApplicationContext> instances = new ArrayList<>();

    @BeforeEach
    void startTwoInstances() throws Exception {
        ConfigurableApplicationContext first = start();
        ConfigurableApplicationContext second = start("--mesh.peers=ws://localhost:" + port(first) + "/mesh");
        assertThat(first.getBean(Mesh.class).awaitPeers(1, TestNode.PATIENCE)).isTrue();
        assertThat(second.getBean(Mesh.class).awaitPeers(1, TestNode.PATIENCE)).isTrue();
    }

    @AfterEach
    void stop() {
        instances.reversed().forEach(ConfigurableApplicationContext::close);
    }

    private ConfigurableApplicationContext start(String... more) {
        List<String> arguments = new ArrayList<>(List.of(
                "--server.port=0",
                "--server.address=localhost",
                "--mesh.presence.enabled=false",
                "--logging.level.root=WARN"));
        arguments.addAll(List.of(more));
        instances.add(new SpringApplication(Application.class).run(arguments.toArray(String[]::new)));
        return instances.getLast();
    }

    private static String port(ConfigurableApplicationContext instance) {
        return instance.getEnvironment().getRequiredProperty("local.server.port");
    }

    private StompPeer client(int instance) throws Exception {
        return StompPeer.connect("ws://localhost:" + port(instances.get(instance)) + "/ws");
    }

    private StompPeer client(int instance, String user) throws Exception {
        WebSocketHttpHeaders headers = new WebSocketHttpHeaders();
        headers.add("Test-User", user);
        return StompPeer.connect("ws://localhost:" + port(instances.get(instance)) + "/ws", headers);
    }

    private SimpMessagingTemplate template(int instance) {
        return instances.get(instance).getBean(SimpMessagingTemplate.class);
    }

    @Test
    void what_the_application_sends_reaches_the_clients_of_every_instance_once_and_in_order() throws Exception {
        List<String> texts = IntStream.range(0, 200).mapToObj(i -> "news " + i).toList();
        try (StompPeer near = client(0).subscribe("/topic/news");
                StompPeer far = client(1).subscribe("/topic/news")) {
            awaitSubscribed(near, far);
            texts.forEach(text -> template(0).convertAndSend("/topic/news", text));
            near.awaitTexts(texts);
            far.awaitTexts(texts);
            template(1).convertAndSend("/topic/news", "back");
            List<String> all = new ArrayList<>(texts);
            all.add("back");
            near.awaitTexts(all);
            far.awaitTexts(all);
        }
    }

    @Test
    void what_a_client_sends_reaches_clients_of_other_instances_and_no_controller_twice() throws Exception {
        try (StompPeer near = client(0).subscribe("/topic/chat");
                StompPeer far = client(1).subscribe("/topic/chat");
                StompPeer sender = client(1)) {
            awaitSubscribed(near, far);
            sender.fire("/topic/chat", "hello");
            near.awaitTexts(List.of("hello"));
            far.awaitTexts(List.of("hello"));
            sender.fire("/app/say", "hello");
            near.awaitTexts(List.of("hello", "hello!"));
            far.awaitTexts(List.of("hello", "hello!"));
        }
    }

    /** With this header Spring marks what it has resolved for a user, which stays on its instance: nobody else may say so. */
    @Test
    void a_client_cannot_keep_its_message_from_other_instances_by_a_forged_header() throws Exception {
        try (StompPeer near = client(0).subscribe("/topic/chat");
                StompPeer far = client(1).subscribe("/topic/chat");
                StompPeer sender = client(0)) {
            awaitSubscribed(near, far);
            StompHeaders headers = new StompHeaders();
            headers.setDestination("/topic/chat");
            headers.set(SimpMessageHeaderAccessor.ORIGINAL_DESTINATION, "/user/queue/chat");
            sender.fire(headers, "for all");
            sender.fire("/topic/chat", "as usual");
            near.awaitTexts(List.of("for all", "as usual"));
            far.awaitTexts(List.of("for all", "as usual"));
        }
    }

    @Test
    void a_user_is_found_on_whichever_instances_it_has_sessions() throws Exception {
        try (StompPeer near = client(0, "anna").subscribe("/user/queue/orders");
                StompPeer far = client(1, "anna").subscribe("/user/queue/orders");
                StompPeer stranger = client(1, "otto").subscribe("/user/queue/orders")) {
            awaitUsers(0, 1);
            awaitUsers(1, 2);
            template(0).convertAndSendToUser("anna", "/queue/orders", "yours");
            near.awaitTexts(List.of("yours"));
            far.awaitTexts(List.of("yours"));
            template(0).convertAndSendToUser("otto", "/queue/orders", "his");
            stranger.awaitTexts(List.of("his"));
            assertThat(near.texts()).containsExactly("yours");
            assertThat(far.texts()).containsExactly("yours");
        }
    }

    @Test
    void the_answer_to_one_session_goes_to_no_other() throws Exception {
        try (StompPeer asking = client(0, "anna").subscribe("/user/queue/answers");
                StompPeer elsewhere = client(1, "anna").subscribe("/user/queue/answers")) {
            awaitUsers(0, 1);
            awaitUsers(1, 1);
            asking.fire("/app/ask", "what");
            asking.awaitTexts(List.of("what? 42"));
            template(1).convertAndSendToUser("anna", "/queue/answers", "for all");
            elsewhere.awaitTexts(List.of("for all"));
        }
    }

    /** The simple broker gives no receipts: what is published until it reaches both is thrown away. */
    private void awaitSubscribed(StompPeer... peers) {
        await().atMost(TestNode.PATIENCE).until(() -> {
            SimpUserRegistry _ = instances.getFirst().getBean(SimpUserRegistry.class);
            template(0).convertAndSend("/topic/news", "are you there");
            template(0).convertAndSend("/topic/chat", "are you there");
            return List.of(peers).stream().noneMatch(peer -> peer.received().isEmpty());
        });
        int[] before = {-1};
        await().pollInterval(java.time.Duration.ofMillis(200)).until(() -> {
            int now = List.of(peers).stream()
                    .mapToInt(peer -> peer.received().size())
                    .sum();
            boolean still = now == before[0];
            before[0] = now;
            return still;
        });
        List.of(peers).forEach(peer -> peer.received().clear());
    }

    private void awaitUsers(int instance, int users) {
        await().atMost(TestNode.PATIENCE)
                .until(() -> instances.get(instance).getBean(SimpUserRegistry.class).getUsers().stream()
                                .filter(user -> user.getSessions().stream()
                                        .anyMatch(session ->
                                                !session.getSubscriptions().isEmpty()))
                                .count()
                        == users);
    }
}
