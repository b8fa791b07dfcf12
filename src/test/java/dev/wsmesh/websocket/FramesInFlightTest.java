package dev.wsmesh.websocket;

import static dev.wsmesh.TestNode.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.wsmesh.TestNode;
import dev.wsmesh.node.MeshNode;
import dev.wsmesh.node.Publication;
import dev.wsmesh.node.PublishOptions;
import dev.wsmesh.node.PublishOptions.Backpressure;
import dev.wsmesh.protocol.Counter;
import dev.wsmesh.protocol.Frame;
import dev.wsmesh.protocol.Limits;
import dev.wsmesh.protocol.Message;
import dev.wsmesh.wire.FrameDecoder;
import org.junit.jupiter.api.Test;

/**
 * How much of what a node owes is on its way to a peer that does not read: two frames, and the rest stays in the log. The session
 * is a pretended one, whose write is held: from then on nothing can move, and nobody has to wait for that.
 */
class FramesInFlightTest {

    /** The first is being written, the second waits behind it. */
    private static final int FRAMES_IN_FLIGHT = 2;

    private static final int RECORDS = 10;

    /** Each fills a frame of its own. */
    private static final String LARGE = "x".repeat(200_000);

    private final FrameDecoder decoder = new FrameDecoder(Limits.DEFAULT.withFrameBytes(4 << 20));

    @Test
    void a_peer_that_stops_reading_has_two_frames_outstanding_and_gets_everything_once_it_reads_on() throws Exception {
        try (TestNode node = TestNode.start("--mesh.links.send-timeout=1m")) {
            Stranger peer = new Stranger(node.bean(LinkRegistry.class));
            peer.prove();
            peer.say(new Message.DigestComplete(0));
            node.awaitNeighbours(1);

            peer.session.holdWrites();
            Publication publication = Publication.of("t", LARGE).with(PublishOptions.DEFAULT.on(Backpressure.IGNORE));
            for (int i = 0; i < RECORDS; i++) {
                node.mesh().publish(publication);
            }
            await().atMost(PATIENCE).until(peer.session::isWriting);
            // Publishing has handed over what it could; what is written from here on is written once it may be.
            long recordsHandedOver = node.bean(MeshNode.class).counted(Counter.RECORDS_SENT);
            long framesWritten = node.mesh().view().links().getFirst().framesOut();
            peer.session.letWrite();

            // Counted where they arrive, whatever is in them: the last record that the core had handed over comes so
            // many frames behind the last that was written.
            long frames = 0;
            long records = 0;
            while (records < recordsHandedOver) {
                records += recordsOf(hear(peer));
                frames++;
            }
            assertThat(frames - framesWritten).isEqualTo(FRAMES_IN_FLIGHT);

            while (records < RECORDS) {
                records += recordsOf(hear(peer));
            }
            assertThat(node.mesh().view().links()).hasSize(1);
        }
    }

    private Frame hear(Stranger peer) throws Exception {
        return decoder.decode(peer.session.takeWritten());
    }

    private static int recordsOf(Frame frame) {
        return frame.messages().stream()
                .filter(Message.Batch.class::isInstance)
                .map(Message.Batch.class::cast)
                .mapToInt(batch -> batch.records().size())
                .sum();
    }
}
