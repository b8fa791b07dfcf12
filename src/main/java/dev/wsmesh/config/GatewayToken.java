package dev.wsmesh.config;

import dev.wsmesh.gateway.AccessRules;
import dev.wsmesh.protocol.TopicPattern;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What the bearer of one token may do at the ways in.
 *
 * @param token the secret
 * @param tokenFile or a file that holds it
 * @param publish patterns of the topics on which it may publish
 * @param subscribe patterns of the topics to which it may subscribe
 */
record GatewayToken(
        @Nullable SecretText token,
        @Nullable String tokenFile,
        @DefaultValue List<String> publish,
        @DefaultValue List<String> subscribe) {

    /** Below that it could be guessed, and would be found, and hidden, in values that have nothing to do with it. */
    private static final int SHORTEST = 16;

    Optional<SecretText> inline() {
        return Optional.ofNullable(token).filter(text -> !text.value().isBlank());
    }

    void check(String property) {
        boolean hasFile = tokenFile != null && !tokenFile.isBlank();
        if (inline().isPresent() == hasFile) {
            throw new InvalidPropertyException(property, "give either a token or a token-file");
        }
        inline().ifPresent(text -> checkSecret(property + ".token", text.value().strip()));
        List<TopicPattern> _ = patterns(property + ".publish", publish);
        List<TopicPattern> _ = patterns(property + ".subscribe", subscribe);
    }

    AccessRules.Token read(String property) {
        String secret = inline().map(text -> text.value().strip()).orElseGet(() -> readFile(property + ".token-file"));
        return new AccessRules.Token(
                secret, patterns(property + ".publish", publish), patterns(property + ".subscribe", subscribe));
    }

    private String readFile(String property) {
        Set<String> lines = IdentityProperties.read(property, String.valueOf(tokenFile)).stream()
                .collect(Collectors.toSet());
        if (lines.size() != 1) {
            throw new InvalidPropertyException(property, "'" + tokenFile + "' is to hold one token, in one line");
        }
        String secret = lines.iterator().next();
        checkSecret(property, secret);
        return secret;
    }

    private static void checkSecret(String property, String secret) {
        if (secret.length() < SHORTEST || !secret.matches("[\\x21-\\x7e]+")) {
            throw new InvalidPropertyException(
                    property,
                    "a token has at least " + SHORTEST
                            + " characters, printable ASCII without spaces; the command 'key'" + " makes one");
        }
    }

    private static List<TopicPattern> patterns(String property, List<String> texts) {
        return texts.stream()
                .map(text -> Rules.parse(property, text.strip(), TopicPattern::new))
                .toList();
    }
}
