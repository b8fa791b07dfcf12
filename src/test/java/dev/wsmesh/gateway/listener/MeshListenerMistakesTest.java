package dev.wsmesh.gateway.listener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.wsmesh.gateway.listener.Recorder.Order;
import dev.wsmesh.node.Gap;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.context.annotation.Scope;

/** What cannot be meant by an annotation stops the start. */
class MeshListenerMistakesTest {

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
                    .withMessageMatching("@MeshListener \\w+\\.on\\(.*\\) of bean 'meshListenerMistakesTest.\\w+': .*")
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
}
