package dev.wsmesh.config;

import dev.wsmesh.websocket.ProxyExceptions;
import dev.wsmesh.websocket.ProxyServer;
import dev.wsmesh.websocket.ProxySettings;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Where proxies come from: {@code mesh.proxy}, else the environment, whose names in lower case win as they do for curl. */
final class ProxySource {

    static final List<String> HTTPS_PROXY = List.of("https_proxy", "HTTPS_PROXY");
    static final List<String> HTTP_PROXY = List.of("http_proxy", "HTTP_PROXY");
    private static final List<String> NO_PROXY = List.of("no_proxy", "NO_PROXY");
    private static final String ALL = "*";

    private ProxySource() {}

    static ProxySettings settings(@Nullable String property, Map<String, ?> environment) {
        if (property != null) {
            return ProxySettings.all(parse(MeshProperties.PROXY, property));
        }
        String exceptions = value(environment, NO_PROXY);
        if (exceptions.strip().equals(ALL)) {
            return ProxySettings.NONE;
        }
        return new ProxySettings(
                server(environment, HTTP_PROXY), server(environment, HTTPS_PROXY), ProxyExceptions.parse(exceptions));
    }

    static ProxyServer parse(String property, String value) {
        return Rules.parse(property, value, text -> ProxyServer.parse(property, text));
    }

    private static @Nullable ProxyServer server(Map<String, ?> environment, List<String> names) {
        for (String name : names) {
            String value = value(environment, List.of(name));
            if (!value.isBlank()) {
                return Rules.parse(name, value, text -> fromEnvironment(name, text));
            }
        }
        return null;
    }

    private static ProxyServer fromEnvironment(String name, String text) {
        try {
            return ProxyServer.parse(name, text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    e.getMessage() + "; set mesh.proxy to use another one here, or NO_PROXY=* for none", e);
        }
    }

    private static String value(Map<String, ?> environment, List<String> names) {
        return names.stream()
                .map(name -> environment.containsKey(name) ? String.valueOf(environment.get(name)) : "")
                .filter(value -> !value.isBlank())
                .findFirst()
                .orElse("");
    }
}
