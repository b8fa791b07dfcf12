package dev.wsmesh.config;

import dev.wsmesh.websocket.ProxyEnvironment;
import dev.wsmesh.websocket.ProxyServer;
import dev.wsmesh.websocket.ProxySettings;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Where proxies come from: {@code mesh.proxy}, else the environment. */
final class ProxySource {

    private ProxySource() {}

    static ProxySettings settings(@Nullable String property, Map<String, ?> environment) {
        return property == null
                ? ProxyEnvironment.settings(
                        environment, (name, value) -> Rules.parse(name, value, text -> fromEnvironment(name, text)))
                : ProxySettings.all(parse(MeshProperties.PROXY, property));
    }

    static ProxyServer parse(String property, String value) {
        return Rules.parse(property, value, text -> ProxyServer.parse(property, text));
    }

    /** What must not be shown of {@code mesh.proxy}: its password, as written and as meant, and what is sent. */
    static List<SecretText> secrets(@Nullable String property) {
        return property == null
                ? List.of()
                : ProxyServer.secrets(property).stream().map(SecretText::new).toList();
    }

    private static ProxyServer fromEnvironment(String name, String text) {
        try {
            return ProxyServer.parse(name, text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    e.getMessage() + "; set mesh.proxy to use another one here, or NO_PROXY=* for none", e);
        }
    }
}
