package dev.wsmesh.gateway;

import dev.wsmesh.protocol.Bytes;
import dev.wsmesh.protocol.Topic;
import dev.wsmesh.protocol.TopicPattern;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Who may publish and subscribe to what. Tokens are kept as their hashes only. */
public final class AccessRules {

    private static final String BEARER = "bearer ";

    private final boolean open;
    private final List<Grant> grants;

    /**
     * What the bearer of a token may do.
     *
     * @param publish topics
     * @param subscribe topics
     */
    private record Grant(Bytes digest, List<TopicPattern> publish, List<TopicPattern> subscribe) implements Caller {

        @Override
        public boolean mayPublish(Topic topic) {
            return publish.stream().anyMatch(pattern -> pattern.matches(topic));
        }

        @Override
        public boolean maySubscribe(TopicPattern asked) {
            return subscribe.stream().anyMatch(pattern -> Coverage.covers(pattern, asked));
        }

        @Override
        public boolean maySee(Topic topic) {
            return subscribe.stream().anyMatch(pattern -> pattern.matches(topic));
        }
    }

    /** A token as it is configured. */
    public record Token(String secret, List<TopicPattern> publish, List<TopicPattern> subscribe) {

        /** Copies the patterns. */
        public Token {
            publish = List.copyOf(publish);
            subscribe = List.copyOf(subscribe);
        }

        @Override
        public String toString() {
            return "a token for publish " + publish + ", subscribe " + subscribe;
        }
    }

    /** Somebody who is let in. */
    public interface Caller {
        /** Whether it may publish on this topic. */
        boolean mayPublish(Topic topic);

        /** Whether it may subscribe to everything that the pattern asks for. */
        boolean maySubscribe(TopicPattern pattern);

        /** Whether it may know that there is such a topic. */
        boolean maySee(Topic topic);
    }

    private static final Caller ANYBODY = new Caller() {
        @Override
        public boolean mayPublish(Topic topic) {
            return true;
        }

        @Override
        public boolean maySubscribe(TopicPattern pattern) {
            return true;
        }

        @Override
        public boolean maySee(Topic topic) {
            return true;
        }
    };

    /**
     * The rules of a node.
     *
     * @param tokens those that are known
     * @param open whether anybody is let in where there are none
     */
    public AccessRules(List<Token> tokens, boolean open) {
        this.open = open && tokens.isEmpty();
        this.grants = tokens.stream()
                .map(token -> new Grant(Bytes.wrap(digest(token.secret())), token.publish(), token.subscribe()))
                .toList();
    }

    /** Whether whoever reaches the node is let in. */
    public boolean isOpen() {
        return open;
    }

    /** Whether nobody is let in, because there is no token. */
    public boolean isShut() {
        return !open && grants.isEmpty();
    }

    /**
     * Who brings this {@code Authorization}.
     *
     * @return null if it is nobody who is known
     */
    public @Nullable Caller identify(@Nullable String authorization) {
        if (open) {
            return ANYBODY;
        }
        if (authorization == null || !authorization.toLowerCase(Locale.ROOT).startsWith(BEARER)) {
            return null;
        }
        byte[] digest = digest(authorization.substring(BEARER.length()).strip());
        Grant found = null;
        // All of them, and each to its end: how long it takes tells nothing.
        for (Grant grant : grants) {
            if (MessageDigest.isEqual(grant.digest().toArray(), digest)) {
                found = grant;
            }
        }
        return found;
    }

    private static byte[] digest(String secret) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(secret.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
