package dev.wsmesh.gateway.http;

import dev.wsmesh.protocol.Topic;
import dev.wsmesh.protocol.TopicPattern;
import java.util.function.Function;
import org.springframework.web.servlet.function.ServerRequest;

/** The topic, or the pattern of topics, that stands in a path. */
final class Topics {

    static final String VARIABLE = "topic";

    private Topics() {}

    static Topic topic(ServerRequest request) {
        String text = written(request);
        if (text.contains("*") || text.contains(">")) {
            throw Problem.badRequest("'" + text + "' is a pattern; publish on one topic, like orders.created");
        }
        return parse(text, Topic::new, "a topic is words separated by dots, like orders.created");
    }

    static TopicPattern pattern(ServerRequest request) {
        return parse(
                written(request),
                TopicPattern::new,
                "a pattern is a topic in which * stands for one word and a last > (written %3E) for the rest");
    }

    private static String written(ServerRequest request) {
        // A path parameter would be cut off in silence.
        if (request.servletRequest().getRequestURI().contains(";")) {
            throw Problem.badRequest("a ';' in a topic is written %3B in a path");
        }
        return request.pathVariable(VARIABLE);
    }

    private static <T> T parse(String text, Function<String, T> parser, String rule) {
        try {
            return parser.apply(text);
        } catch (IllegalArgumentException e) {
            throw Problem.badRequest(e.getMessage() + "; " + rule);
        }
    }
}
