package dev.wsmesh.gateway.listener;

import static dev.wsmesh.gateway.listener.FakeMesh.SELF;
import static dev.wsmesh.gateway.listener.FakeMesh.message;
import static dev.wsmesh.gateway.listener.FakeMesh.text;
import static dev.wsmesh.gateway.listener.Recorder.JSON;
import static dev.wsmesh.gateway.listener.Recorder.utf8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.wsmesh.gateway.listener.Recorder.Order;
import dev.wsmesh.node.Gap;
import dev.wsmesh.node.Overflow;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.context.annotation.Bean;

/** What becomes of the failures of methods with the annotation. */
class MeshListenerFailuresTest {

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
                    "@MeshListener Failing.order(Order) of bean 'meshListenerFailuresTest.Failing' failed: message "
                            + SELF;
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
}
