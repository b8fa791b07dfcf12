package dev.wsmesh.config;

import static dev.wsmesh.config.Rules.require;

import dev.wsmesh.node.BindAddress;
import dev.wsmesh.node.LogText;
import dev.wsmesh.node.SubscriptionLimits;
import dev.wsmesh.node.Utf8;
import dev.wsmesh.websocket.BackoffSettings;
import dev.wsmesh.websocket.PlainPeerLimits;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * Everything that can be configured; each record refuses values outside its rules, so nothing inside checks them again.
 *
 * @param bind where the node listens, as host:port; wins over server.address and server.port where it is set
 * @param peers the peers to dial: URLs separated by commas, or a list of url and headers
 * @param path the path at which peers are accepted
 * @param allowedOrigins origins, besides the node's own, whose pages may connect; '*' allows all
 * @param broadcast the periodic broadcast
 * @param dial how peers are dialled
 * @param plainPeers the bounds of each plain peer's outgoing queue
 * @param limits the bounds of what is accepted
 * @param subscriptions the bounds of each subscription's queue
 * @param health when the node counts as healthy
 * @param leave how the node leaves
 * @param ssl the trust for wss:// peers
 */
@ConfigurationProperties(prefix = "mesh", ignoreUnknownFields = false)
public record MeshProperties(
        @Nullable String bind,
        @DefaultValue List<PeerProperties> peers,
        @DefaultValue("/") String path,
        @DefaultValue List<String> allowedOrigins,
        @DefaultValue Broadcast broadcast,
        @DefaultValue Dial dial,
        @DefaultValue PlainPeers plainPeers,
        @DefaultValue Limits limits,
        @DefaultValue Subscriptions subscriptions,
        @DefaultValue Health health,
        @DefaultValue Leave leave,
        @DefaultValue Ssl ssl) {

    /** Checks the bind address and the path. */
    public MeshProperties {
        bind = bind == null || bind.isBlank() ? null : bind;
        if (bind != null) {
            Rules.parse("mesh.bind", bind, BindAddress::parse);
        }
        require(
                path.startsWith("/") && !path.contains("*") && !path.contains("?") && !path.contains("{"),
                "mesh.path",
                path,
                "a path that begins with '/' and has no wildcard and no query");
        require(
                Utf8.canEncode(broadcast.text())
                        && Utf8.length(broadcast.text())
                                <= limits.maxMessageBytes().toBytes(),
                "mesh.broadcast.text",
                LogText.printable(broadcast.text()),
                "a text that can be written as UTF-8 in at most mesh.limits.max-message-bytes ("
                        + limits.maxMessageBytes() + ")");
        for (String origin : allowedOrigins) {
            require(
                    origin.equals("*") || origin.matches("[a-zA-Z][a-zA-Z0-9+.-]*://[^/\\s]+"),
                    "mesh.allowed-origins",
                    origin,
                    "an origin like https://app.example.org, without a path, or '*'");
        }
    }

    /**
     * The periodic broadcast.
     *
     * @param enabled whether the periodic broadcast is sent
     * @param interval the pause between two broadcasts, without the jitter
     * @param jitter a random time up to this is added to each pause, so that nodes do not fall into step
     * @param text what the periodic broadcast says; {index} is the peer's index in the order of linking, {bind} this node's address
     */
    public record Broadcast(
            @DefaultValue("true") boolean enabled,
            @DefaultValue("10s") Duration interval,
            @DefaultValue("2s") Duration jitter,

            @DefaultValue("Message to client {index} from {bind}")
            String text) {

        /** Checks the durations. */
        public Broadcast {
            Rules.atLeast("mesh.broadcast.interval", interval, Duration.ofMillis(10));
            Rules.atLeast("mesh.broadcast.jitter", jitter, Duration.ZERO);
        }
    }

    /**
     * How peers are dialled.
     *
     * @param timeout how long one whole dial may take: name, TCP, TLS and upgrade
     * @param backoffMin the shortest pause before a peer is dialled again
     * @param backoffMax the longest pause before a peer is dialled again
     * @param stableAfter a session that lasted this long makes the pauses short again
     */
    public record Dial(
            @DefaultValue("5s") Duration timeout,
            @DefaultValue("500ms") Duration backoffMin,
            @DefaultValue("30s") Duration backoffMax,
            @DefaultValue("1m") Duration stableAfter) {

        /** Checks the durations. */
        public Dial {
            Rules.atLeast("mesh.dial.timeout", timeout, Duration.ofMillis(10));
            Rules.atLeast("mesh.dial.backoff-min", backoffMin, Duration.ofMillis(10));
            Rules.atLeast("mesh.dial.backoff-max", backoffMax, backoffMin);
            Rules.atLeast("mesh.dial.stable-after", stableAfter, Duration.ZERO);
        }

        BackoffSettings backoff() {
            return new BackoffSettings(backoffMin, backoffMax, stableAfter);
        }
    }

    /**
     * The bounds of each plain peer's outgoing queue; a peer that passes one is cut off with 4010.
     *
     * @param queueMessages texts that may wait to be written to one peer
     * @param queueBytes UTF-8 bytes that may wait to be written to one peer
     * @param sendTimeout how long writing one text to a peer may take
     */
    public record PlainPeers(
            @DefaultValue("4096") int queueMessages,
            @DefaultValue("8MB") DataSize queueBytes,
            @DefaultValue("5s") Duration sendTimeout) {

        /** Checks the bounds. */
        public PlainPeers {
            Rules.atLeast("mesh.plain-peers.queue-messages", queueMessages, 1);
            Rules.between("mesh.plain-peers.queue-bytes", queueBytes, DataSize.ofBytes(1), DataSize.ofGigabytes(1));
            Rules.atLeast("mesh.plain-peers.send-timeout", sendTimeout, Duration.ofMillis(10));
        }
    }

    /**
     * The bounds of what is accepted.
     *
     * @param maxMessageBytes UTF-8 bytes of one message, in and out; a peer that sends more is closed with 1009
     * @param maxIncomingBytes UTF-8 bytes of received messages whose end has not come yet, over all peers; a peer that
     *     would pass it is closed with 1013
     * @param maxSessions sessions that are accepted at the same time; more are refused with 503
     */
    public record Limits(
            @DefaultValue("1MB") DataSize maxMessageBytes,
            @DefaultValue("16MB") DataSize maxIncomingBytes,
            @DefaultValue("1024") int maxSessions) {

        /** Checks the bounds. */
        public Limits {
            Rules.between(
                    "mesh.limits.max-message-bytes", maxMessageBytes, DataSize.ofBytes(1), DataSize.ofMegabytes(64));
            Rules.between(
                    "mesh.limits.max-incoming-bytes", maxIncomingBytes, maxMessageBytes, DataSize.ofGigabytes(16));
            Rules.atLeast("mesh.limits.max-sessions", maxSessions, 1);
        }
    }

    /**
     * The bounds of each subscription's queue; what passes one is dropped and told as a gap.
     *
     * @param queueMessages messages that may wait in one subscription
     * @param queueBytes UTF-8 bytes that may wait in one subscription
     */
    public record Subscriptions(
            @DefaultValue("1024") int queueMessages,
            @DefaultValue("8MB") DataSize queueBytes) {

        /** Checks the bounds. */
        public Subscriptions {
            Rules.atLeast("mesh.subscriptions.queue-messages", queueMessages, 1);
            Rules.between("mesh.subscriptions.queue-bytes", queueBytes, DataSize.ofBytes(1), DataSize.ofGigabytes(1));
        }

        SubscriptionLimits limits() {
            return new SubscriptionLimits(queueMessages, queueBytes.toBytes());
        }
    }

    /**
     * When the node counts as healthy.
     *
     * @param minPeers with fewer connected peers health is DOWN; 1 where peers are configured and 0 where none are, if
     *     it is not set
     */
    public record Health(@Nullable Integer minPeers) {

        /** Checks the minimum. */
        public Health {
            if (minPeers != null) {
                Rules.atLeast("mesh.health.min-peers", minPeers, 0);
            }
        }
    }

    /**
     * How the node leaves.
     *
     * @param flushTimeout how long queued messages may take to be written before the sessions are closed
     */
    public record Leave(@DefaultValue("2s") Duration flushTimeout) {

        /** Checks the duration. */
        public Leave {
            Rules.atLeast("mesh.leave.flush-timeout", flushTimeout, Duration.ZERO);
            require(
                    flushTimeout.compareTo(Duration.ofSeconds(20)) <= 0,
                    "mesh.leave.flush-timeout",
                    flushTimeout,
                    "at most 20s, for the whole shutdown must fit into the time the platform gives a container");
        }
    }

    /**
     * The trust for wss:// peers.
     *
     * @param bundle the name of an SSL bundle (spring.ssl.bundle.*); the platform's trust is used where it is not set
     */
    public record Ssl(@Nullable String bundle) {

        /** Takes a blank name, as an empty environment variable gives it, as not set. */
        public Ssl {
            bundle = bundle == null || bundle.isBlank() ? null : bundle;
        }
    }

    int minPeers() {
        Integer configured = health.minPeers();
        if (configured != null) {
            return configured;
        }
        return peers.isEmpty() ? 0 : 1;
    }

    PlainPeerLimits plainPeerLimits() {
        return new PlainPeerLimits(
                plainPeers.queueMessages(),
                plainPeers.queueBytes().toBytes(),
                plainPeers.sendTimeout(),
                maxMessageBytes(),
                limits.maxIncomingBytes().toBytes(),
                limits.maxSessions());
    }

    int maxMessageBytes() {
        return Math.toIntExact(limits.maxMessageBytes().toBytes());
    }
}
