package dev.wsmesh.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wsmesh.protocol.MeshRecord;
import dev.wsmesh.protocol.Message;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CoreOverWireTest {
    private static final int NODES = 5;
    private static final int RECORDS_PER_NODE = 40;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void nodesThatShareNothingButBytesDeliverEverythingToEachOther(long seed) {
        ByteMesh mesh = new ByteMesh(NODES, seed);
        RandomFrames records = new RandomFrames(new Random(seed));
        mesh.runSeconds(5);
        List<MeshRecord> published =
                Stream.generate(records::record).limit(NODES * RECORDS_PER_NODE).toList();
        for (int i = 0; i < published.size(); i++) {
            mesh.publish(i % NODES, published.get(i));
        }
        mesh.runSeconds(60);

        for (int node = 0; node < NODES; node++) {
            assertThat(mesh.delivered(node)).containsExactlyInAnyOrderElementsOf(published);
        }
        assertThat(mesh.kindsSent())
                .contains(
                        Message.Batch.class,
                        Message.Have.class,
                        Message.DigestComplete.class,
                        Message.Join.class,
                        Message.NeighborReply.class,
                        Message.Shuffle.class,
                        Message.ShuffleReply.class,
                        Message.Ping.class,
                        Message.Pong.class);
    }
}
