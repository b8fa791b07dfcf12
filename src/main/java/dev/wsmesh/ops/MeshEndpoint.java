package dev.wsmesh.ops;

import dev.wsmesh.node.ConfiguredPeerView;
import dev.wsmesh.node.LinkView;
import dev.wsmesh.node.Mesh;
import dev.wsmesh.node.NodeView;
import dev.wsmesh.node.PeerChanges;
import dev.wsmesh.node.RefusalView;
import dev.wsmesh.node.SessionView;
import dev.wsmesh.protocol.Contact;
import dev.wsmesh.protocol.View;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.Access;
import org.springframework.boot.actuate.endpoint.annotation.DeleteOperation;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;

/**
 * {@code /actuator/mesh}: the node, its links, its plain peers, its configured peers, the streams that it knows, and the whole
 * mesh. Peers are added and removed only where {@code management.endpoint.mesh.access=unrestricted} opens it.
 */
@Endpoint(id = "mesh", defaultAccess = Access.READ_ONLY)
public final class MeshEndpoint {

    private final Mesh mesh;
    private final PeerChanges changes;
    private final Supplier<String> path;
    private final ChangeRule rule;

    /** Who may change anything. */
    @FunctionalInterface
    public interface ChangeRule {

        /** What is wrong with where the request that is being answered comes from; null if nothing. */
        @Nullable
        String complaint();
    }

    /**
     * Creates the endpoint of a node that accepts peers at a path.
     *
     * @param rule asked before each change, on the thread of the request
     */
    public MeshEndpoint(Mesh mesh, PeerChanges changes, Supplier<String> path, ChangeRule rule) {
        this.mesh = mesh;
        this.changes = changes;
        this.path = path;
        this.rule = rule;
    }

    /** Everything at this moment. */
    @ReadOperation
    public Description mesh() {
        NodeView view = mesh.view();
        View core = view.core();
        return new Description(
                core == null ? null : core.own().origin().toString(),
                core == null ? 0 : core.own().epoch(),
                view.bind(),
                path.get(),
                view.running(),
                mesh.nodes().stream()
                        .map(node -> NodeDescription.of(
                                node, core == null ? null : core.own().origin()))
                        .toList(),
                view.links().stream().map(link -> Link.of(link, core)).toList(),
                core == null
                        ? List.of()
                        : core.passive().stream().map(Known::of).toList(),
                core == null
                        ? List.of()
                        : core.streams().stream().map(StreamState::of).toList(),
                view.refusals().stream().map(Refusal::of).toList(),
                view.sessions().stream().map(Session::of).toList(),
                view.configuredPeers().stream().map(ConfiguredPeer::of).toList());
    }

    /** Dials one more peer, until the node is started anew. */
    @WriteOperation
    public WebEndpointResponse<Change> add(@Nullable String peer) {
        return change(peer, url -> changes.add(url) ? "added" : "dialled already");
    }

    /** Dials a peer no more, until the node is started anew. */
    @DeleteOperation
    public WebEndpointResponse<Change> remove(@Nullable String peer) {
        return change(peer, url -> {
            changes.remove(url);
            return "removed";
        });
    }

    private WebEndpointResponse<Change> change(@Nullable String peer, UnaryOperator<String> change) {
        String complaint = rule.complaint();
        if (complaint != null) {
            return new WebEndpointResponse<>(new Change(peer, null, null, complaint), 403);
        }
        if (peer == null) {
            String missing =
                    "which peer? add with a JSON body {\"peer\": \"ws://host:port\"}, remove with ?peer=ws://host:port";
            return new WebEndpointResponse<>(new Change(null, null, null, missing), 400);
        }
        try {
            String note = "until the node is started anew: to keep it, change mesh.peers in its configuration";
            return new WebEndpointResponse<>(new Change(peer, change.apply(peer), note, null));
        } catch (IllegalArgumentException e) {
            return new WebEndpointResponse<>(new Change(peer, null, null, e.getMessage()), 400);
        }
    }

    /** What became of a peer: {@code change}, or {@code error}. */
    public record Change(
            @Nullable String peer,
            @Nullable String change,
            @Nullable String note,
            @Nullable String error) {}

