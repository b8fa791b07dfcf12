package dev.wsmesh.websocket;

import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/** The proxies that the environment names; names in lower case win, as they do for curl. */
public final class ProxyEnvironment {

    private static final List<String> HTTPS_PROXY = List.of("https_proxy", "HTTPS_PROXY");
    private static final List<String> HTTP_PROXY = List.of("http_proxy", "HTTP_PROXY");
    private static final List<String> NO_PROXY = List.of("no_proxy", "NO_PROXY");
    private static final String ALL = "*";

    private ProxyEnvironment() {}

    /**
     * What the environment says.
     *
     * @param parser makes a proxy of a variable's name and value, or throws what is wrong with it
     */
    public static ProxySettings settings(Map<String, ?> environment, BiFunction<String, String, ProxyServer> parser) {
        String exceptions = value(environment, NO_PROXY);
        if (exceptions.strip().equals(ALL)) {
            return ProxySettings.NONE;
        }
        return new ProxySettings(
                server(environment, HTTP_PROXY, parser),
                server(environment, HTTPS_PROXY, parser),
                ProxyExceptions.parse(exceptions));
    }

    private static @Nullable ProxyServer server(
            Map<String, ?> environment, List<String> names, BiFunction<String, String, ProxyServer> parser) {
        for (String name : names) {
            String value = value(environment, List.of(name));
            if (!value.isBlank()) {
                return parser.apply(name, value);
            }
        }
        return null;
    }

    private static String value(Map<String, ?> environment, List<String> names) {
        return names.stream()
                .map(name -> environment.containsKey(name) ? String.valueOf(environment.get(name)) : "")
                .filter(value -> !value.isBlank())
                .findFirst()
                .orElse("");
    }
}
