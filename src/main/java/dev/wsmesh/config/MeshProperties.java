package dev.wsmesh.config;

import static dev.wsmesh.config.Rules.require;

import dev.wsmesh.node.BindAddress;
import dev.wsmesh.node.LogText;
import dev.wsmesh.node.SubscriptionLimits;
import dev.wsmesh.node.Utf8;
import dev.wsmesh.protocol.Limits;
import dev.wsmesh.websocket.LinkLimits;
import dev.wsmesh.websocket.PeerUrl;
import dev.wsmesh.websocket.PlainPeerLimits;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.NestedConfigurationProperty;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * Everything that can be configured; each record refuses values outside its rules, so nothing inside checks them again.
 *
 * @param enabled whether there is a node at all; an application may switch it off for its tests
 * @param bind where the node listens, as host:port; wins over server.address and server.port where it is set
 * @param name what the node calls itself where people read it; its address, if it is not set
 * @param peers the peers to dial: URLs separated by commas, or a list of url and headers
 * @param path the path at which peers are accepted; / where the node is a program of its own
 * @param cluster the name of the mesh; only nodes with the same name link with each other
 * @param key the cluster key in base64, or two of them while one replaces the other; the first is shown to others first
 * @param keyFile a file with the cluster key, one in each line; instead of mesh.key
 * @param dataDir where the node keeps its own key and epoch; without it the node is a new one at each start
 * @param allowedNodes the only nodes to link with, by their ids; * for all that know the key
 * @param advertisedUrl where others can dial this node, if that is not what they see
 * @param outboundOnly whether nobody can dial this node: it only dials others
 * @param security what is allowed without a key
 * @param membership whom the node links with
 * @param links the bounds of links
 * @param retention how much is kept for nodes that were away
 * @param discovery how names of peers are followed
 * @param presence how the node tells the others of itself
 * @param allowedOrigins origins, besides the node's own, whose pages may connect; '*' allows all
 * @param broadcast the periodic broadcast
 * @param dial how peers are dialled
 * @param plainPeers the bounds of each plain peer's outgoing queue
 * @param limits the bounds of what is accepted
 * @param subscriptions the bounds of each subscription's queue
 * @param health when the node counts as healthy
 * @param leave how the node leaves
 * @param ssl the trust for wss:// peers
 * @param stomp STOMP over WebSocket
 * @param proxy the HTTP proxy through which every peer is dialled, as http://[user:password@]host:port; the environment's
 *     HTTPS_PROXY, HTTP_PROXY and NO_PROXY count where it is not set
 * @param gateway the ways in from outside
 */
