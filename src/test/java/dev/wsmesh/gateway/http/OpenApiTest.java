package dev.wsmesh.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wsmesh.TestNode;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.springframework.core.io.Resource;
import org.springframework.http.HttpMethod;
import org.springframework.web.servlet.function.HandlerFunction;
import org.springframework.web.servlet.function.RequestPredicate;
import org.springframework.web.servlet.function.RequestPredicates;
import org.springframework.web.servlet.function.RouterFunction;
import org.springframework.web.servlet.function.RouterFunctions;
import org.springframework.web.servlet.function.ServerRequest;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The OpenAPI document lists what is answered, and nothing else. */
class OpenApiTest {

    @Test
    void every_route_is_in_the_document_and_no_other_is() throws Exception {
        try (TestNode node = TestNode.start()) {
            JsonNode document =
                    new JsonMapper().readTree(node.get("/api/openapi.json").body());
            String base = document.at("/servers/0/url").asString();
            Set<String> documented = new TreeSet<>();
            document.path("paths")
                    .properties()
                    .forEach(path -> path.getValue()
                            .propertyNames()
                            .forEach(method ->
                                    documented.add(method.toUpperCase(Locale.ROOT) + " " + base + path.getKey())));
            Routes routes = new Routes();
            RouterFunction<?> all = node.context().getBean(HttpGateway.class).routes();
            all.accept(routes);
            assertThat(documented).isEqualTo(routes.found).hasSizeGreaterThan(5);
        }
    }

    @Test
    void every_reference_within_the_document_leads_somewhere() throws Exception {
        try (TestNode node = TestNode.start()) {
            JsonNode document =
                    new JsonMapper().readTree(node.get("/api/openapi.json").body());
            for (JsonNode reference : document.findValues("$ref")) {
                assertThat(document.at(reference.asString().substring(1)).isObject())
                        .as(reference.asString())
                        .isTrue();
            }
        }
    }

    /** Collects routes with a method; those without one only say which methods there are. */
    private static final class Routes implements RouterFunctions.Visitor {
        private final Set<String> found = new TreeSet<>();

        @Override
        public void startNested(RequestPredicate predicate) {}

        @Override
        public void endNested(RequestPredicate predicate) {}

        @Override
        public void route(RequestPredicate predicate, HandlerFunction<?> handler) {
            Parts parts = new Parts();
            predicate.accept(parts);
            if (!parts.method.isEmpty()) {
                found.add(parts.method + " " + parts.path);
            }
        }

        @Override
        public void resources(Function<ServerRequest, Optional<Resource>> lookup) {}

        @Override
        public void attributes(Map<String, Object> attributes) {}

        @Override
        public void unknown(RouterFunction<?> router) {}
    }

    @SuppressWarnings("removal")
    private static final class Parts implements RequestPredicates.Visitor {
        private String method = "";
        private String path = "";

        @Override
        public void method(Set<HttpMethod> methods) {
            method = methods.iterator().next().name();
        }

        @Override
        public void path(String pattern) {
            path = pattern;
        }

        @Override
        public void pathExtension(String extension) {}

        @Override
        public void header(String name, String value) {}

        @Override
        public void param(String name, String value) {}

        @Override
        public void version(String version) {}

        @Override
        public void startAnd() {}

        @Override
        public void and() {}

        @Override
        public void endAnd() {}

        @Override
        public void startOr() {}

        @Override
        public void or() {}

        @Override
        public void endOr() {}

        @Override
        public void startNegate() {}

        @Override
        public void endNegate() {}

        @Override
        public void unknown(RequestPredicate predicate) {}
    }
}
