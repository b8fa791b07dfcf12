package dev.wsmesh.gateway.listener;

import static dev.wsmesh.gateway.listener.FakeMesh.SELF;
import static dev.wsmesh.gateway.listener.FakeMesh.message;
import static dev.wsmesh.gateway.listener.FakeMesh.text;
import static dev.wsmesh.gateway.listener.Recorder.JSON;
import static dev.wsmesh.gateway.listener.Recorder.utf8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.wsmesh.gateway.listener.Recorder.Order;
import dev.wsmesh.gateway.listener.Recorder.Texts;
import dev.wsmesh.node.Gap;
import dev.wsmesh.node.Message;
import dev.wsmesh.node.Overflow;
import dev.wsmesh.node.Position;
import dev.wsmesh.node.SubscribeOptions;
import dev.wsmesh.node.SubscriptionLimits;
import dev.wsmesh.protocol.Header;
import dev.wsmesh.protocol.Topic;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.aopalliance.intercept.MethodInterceptor;
import org.junit.jupiter.api.Test;
import org.springframework.aop.framework.ProxyFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Lazy;
import org.springframework.messaging.MessageHeaders;
import org.springframework.messaging.handler.annotation.Headers;
import org.springframework.messaging.handler.annotation.Payload;

/** What methods with the annotation are called with, and which beans listen. */
class MeshListenerTest {

    static class Payloads extends Recorder {

        @MeshListener("orders.created")
        void record(Order order) {
            saw(order);
        }

        @MeshListener("orders.created")
        void text(String text) {
            saw(text);
        }

        @MeshListener("orders.created")
        void bytes(@Payload byte[] bytes) {
            saw(bytes.length);
        }

        @MeshListener("orders.created")
        void signal() {
            saw("nothing");
        }

        @MeshListener("orders.created")
        void map(Map<String, Object> map) {
            saw(map);
        }

        @MeshListener("orders.created")
        void spring(org.springframework.messaging.Message<Order> message) {
            saw(message.getPayload().amount());
        }
    }

    @Test
    void a_payload_is_what_the_parameter_asks_for() {
        try (ListenerContext app = ListenerContext.with(Payloads.class)) {
            app.mesh.deliver(message(SELF, 1, "orders.created", utf8(JSON), "application/json"));
            assertThat(app.bean(Payloads.class).seen)
                    .containsExactlyInAnyOrder(
                            new Order("o-1", 3), JSON, JSON.length(), "nothing", Map.of("id", "o-1", "amount", 3), 3);
        }
    }

    static class Everything extends Recorder {

        @MeshListener("orders.*")
        void all(
                @Payload String text,
                Message message,
                Position position,
                Topic topic,
                @org.springframework.messaging.handler.annotation.Header("Trace") int trace,
                @org.springframework.messaging.handler.annotation.Header(MeshHeaders.TOPIC) String topicHeader,
                @org.springframework.messaging.handler.annotation.Header(MessageHeaders.CONTENT_TYPE)
                        String contentType,
                @Headers Map<String, Object> headers) {
            saw(text, message, position, topic, trace, topicHeader, contentType, headers);
        }
    }

    @Test
    void headers_and_the_types_of_the_mesh_are_parameters() {
        try (ListenerContext app = ListenerContext.with(Everything.class)) {
            Message message = withHeaders(
                    text(SELF, 7, "orders.created", "x"),
                    new Header("Trace", "42"),
                    new Header("id", "not a UUID"),
                    new Header("timestamp", "now"));
            app.mesh.deliver(message);
            List<Object> seen = app.bean(Everything.class).seen;
            assertThat(seen.subList(0, 7))
                    .containsExactly(
                            "x",
                            message,
                            new Position(SELF, 7),
                            new Topic("orders.created"),
                            42,
                            "orders.created",
                            "text/plain");
            assertThat(seen.get(7))
                    .asInstanceOf(org.assertj.core.api.InstanceOfAssertFactories.MAP)
                    .containsEntry("Trace", "42")
                    .containsEntry(MeshHeaders.PUBLISHED_AT, Instant.EPOCH);
        }
    }