@ConfigurationProperties(prefix = "mesh", ignoreUnknownFields = false)
public record MeshProperties(
        @DefaultValue("true") boolean enabled,
        @Nullable String bind,
        @Nullable String name,
        @DefaultValue List<PeerProperties> peers,
        @DefaultValue("/mesh") String path,
        @DefaultValue("") String cluster,
        @Nullable List<SecretText> key,
        @Nullable String keyFile,
        @Nullable String dataDir,
        @DefaultValue(IdentityProperties.ALL_NODES) List<String> allowedNodes,
        @Nullable String advertisedUrl,
        @DefaultValue("false") boolean outboundOnly,
        @DefaultValue Security security,
        @DefaultValue Membership membership,
        @NestedConfigurationProperty @DefaultValue LinkProperties links,
        @NestedConfigurationProperty @DefaultValue RetentionProperties retention,
        @DefaultValue Discovery discovery,
        @DefaultValue Presence presence,
        @DefaultValue List<String> allowedOrigins,
        @DefaultValue Broadcast broadcast,
        @NestedConfigurationProperty @DefaultValue DialProperties dial,
        @NestedConfigurationProperty @DefaultValue PlainPeerProperties plainPeers,
        @NestedConfigurationProperty @DefaultValue LimitProperties limits,
        @DefaultValue Subscriptions subscriptions,
        @DefaultValue Health health,
        @DefaultValue Leave leave,
        @DefaultValue Ssl ssl,
        @NestedConfigurationProperty @DefaultValue StompProperties stomp,
        @Nullable String proxy,
        @NestedConfigurationProperty @DefaultValue GatewayProperties gateway) {

    static final String PROXY = "mesh.proxy";

    /** So that it fits into a presence, with links, and into a circle on the page. */
    private static final int MAX_NAME_BYTES = 64;

    /** Room in a frame for everything but the payload: headers, content type, topic. */
    private static final int FRAME_ROOM_BYTES = 16 << 10;

    /** Checks what is not checked by its own record. */
    public MeshProperties {
        bind = blankToNull(bind);
        if (bind != null) {
            Rules.parse("mesh.bind", bind, BindAddress::parse);
        }
        name = blankToNull(name);
        if (name != null) {
            require(
                    LogText.printable(name).equals(name) && Utf8.canEncode(name) && Utf8.length(name) <= MAX_NAME_BYTES,
                    "mesh.name",
                    LogText.printable(name),
                    "a name of at most " + MAX_NAME_BYTES + " bytes, without control characters");
        }
        // Whoever names a key or a file means to have a key: a variable that got lost must not give a node without one.
        if (key != null) {
            IdentityProperties.requireKey(key);
        }
        require(
                keyFile == null || !keyFile.isBlank(),
                "mesh.key-file",
                "",
                "the path of a file with a key, or leave the property out");
        dataDir = blankToNull(dataDir);
        advertisedUrl = blankToNull(advertisedUrl);
        IdentityProperties.check(cluster, allowedNodes, dataDir);
        if (advertisedUrl != null) {
            Rules.parse("mesh.advertised-url", advertisedUrl, PeerUrl::parse);
        }
        require(
                advertisedUrl == null || !outboundOnly,
                "mesh.advertised-url",
                String.valueOf(advertisedUrl),
                "no URL at all: mesh.outbound-only says that nobody can dial this node");
        proxy = blankToNull(proxy);
        if (proxy != null) {
            ProxySource.parse(PROXY, proxy);
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

    private static @Nullable String blankToNull(@Nullable String text) {
        return text == null || text.isBlank() ? null : text;
    }

    /**
     * What is allowed without a key.
     *
     * @param open whether a node without a cluster key may listen where others than this machine can reach it
     */
    public record Security(@DefaultValue("false") boolean open) {}

    /**
     * Whom the node links with.
     *
     * @param fill whether it links with nodes that it was not configured to dial
     * @param activeView how many neighbours it looks for; one more makes a full mesh
     */
    public record Membership(
            @DefaultValue("true") boolean fill,
            @DefaultValue("12") int activeView) {

        /** Checks the view. */
        public Membership {
            require(
                    activeView >= 2 && activeView <= 256,
                    "mesh.membership.active-view",
                    activeView,
                    "a number from 2 to 256");
        }
    }

    /**
     * How names of peers are followed.
     *
     * @param interval how often the name of a configured peer is resolved again
     */
    public record Discovery(@DefaultValue("10s") Duration interval) {

        /** Checks the interval. */
        public Discovery {
            Rules.atLeast("mesh.discovery.interval", interval, Duration.ofMillis(100));
        }
    }

    /**
     * How the node tells the others of itself, so that each can show the whole mesh.
     *
     * @param enabled whether it does
     * @param interval the pause between two times; longer where more than 200 nodes are known
     */
    public record Presence(
            @DefaultValue("true") boolean enabled,
            @DefaultValue("10s") Duration interval) {

        /** Checks the interval. */
        public Presence {
            Rules.atLeast("mesh.presence.interval", interval, Duration.ofMillis(100));
        }
    }

    /**
     * The periodic broadcast.
     *
     * @param enabled whether the periodic broadcast is sent; it is where the node is a program of its own
     * @param interval the pause between two broadcasts, without the jitter
     * @param jitter a random time up to this is added to each pause, so that nodes do not fall into step
     * @param text what the periodic broadcast says; {index} is the peer's index in the order of linking, {bind} this node's address
     */
    public record Broadcast(
            @DefaultValue("false") boolean enabled,
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
     * The bounds of each subscription's queue; what passes one is dropped and told as a gap.
     *
     * @param queueMessages messages that may wait in one subscription
     * @param queueBytes bytes of messages, topics and headers included, that may wait in one subscription
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
     * @param flushTimeout how long may be waited for neighbours to say that they hold what they were handed, and for what is queued
     *     for plain peers to be written, before the sessions are closed
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

    /** The cluster keys as they are configured here; none if there is no such property. */
    List<SecretText> keys() {
        return key == null ? List.of() : key;
    }

    int minPeers() {
        Integer configured = health.minPeers();
        if (configured != null) {
            return configured;
        }
        return peers.isEmpty() ? 0 : 1;
    }

    /**
     * Whether the mesh is meant to be on this machine only: its peers are, and others see the node there.
     *
     * @param bound whether the node listens on loopback only
     */
    boolean isOnThisMachine(boolean bound) {
        List<PeerUrl> urls = Stream.concat(
                        peers.stream().map(peer -> peer.target().url()),
                        Stream.ofNullable(advertisedUrl).map(PeerUrl::parse))
                .toList();
        return (bound || !peers.isEmpty()) && urls.stream().allMatch(PeerUrl::isLoopback);
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

    /** What this node accepts on links: a payload of the largest size, with all its headers, fits into a frame. */
    Limits wireLimits() {
        int frameBytes = Math.max(Limits.FRAME_TARGET_BYTES, maxMessageBytes() + FRAME_ROOM_BYTES);
        return Limits.DEFAULT.withFrameBytes(frameBytes);
    }

    LinkLimits linkLimits() {
        Limits wire = wireLimits();
        // Each neighbour may be in the middle of its largest frame.
        long neighbours = (membership.activeView() + 1L) * wire.frameBytes();
        return new LinkLimits(
                wire,
                links.handshakeTimeout(),
                links.maxHandshakes(),
                limits.maxSessions(),
                limits.maxIncomingBytes().toBytes() + neighbours,
                links.sendTimeout());
    }

    int maxMessageBytes() {
        return Math.toIntExact(limits.maxMessageBytes().toBytes());
    }
}
