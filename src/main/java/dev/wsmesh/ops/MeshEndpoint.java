package dev.wsmesh.ops;

import dev.wsmesh.node.ConfiguredPeerView;
import dev.wsmesh.node.Mesh;
import dev.wsmesh.node.NodeView;
import dev.wsmesh.node.SessionView;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;

/** {@code /actuator/mesh}: the node, its sessions and its configured peers. Read-only. */
@Endpoint(id = "mesh")
public final class MeshEndpoint {

    private final Mesh mesh;
    private final String path;

    /** Creates the endpoint of a node that accepts peers at a path. */
    public MeshEndpoint(Mesh mesh, String path) {
        this.mesh = mesh;
        this.path = path;
    }

    /** Everything at this moment. */
    @ReadOperation
    public Description mesh() {
        NodeView view = mesh.view();
        return new Description(
                view.bind(),
                path,
                view.running(),
                view.sessions().stream().map(Session::of).toList(),
                view.configuredPeers().stream().map(ConfiguredPeer::of).toList());
    }

    /** The answer; the names are part of the interface. */
    public record Description(
            String bind, String path, boolean running, List<Session> sessions, List<ConfiguredPeer> configuredPeers) {}

    /** A connected peer. */
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

    /** A configured peer. */
    public record ConfiguredPeer(
            String url,
            String state,
            Instant since,
            int failedDials,
            @Nullable String lastFailure) {

        static ConfiguredPeer of(ConfiguredPeerView view) {
            return new ConfiguredPeer(
                    view.url(), PeerStates.name(view.state()), view.since(), view.failedDials(), view.lastFailure());
        }
    }
}
