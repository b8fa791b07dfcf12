package dev.wsmesh;

import static dev.wsmesh.TestNode.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.wsmesh.node.MeshNode;
import dev.wsmesh.node.Publication;
import dev.wsmesh.node.PublishOptions;
import dev.wsmesh.node.PublishOptions.Backpressure;
import dev.wsmesh.protocol.Counter;
import dev.wsmesh.protocol.Frame;
import dev.wsmesh.protocol.Message;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** How much of what a node owes is on its way to a peer that does not read: two frames, and the rest stays in the log. */
class FramesInFlightTest {

    /** The first is being written, the second waits behind it. */
    private static final int FRAMES_IN_FLIGHT = 2;

    /** More than the sockets between the two take, even where the system lets them grow. */
    private static final int RECORDS = 100;

    /** Each fills a frame of its own. */
    private static final String LARGE = "x".repeat(200_000);

    @Test
    void a_peer_that_stops_reading_has_two_frames_outstanding_and_gets_everything_once_it_reads_on() throws Exception {
        try (TestNode node = TestNode.start("--mesh.links.send-timeout=1m");
                HostilePeer peer = HostilePeer.linkWithSmallBuffer(node.port())) {
            peer.send(new Message.DigestComplete(0));
            node.awaitNeighbours(1);
            Publication publication = Publication.of("t", LARGE).with(PublishOptions.DEFAULT.on(Backpressure.IGNORE));
            for (int i = 0; i < RECORDS; i++) {
                node.mesh().publish(publication);
            }
            Sent stalled = awaitStalled(node);

            // Counted where they arrive, whatever is in them: the last record that the core has handed over comes so
            // many
            // frames behind the last that was written.
            long frames = 0;
            long records = 0;
            while (records < stalled.recordsHandedOver()) {
                records += recordsOf(peer.hearFrame());
                frames++;
            }
            assertThat(frames - stalled.framesWritten()).isEqualTo(FRAMES_IN_FLIGHT);

            while (records < RECORDS) {
                records += recordsOf(peer.hearFrame());
            }
            assertThat(node.mesh().view().links()).hasSize(1);
        }
    }

    /**
     * How far the only link has come.
     *
     * @param recordsHandedOver that the core has put into frames
     * @param framesWritten whole, to the socket
     */
    private record Sent(long recordsHandedOver, long framesWritten) {

        static Sent by(TestNode node) {
            return new Sent(
                    node.bean(MeshNode.class).counted(Counter.RECORDS_SENT),
                    node.mesh().view().links().getFirst().framesOut());
        }
    }

    /** Nothing has moved from one look to the next, though much is owed. */
    private static Sent awaitStalled(TestNode node) {
        AtomicReference<Sent> last = new AtomicReference<>(new Sent(0, 0));
        await().pollInterval(Duration.ofMillis(500)).atMost(PATIENCE).until(() -> {
            Sent now = Sent.by(node);
            return now.equals(last.getAndSet(now)) && now.recordsHandedOver() > 0;
        });
        assertThat(last.get().recordsHandedOver())
                .as("the sockets took everything")
                .isLessThan(RECORDS);
        return last.get();
    }

    private static int recordsOf(Frame frame) {
        return frame.messages().stream()
                .filter(Message.Batch.class::isInstance)
                .map(Message.Batch.class::cast)
                .mapToInt(batch -> batch.records().size())
                .sum();
    }
}
