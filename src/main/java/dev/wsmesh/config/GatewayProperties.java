package dev.wsmesh.config;

import static dev.wsmesh.config.Rules.require;

import dev.wsmesh.gateway.AccessRules;
import dev.wsmesh.node.SubscriptionLimits;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * The ways in from outside.
 *
 * @param enabled whether there are any; true in the executable jar
 * @param path what the paths of the HTTP gateway begin with
 * @param tokens who may publish and subscribe to what; where there are none, everybody or nobody may
 * @param maxSubscribers streams of events that may be open at the same time; more are refused with 503
 * @param queueMessages messages that may wait to be written to one of them
 * @param queueBytes bytes of messages, topics and headers included, that may wait to be written to one of them
 * @param heartbeat after how much silence a comment is sent, so that both ends and what stands between know of each other
 */
record GatewayProperties(
        @DefaultValue("false") boolean enabled,
        @DefaultValue("/api") String path,
        @DefaultValue List<GatewayToken> tokens,
        @DefaultValue("10000") int maxSubscribers,
        @DefaultValue("1024") int queueMessages,
        @DefaultValue("8MB") DataSize queueBytes,
        @DefaultValue("15s") Duration heartbeat) {

    /** The commands of the executable jar give a stream up after twice as long without a byte. */
    private static final Duration LONGEST_SILENCE = Duration.ofSeconds(30);

    GatewayProperties {
        require(
                path.matches("(/[A-Za-z0-9._~-]+)+"),
                "mesh.gateway.path",
                path,
                "a path that begins with '/' and does not end with it, of letters, digits and ._~-");
        Rules.atLeast("mesh.gateway.max-subscribers", maxSubscribers, 1);
        Rules.atLeast("mesh.gateway.queue-messages", queueMessages, 1);
        Rules.between("mesh.gateway.queue-bytes", queueBytes, DataSize.ofBytes(1), DataSize.ofGigabytes(1));
        require(
                heartbeat.compareTo(Duration.ofMillis(100)) >= 0 && heartbeat.compareTo(LONGEST_SILENCE) <= 0,
                "mesh.gateway.heartbeat",
                heartbeat,
                "a duration of at least 100ms and at most 30s: clients take longer silence for the end");
        for (int i = 0; i < tokens.size(); i++) {
            tokens.get(i).check("mesh.gateway.tokens[" + i + "]");
        }
    }

    SubscriptionLimits queue() {
        return new SubscriptionLimits(queueMessages, queueBytes.toBytes());
    }

    /** The tokens with their secrets, which may stand in files. */
    List<AccessRules.Token> readTokens() {
        List<AccessRules.Token> read = new ArrayList<>();
        for (int i = 0; i < tokens.size(); i++) {
            read.add(tokens.get(i).read("mesh.gateway.tokens[" + i + "]"));
        }
        return read;
    }

    /** Those that the configuration itself has, so that no endpoint shows them. */
    List<SecretText> secrets() {
        return tokens.stream().flatMap(token -> token.inline().stream()).toList();
    }
}
