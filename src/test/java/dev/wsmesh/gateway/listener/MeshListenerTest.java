package dev.wsmesh.gateway.listener;

import static dev.wsmesh.gateway.listener.FakeMesh.SELF;
import static dev.wsmesh.gateway.listener.FakeMesh.message;
import static dev.wsmesh.gateway.listener.FakeMesh.stream;
import static dev.wsmesh.gateway.listener.FakeMesh.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import dev.wsmesh.node.Gap;
import dev.wsmesh.node.Message;
import dev.wsmesh.node.Overflow;
import dev.wsmesh.node.Position;
import dev.wsmesh.node.SubscribeOptions;
import dev.wsmesh.node.SubscriptionLimits;
import dev.wsmesh.protocol.Header;
import dev.wsmesh.protocol.StreamId;
import dev.wsmesh.protocol.Topic;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.aopalliance.intercept.MethodInterceptor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.aop.framework.ProxyFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Lazy;
import org.springframework.context.annotation.Scope;
import org.springframework.messaging.MessageHeaders;
import org.springframework.messaging.handler.annotation.Headers;
import org.springframework.messaging.handler.annotation.Payload;

/** What methods with the annotation are called with, in which order, and what becomes of their failures. */
class MeshListenerTest {

    record Order(String id, int amount) {}

    private static final String JSON = "{\"id\": \"o-1\", \"amount\": 3}";

    /** Keeps what its methods are called with. */
    static class Recorder {

        final List<Object> seen = new CopyOnWriteArrayList<>();

        void saw(Object... things) {
            seen.addAll(List.of(things));
        }
    }

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

    static class Texts extends Recorder {

