package dev.wsmesh.node;

import dev.wsmesh.protocol.Bytes;
import dev.wsmesh.protocol.NodeId;
import dev.wsmesh.protocol.Topic;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.LongStream;

/** Announcements for tests, and a way to publish what no honest node would. */
public final class Presences {

    private Presences() {}

    public static NodePresence node(long id, String name, int links) {
        return new NodePresence(
                new NodeId(id, id),
                name,
                "1.2.3",
                "ws://" + name + "/",
                LongStream.range(0, links)
                        .mapToObj(
                                peer -> new NodePresence.Link(new NodeId(peer, 7), Duration.ofNanos(1_230_000 * peer)))
                        .toList(),
                0,
                new NodePresence.Counts(1, 2, 3),
                Instant.parse("2026-11-22T10:00:00Z"),
                Instant.EPOCH);
    }

    static Announcement announcement(long id, Duration interval) {
        return new Announcement(node(id, "node" + id, 0), interval, false);
    }

    /** Publishes on a topic that only the mesh itself may use. */
    public static void publish(Mesh mesh, byte[] words) {
        PublishReceipt _ = ((MeshNode) mesh)
                .publishOwn(new Publication(
                        new Topic("$mesh.presence"), Bytes.wrap(words), "", List.of(), PublishOptions.DEFAULT));
    }
}
