package dev.wsmesh.config;

import dev.wsmesh.websocket.ProxyServer;
import java.util.List;
import java.util.Locale;
import org.springframework.boot.actuate.endpoint.SanitizableData;
import org.springframework.boot.actuate.endpoint.SanitizingFunction;

/** Hides keys, tokens, passwords of proxies and headers of peers where an operator lets {@code env} and {@code configprops} show values. */
final class SecretsInEndpoints implements SanitizingFunction {

    private final List<String> secrets;

    /** Hides these secrets wherever they stand: on the command line, which the platform shows, or in a document of values. */
    SecretsInEndpoints(List<SecretText> secrets) {
        this.secrets = secrets.stream()
                .map(SecretText::value)
                .map(String::strip)
                .filter(text -> !text.isEmpty())
                .toList();
    }

    @Override
    public SanitizableData apply(SanitizableData data) {
        String name = data.getKey().toLowerCase(Locale.ROOT).replaceAll("[_-]", ".");
        Object value = data.getValue();
        if (value != null && secrets.stream().anyMatch(value.toString()::contains)) {
            return data.withSanitizedValue();
        }
        if (name.matches("mesh\\.key([.\\[].*)?")
                || name.matches("mesh\\.gateway\\.tokens[.\\[].*\\.token\\b.*")
                || name.matches("mesh\\.peers[.\\[].*headers\\b.*")) {
            return data.withSanitizedValue();
        }
        if (name.matches("mesh\\.proxy|https?\\.proxy") && data.getValue() != null) {
            return data.withValue(ProxyServer.withoutCredentials(data.getValue().toString()));
        }
        return data;
    }
}
