package dev.wsmesh.config;

import dev.wsmesh.websocket.ProxyServer;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.SanitizableData;
import org.springframework.boot.actuate.endpoint.SanitizingFunction;

/**
 * Hides keys, tokens, passwords of proxies and headers of peers where an operator lets {@code env} and {@code configprops} show values:
 * by the names of their properties, however these are spelt; by their texts, wherever they stand; and whole command lines and
 * documents of values that name such a property, because what a higher source overrides is nobody's text.
 */
final class SecretsInEndpoints implements SanitizingFunction {

    /** Shorter texts would be found, and hidden, in values that have nothing to do with them. A guess. */
    private static final int LEAST_CHARACTERS = 8;

    /** What holds many properties in one value; without anything but letters and digits, like all names here. */
    private static final Set<String> COLLECTIONS = Set.of(
            "springapplicationjson", "sunjavacommand", "javatooloptions", "jdkjavaoptions", "javaoptions", "javaopts");

    private static final Pattern SECRET = Pattern.compile("mesh(key.*|gatewaytokens\\d*token.*|peers\\d*headers.*)");

    private static final Pattern PROXY = Pattern.compile("meshproxy|https?proxy");

    private static final Pattern NAMED =
            Pattern.compile("mesh(key(?!file)|proxy|gatewaytokens\\d*token(?!file)|peers\\d*headers)");

    /** In JSON other properties may stand between the parts of a name. */
    private static final Pattern NAMED_IN_JSON = Pattern.compile("mesh.*(key(?!file)|proxy|token(?!s|file)|headers)");

    private static final Pattern ESCAPED = Pattern.compile("\\\\(?:u([0-9a-fA-F]{4})|(.))");

    private final List<String> secrets;

    /** Hides these secrets wherever they stand. */
    SecretsInEndpoints(List<SecretText> secrets) {
        this.secrets = secrets.stream()
                .map(SecretText::value)
                .map(String::strip)
                .filter(text -> text.length() >= LEAST_CHARACTERS)
                .toList();
    }

    @Override
    public SanitizableData apply(SanitizableData data) {
        Object value = data.getValue();
        if (value == null) {
            return data;
        }
        String name = bare(data.getKey());
        String text = value.toString();
        if (PROXY.matcher(name).matches()) {
            return data.withValue(ProxyServer.withoutCredentials(text));
        }
        String unescaped = unescaped(text);
        boolean secret = SECRET.matcher(name).matches()
                || secrets.stream().anyMatch(each -> text.contains(each) || unescaped.contains(each))
                || (COLLECTIONS.contains(name) && namesSecret(unescaped));
        return secret ? data.withSanitizedValue() : data;
    }

    private static boolean namesSecret(String collection) {
        Pattern names = collection.contains("{") ? NAMED_IN_JSON : NAMED;
        return names.matcher(bare(collection)).find();
    }

    /** The same for all that Spring takes for one name, and for a variable of the environment. */
    private static String bare(String name) {
        return name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]", "");
    }

    /** As JSON reads it. */
    private static String unescaped(String json) {
        return ESCAPED.matcher(json).replaceAll(escaped -> Matcher.quoteReplacement(character(escaped)));
    }

    private static String character(MatchResult escaped) {
        @Nullable String code = escaped.group(1);
        return code == null ? escaped.group(2) : String.valueOf((char) Integer.parseInt(code, 16));
    }
}
