package dev.wsmesh.config;

import dev.wsmesh.websocket.ProxyEnvironment;
import dev.wsmesh.websocket.ProxyServer;
import dev.wsmesh.websocket.ProxySettings;
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

    private static ProxyServer fromEnvironment(String name, String text) {
        try {
            return ProxyServer.parse(name, text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    e.getMessage() + "; set mesh.proxy to use another one here, or NO_PROXY=* for none", e);
        }
    }
}