    @Test
    void texts_may_be_empty_of_any_charset_and_of_no_content_type_at_all() {
        try (ListenerContext app = ListenerContext.with(Texts.class)) {
            app.mesh.deliver(message(SELF, 1, "t", new byte[0], ""));
            app.mesh.deliver(message(
                    SELF, 2, "t", "\u00fc".getBytes(StandardCharsets.ISO_8859_1), "text/plain;charset=ISO-8859-1"));
            app.mesh.deliver(message(SELF, 3, "t", utf8("\u00fc"), "no type / at all"));
            app.mesh.deliver(message(SELF, 4, "t", utf8("\u00fc"), "text/plain;charset=none-such"));
            assertThat(app.bean(Texts.class).seen).containsExactly("", "\u00fc", "\u00fc", "\u00fc");
        }
    }

    static class Configured extends Recorder {

        @MeshListener(
                value = "${orders.topic}",
                concurrency = "${orders.workers}",
                overflow = Overflow.DROP_OLDEST,
                queueMessages = "7",
                replay = "30s")
        void text(String text) {
            saw(text);
        }
    }

    @Test
    void attributes_may_have_placeholders_and_are_those_of_the_subscription() {
        try (ListenerContext app = ListenerContext.with(Configured.class)) {
            SubscribeOptions options = app.mesh.subscriptions().getFirst();
            assertThat(options.pattern().text()).isEqualTo("orders.*");
            assertThat(options.overflow()).isEqualTo(Overflow.DROP_OLDEST);
            assertThat(options.replay()).isEqualTo(Duration.ofSeconds(30));
            SubscriptionLimits limits = Objects.requireNonNull(options.limits());
            assertThat(limits.messages()).isEqualTo(7);
            assertThat(limits.bytes()).as("that of the node").isEqualTo(8_000);
        }
    }

    static class WithGaps extends Recorder {

        @MeshListener("orders.*")
        void order(String text) {
            saw(text);
        }

        @MeshListener("orders.*")
        void missed(Gap gap) {
            saw(gap);
        }
    }

    static class GapsAlone extends Recorder {

        @MeshListener("orders.*")
        void missed(Gap gap) {
            saw(gap);
        }
    }

    @Test
    void a_method_for_gaps_is_told_what_the_others_of_its_bean_and_pattern_miss_where_it_stood() {
        Gap gap = new Gap(SELF, 2, 3, Gap.Cause.NOT_RETAINED);
        try (ListenerContext app = ListenerContext.with(WithGaps.class, GapsAlone.class)) {
            assertThat(app.mesh.subscriptions()).as("one for each bean").hasSize(2);
            app.mesh.deliver(text(SELF, 1, "orders.a", "1"));
            app.mesh.deliver(gap);
            app.mesh.deliver(text(SELF, 4, "orders.a", "4"));
            assertThat(app.bean(WithGaps.class).seen).containsExactly("1", gap, "4");
            assertThat(app.bean(GapsAlone.class).seen).containsExactly(gap);
        }
    }

    /** A bean behind a proxy, as those with transactions are. */
    static class Proxied extends Recorder {

        final Texts target = new Texts();

        @Bean
        Texts proxied() {
            ProxyFactory factory = new ProxyFactory(target);
            factory.setProxyTargetClass(true);
            factory.addAdvice((MethodInterceptor) invocation -> {
                saw("advised");
                return invocation.proceed();
            });
            return (Texts) factory.getProxy(Texts.class.getClassLoader());
        }
    }

    @Test
    void a_bean_behind_a_proxy_is_called_through_it() {
        try (ListenerContext app = ListenerContext.with(Proxied.class)) {
            app.mesh.deliver(text(SELF, 1, "t", "x"));
            Proxied proxied = app.bean(Proxied.class);
            assertThat(proxied.seen).containsExactly("advised");
            assertThat(proxied.target.seen).containsExactly("x");
        }
    }

    static class MadeLater extends Recorder {

        @Bean
        @Lazy
        Texts lazy() {
            return new Texts();
        }
    }

    @Test
    void a_bean_that_is_made_later_listens_from_then_on() {
        try (ListenerContext app = ListenerContext.with(MadeLater.class)) {
            assertThat(app.mesh.subscriptions()).isEmpty();
            Texts lazy = app.bean(Texts.class);
            app.mesh.deliver(text(SELF, 1, "t", "x"));
            assertThat(lazy.seen).containsExactly("x");
        }
    }

    private static Message withHeaders(Message message, Header... headers) {
        return new Message(
                message.position(),
                message.topic(),
                message.payload(),
                message.contentType(),
                List.of(headers),
                message.publishedAt());
    }
}