    /** The answer; the names are part of the interface. */
    public record Description(
            @Nullable String id,
            long epoch,
            String bind,
            String path,
            boolean running,
            List<NodeDescription> nodes,
            List<Link> links,
            List<Known> known,
            List<StreamState> streams,
            List<Refusal> refusals,
            List<Session> sessions,
            List<ConfiguredPeer> configuredPeers) {}

    /**
     * A link with another node.
     *
     * @param neighbour false while it is only being looked at, and while it closes
     * @param roundTripMillis null before the first Pong
     * @param sockets 2 if each end sends on one that it accepted
     */
    public record Link(
            String peer,
            String address,
            String direction,
            Instant since,
            boolean neighbour,
            boolean laggard,
            @Nullable Double roundTripMillis,
            Traffic frames,
            Traffic bytes,
            int sockets) {

        static Link of(LinkView link, @Nullable View core) {
            View.LinkView inCore = core == null
                    ? null
                    : core.links().stream()
                            .filter(each -> each.id().equals(link.id()))
                            .findFirst()
                            .orElse(null);
            return new Link(
                    link.id().peer().toString(),
                    link.address(),
                    link.direction().tag(),
                    link.since(),
                    inCore != null && inCore.neighbour(),
                    inCore != null && inCore.laggard(),
                    inCore == null || inCore.roundTripNanos() < 0 ? null : inCore.roundTripNanos() / 1e6,
                    new Traffic(link.framesIn(), link.framesOut()),
                    new Traffic(link.bytesIn(), link.bytesOut()),
                    link.sockets());
        }
    }

    /** A node that is known, but not linked with this one. */
    public record Known(String id, @Nullable String address) {
        static Known of(Contact contact) {
            return new Known(
                    contact.id().toString(),
                    contact.address() == null ? null : contact.address().toString());
        }
    }

    /**
     * What one run of one node publishes, as far as it is known here.
     *
     * @param base the first message retained
     * @param last the last message held without a hole before it
     * @param delivered the last message delivered
     * @param highestKnown the last message that anybody announced
     * @param waiting messages held behind a hole
     */
    public record StreamState(
            String origin,
            long epoch,
            long base,
            long last,
            long delivered,
            long highestKnown,
            long bytes,
            int waiting) {
        static StreamState of(View.StreamView stream) {
            return new StreamState(
                    stream.id().origin().toString(),
                    stream.id().epoch(),
                    stream.base(),
                    stream.next() - 1,
                    stream.delivered(),
                    stream.highestKnown(),
                    stream.bytes(),
                    stream.waiting());
        }
    }

    /** Somebody who was turned away lately: in the upgrade, in the handshake, or with a link that was up. */
    public record Refusal(
            Instant at,
            String phase,
            String address,
            String direction,
            @Nullable String peer,
            int code,
            String name,
            String reason,
            String how,
            int times) {
        static Refusal of(RefusalView view) {
            return new Refusal(
                    view.at(),
                    view.phase().name().toLowerCase(Locale.ROOT),
                    view.address(),
                    view.direction().tag(),
                    view.peer() == null ? null : view.peer().toString(),
                    view.code(),
                    view.name(),
                    view.reason(),
                    view.how(),
                    view.times());
        }
    }

    /** A connected plain peer. */
    public record Session(
            String address, String direction, Instant since, Traffic messages, Traffic bytes, Queue queue) {

        static Session of(SessionView view) {
            return new Session(
                    view.address(),
                    view.direction().tag(),
                    view.since(),
                    new Traffic(view.messagesIn(), view.messagesOut()),
                    new Traffic(view.bytesIn(), view.bytesOut()),
                    new Queue(view.queuedMessages(), view.queuedBytes()));
        }
    }

    /** Received and written. */
    public record Traffic(long in, long out) {}

    /** Waiting to be written. */
    public record Queue(int messages, long bytes) {}

    /** A configured peer, at one of its addresses. */
    public record ConfiguredPeer(
            String url,
            String state,
            Instant since,
            int failedDials,
            @Nullable String lastFailure,
            @Nullable Instant lastFailureSince) {

        static ConfiguredPeer of(ConfiguredPeerView view) {
            return new ConfiguredPeer(
                    view.url(),
                    PeerStates.name(view.state()),
                    view.since(),
                    view.failedDials(),
                    view.lastFailure(),
                    view.lastFailureSince());
        }
    }
}
