package dev.wsmesh.gateway.http;

import dev.wsmesh.gateway.AccessRules.Caller;
import dev.wsmesh.node.ConfiguredPeerView;
import dev.wsmesh.node.DeliverySource;
import dev.wsmesh.node.LinkView;
import dev.wsmesh.node.Mesh;
import dev.wsmesh.node.NodePresence;
import dev.wsmesh.node.NodeView;
import dev.wsmesh.protocol.NodeId;
import dev.wsmesh.protocol.View;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.servlet.function.ServerRequest;
import org.springframework.web.servlet.function.ServerResponse;

/** {@code GET /mesh}, {@code /peers} and {@code /topics}: what a client may want to know before it says anything. */
final class MeshState {

    private final Mesh mesh;
    private final DeliverySource source;
    private final Subscribing subscribing;

    MeshState(Mesh mesh, DeliverySource source, Subscribing subscribing) {
        this.mesh = mesh;
        this.source = source;
        this.subscribing = subscribing;
    }

    /**
     * The node that answers, and the nodes that are known; the names are part of the interface.
     *
     * @param neighbours how many nodes this one is linked with
     * @param subscribers streams of events that are open here
     */
    record MeshAnswer(
            @Nullable String id,
            long epoch,
            String address,
            boolean running,
            int neighbours,
            int subscribers,
            List<Node> nodes) {}

    /** A node as it tells of itself. */
    record Node(
            String id,
            String name,
            String version,
            @Nullable String url,
            boolean self,
            Instant since,
            Instant lastSeen,
            List<String> links) {

        static Node of(NodePresence node, @Nullable NodeId self) {
            return new Node(
                    node.id().toString(),
                    node.name(),
                    node.version(),
                    node.url(),
                    node.id().equals(self),
                    node.since(),
                    node.lastSeen(),
                    node.links().stream().map(link -> link.peer().toString()).toList());
        }
    }

    /** Whom this node is linked with, and whom it was configured to dial. */
    record PeersAnswer(List<Peer> peers, List<Configured> configured) {}

    /** A node at the other end of a link. */
    record Peer(
            String id,
            @Nullable String name,
            String address,
            String direction,
            Instant since,
            boolean neighbour,
            @Nullable Double roundTripMillis) {}

    /** A configured peer. */
    record Configured(
            String url,
            String state,
            Instant since,
            @Nullable String lastFailure) {
        static Configured of(ConfiguredPeerView peer) {
            String state = peer.state().name().toLowerCase(Locale.ROOT).replace('_', ' ');
            return new Configured(peer.url(), state, peer.since(), peer.lastFailure());
        }
    }

    /** The topics that were heard of lately on this node. */
    record TopicsAnswer(List<Heard> topics) {}

    /** A topic, how many messages came, and when the last one did. */
    record Heard(String topic, long messages, Instant lastAt) {}

    ServerResponse mesh(ServerRequest request, Caller caller) {
        NodeView view = mesh.view();
        View core = view.core();
        NodeId self = core == null ? null : core.own().origin();
        return Answer.json(
                HttpStatus.OK,
                new MeshAnswer(
                        self == null ? null : self.toString(),
                        core == null ? 0 : core.own().epoch(),
                        view.bind(),
                        view.running(),
                        core == null
                                ? 0
                                : (int) core.links().stream()
                                        .filter(View.LinkView::neighbour)
                                        .map(link -> link.id().peer())
                                        .distinct()
                                        .count(),
                        subscribing.count(),
                        mesh.nodes().stream().map(node -> Node.of(node, self)).toList()));
    }

    ServerResponse peers(ServerRequest request, Caller caller) {
        NodeView view = mesh.view();
        List<NodePresence> nodes = mesh.nodes();
        return Answer.json(
                HttpStatus.OK,
                new PeersAnswer(
                        view.links().stream()
                                .map(link -> peer(link, view.core(), nodes))
                                .toList(),
                        view.configuredPeers().stream().map(Configured::of).toList()));
    }

    ServerResponse topics(ServerRequest request, Caller caller) {
        Instant now = Instant.now();
        return Answer.json(
                HttpStatus.OK,
                new TopicsAnswer(source.topics().stream()
                        .filter(topic -> caller.maySee(topic.topic()))
                        .map(topic -> new Heard(
                                topic.topic().name(),
                                topic.messages(),
                                now.minus(topic.silentFor()).truncatedTo(ChronoUnit.MILLIS)))
                        .toList()));
    }

    private static Peer peer(LinkView link, @Nullable View core, List<NodePresence> nodes) {
        View.LinkView inCore = core == null
                ? null
                : core.links().stream()
                        .filter(each -> each.id().equals(link.id()))
                        .findFirst()
                        .orElse(null);
        String name = nodes.stream()
                .filter(node -> node.id().equals(link.id().peer()))
                .map(NodePresence::name)
                .findFirst()
                .orElse(null);
        return new Peer(
                link.id().peer().toString(),
                name,
                link.address(),
                link.direction().tag(),
                link.since(),
                inCore != null && inCore.neighbour(),
                inCore == null || inCore.roundTripNanos() < 0 ? null : (Double) (inCore.roundTripNanos() / 1e6));
    }
}