        @MeshListener(">")
        void text(String text) {
            saw(text);
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

    static class Failing extends Recorder {

        @MeshListener("orders.*")
        void order(Order order) {
            saw(order);
            if (order.amount() < 0) {
                throw new IllegalStateException("a negative amount");
            }
        }

        @MeshListener("orders.*")
        void missed(Gap gap) {
            throw new AssertionError("no gaps, please");
        }
    }

    static class Handler implements MeshListenerErrorHandler {

        final List<MeshListenerException> failures = new ArrayList<>();

        @Override
        public void handle(MeshListenerException failure) {
            failures.add(failure);
            throw new IllegalStateException("this one fails, too");
        }
    }

    @Test
    void a_failure_is_told_once_with_topic_and_position_and_counted_and_the_next_message_comes() {
        try (ListenerContext app = ListenerContext.with(Failing.class, Handler.class)) {
            app.mesh.deliver(message(SELF, 1, "orders.a", utf8("{\"id\":\"x\",\"amount\":-1}"), "application/json"));
            app.mesh.deliver(message(SELF, 2, "orders.a", utf8("{"), "application/json"));
            app.mesh.deliver(message(SELF, 3, "orders.a", utf8(JSON), "image/png"));
            app.mesh.deliver(message(SELF, 4, "orders.a", utf8(JSON), "rubbish"));
            app.mesh.deliver(new Gap(SELF, 5, 5, Gap.Cause.NOT_RETAINED));
            app.mesh.deliver(message(SELF, 6, "orders.a", utf8(JSON), "application/json"));
            assertThat(app.bean(Failing.class).seen).containsExactly(new Order("x", -1), new Order("o-1", 3));
            String where =
                    "@MeshListener Failing.order(Order) of bean 'meshListenerTest.Failing' failed: message " + SELF;
            assertThat(app.bean(Handler.class).failures)
                    .extracting(Throwable::getMessage)
                    .satisfiesExactly(
                            own -> assertThat(own)
                                    .isEqualTo(
                                            where + "/1 on topic orders.a: java.lang.IllegalStateException: a negative"
                                                    + " amount"),
                            json -> assertThat(json)
                                    .startsWith(where + "/2 on topic orders.a cannot have its content of type"
                                            + " 'application/json' converted to Order: Could not read JSON"),
                            png -> assertThat(png)
                                    .startsWith(
                                            where + "/3 on topic orders.a cannot have its content of type 'image/png'"
                                                    + " converted to Order: Cannot convert from [[B]"),
                            rubbish -> assertThat(rubbish)
                                    .contains("'rubbish' converted to Order: that is no content type"),
                            gap -> assertThat(gap)
                                    .endsWith("gap " + SELF + "/5-5: java.lang.AssertionError: no gaps, please"))
                    .allSatisfy(line -> assertThat(line).doesNotContain("\n"));
            assertThat(app.counters.listenerFailures()).isEqualTo(5);
        }
    }

    static class TwoHandlers extends Recorder {

        @Bean
        MeshListenerErrorHandler special() {
            return failure -> saw(String.valueOf(failure.getMessage()));
        }

        @Bean
        MeshListenerErrorHandler other() {
            return _ -> {
                throw new AssertionError();
            };
        }

        @MeshListener(value = "a", errorHandler = "special", overflow = Overflow.CLOSE)
        void failing() {
            throw new IllegalStateException("as always");
        }
    }

    @Test
    void a_method_may_name_its_error_handler_and_is_told_of_the_end_of_its_subscription() {
        try (ListenerContext app = ListenerContext.with(TwoHandlers.class)) {
            app.mesh.deliver(text(SELF, 1, "a", "x"));
            app.mesh.overflow();
            assertThat(app.bean(TwoHandlers.class).seen)
                    .satisfiesExactly(
                            first -> assertThat(first.toString()).endsWith("as always"),
                            second -> assertThat(second.toString()).contains("its queue was full"));
        }
    }

    /** Handles the first message of each publisher only when it is told to. */
    static class Slow extends Recorder {

        final CountDownLatch begun = new CountDownLatch(2);
        final CountDownLatch goOn = new CountDownLatch(1);

        @MeshListener(value = "a", concurrency = "2")
        void order(Message message) throws InterruptedException {
            if (message.position().sequence() == 1) {
                begun.countDown();
                goOn.await();
            }
            saw(message.position());
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void several_messages_are_handled_at_once_and_those_of_one_publisher_in_order() throws InterruptedException {
        try (ListenerContext app = ListenerContext.with(Slow.class)) {
            Slow slow = app.bean(Slow.class);
            StreamId one = stream(2);
            StreamId other = stream(3);
            Thread delivering = Thread.ofVirtual()
                    .start(() -> LongStream.rangeClosed(1, 100).forEach(sequence -> {
                        app.mesh.deliver(text(one, sequence, "a", ""));
                        app.mesh.deliver(text(other, sequence, "a", ""));
                    }));
            assertThat(slow.begun.await(10, TimeUnit.SECONDS))
                    .as("both at once")
                    .isTrue();
            slow.goOn.countDown();
            delivering.join();
            await().until(() -> slow.seen.size() == 200);
            for (StreamId stream : List.of(one, other)) {
                assertThat(slow.seen.stream()
                                .map(Position.class::cast)
                                .filter(at -> at.stream().equals(stream)))
                        .extracting(Position::sequence)
                        .isSorted()
                        .hasSize(100);
            }
        }
    }

    @Test
    void a_method_is_not_called_while_its_application_does_not_run() throws InterruptedException {
        ListenerContext app = new ListenerContext();
        app.context.register(Texts.class);
        app.context.refresh();
        List<Object> seen = app.bean(Texts.class).seen;
        app.context.stop();
        Thread delivering = Thread.ofVirtual().start(() -> app.mesh.deliver(text(SELF, 1, "t", "while stopped")));
        await().until(() -> delivering.getState() == Thread.State.WAITING);
        assertThat(seen).isEmpty();
        app.context.start();
        delivering.join();
        assertThat(seen).containsExactly("while stopped");
        app.context.stop();
        Thread late = Thread.ofVirtual().start(() -> app.mesh.deliver(text(SELF, 2, "t", "too late")));
        await().until(() -> late.getState() == Thread.State.WAITING);
        app.close();
        late.join();
        assertThat(seen).containsExactly("while stopped");
        assertThat(app.mesh.subscriptions()).isEmpty();
    }

    @Test
    void stopping_waits_for_the_call_that_has_begun_within_a_bound() throws InterruptedException {
        ListenerContext app = ListenerContext.with(Slow.class);
        Slow slow = app.bean(Slow.class);
        app.mesh.deliver(text(stream(2), 1, "a", ""));
        await().until(() -> slow.begun.getCount() == 1);
        Thread stopping = Thread.ofVirtual().start(app.context::stop);
        await().until(() -> stopping.getState() == Thread.State.TIMED_WAITING);
        assertThat(slow.seen).isEmpty();
        slow.goOn.countDown();
        stopping.join();
        assertThat(slow.seen).hasSize(1);
        app.close();
    }

    static class Validated extends Recorder {

        @MeshListener("orders.*")
        void order(@org.springframework.validation.annotation.Validated Order order) {
            saw(order);
        }
    }

    @Test
    void a_payload_is_validated_where_it_is_asked_for() {
        try (ListenerContext app = ListenerContext.with(Validated.class)) {
            app.mesh.deliver(message(SELF, 1, "orders.a", utf8("{\"id\":\"\",\"amount\":1}"), "application/json"));
            app.mesh.deliver(message(SELF, 2, "orders.a", utf8(JSON), "application/json"));
            assertThat(app.bean(Validated.class).seen).containsExactly(new Order("o-1", 3));
            assertThat(app.counters.listenerFailures()).isEqualTo(1);
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

    static class BadPattern {
        @MeshListener("orders..created")
        void on(String text) {}
    }

    static class TwoPayloads {
        @MeshListener("a")
        void on(String text, Order order) {}
    }

    static class GapAndMore {
        @MeshListener("a")
        void on(String text, Gap gap) {}
    }

    static class TooMany {
        @MeshListener(value = "a", concurrency = "1000")
        void on(String text) {}
    }

    static class NoDuration {
        @MeshListener(value = "a", replay = "soon")
        void on(String text) {}
    }

    static class NoSize {
        @MeshListener(value = "a", queueBytes = "much")
        void on(String text) {}
    }

    static class NoHandler {
        @MeshListener(value = "a", errorHandler = "nobody")
        void on(String text) {}
    }

    @Scope("prototype")
    static class Prototype {
        @MeshListener("a")
        void on(String text) {}
    }

    static class UsesPrototype {
        @SuppressWarnings("unused")
        UsesPrototype(Prototype prototype) {}
    }

    @ParameterizedTest
    @ValueSource(
            classes = {
                BadPattern.class,
                TwoPayloads.class,
                GapAndMore.class,
                TooMany.class,
                NoDuration.class,
                NoSize.class,
                NoHandler.class,
                UsesPrototype.class
            })
    void what_cannot_be_meant_stops_the_start_with_one_line_that_names_bean_method_and_way_out(Class<?> bad) {
        try (ListenerContext app = new ListenerContext()) {
            app.context.register(bad, Prototype.class);
            assertThatExceptionOfType(InvalidListenerException.class)
                    .isThrownBy(app.context::refresh)
                    .withMessageMatching("@MeshListener \\w+\\.on\\(.*\\) of bean 'meshListenerTest.\\w+': .*")
                    .satisfies(failure -> assertThat(failure.getMessage())
                            .containsPattern(Map.of(
                                            BadPattern.class,
                                                    "'orders\\.\\.created' is no topic pattern: words separated by dots",
                                            TwoPayloads.class,
                                                    "one payload, not 2 \\(String, Order\\); annotate what is a header",
                                            GapAndMore.class, "give it a method of its own",
                                            TooMany.class,
                                                    "concurrency = '1000' is not allowed; give a number from 1 to 256",
                                            NoDuration.class, "replay = 'soon' is not allowed; give a duration",
                                            NoSize.class, "queueBytes = 'much' is not allowed; give a size",
                                            NoHandler.class, "errorHandler = 'nobody' is the name of no bean",
                                            UsesPrototype.class, "only a singleton can listen")
                                    .getOrDefault(bad, "missing")));
        }
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
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
