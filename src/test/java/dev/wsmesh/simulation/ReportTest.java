package dev.wsmesh.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wsmesh.protocol.Settings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The instruments of the report, on a mesh so small that one knows what they have to show. */
class ReportTest {
    private static final int NODES = 5;

    @Test
    void aSeedMeasuresTheSameTwice() {
        assertThat(measure()).isEqualTo(measure());
    }

    @Test
    void fullMeshIsSeenAsOne() {
        MeasuredMesh mesh = mesh(new Traffic());
        OverlayGraph graph = OverlayGraph.of(mesh);

        assertThat(graph.degrees()).isEqualTo(Map.of(NODES - 1, NODES));
        assertThat(graph.clustering()).isEqualTo(1);
        assertThat(graph.averagePath(NODES, mesh.dice)).isEqualTo(1);
        assertThat(graph.largestComponent()).isEqualTo(1);
    }

    @Test
    void crashIsSeenInTheGraphAndSparesTheContactOnlyIfAsked() {
        MeasuredMesh mesh = mesh(new Traffic());
        mesh.crash(40, false);

        assertThat(mesh.network.nodes.getFirst().isUp()).isFalse();
        assertThat(mesh.alive()).hasSize(3);
        assertThat(OverlayGraph.of(mesh).size()).isEqualTo(3);
        assertThat(OverlayGraph.knowingNobody(mesh)).isZero();
    }

    @Test
    void steadyTreeCarriesARecordToEachNodeOnce() {
        MeasuredMesh mesh = mesh(new Traffic());
        Trace last = broadcast(mesh, 50).getLast();

        assertThat(last.delivered()).isEqualTo(NODES - 1);
        assertThat(last.redundancy()).isZero();
        assertThat(last.lastHop()).isBetween(1, last.largestHop());
    }

    @Test
    void payloadIsCountedOncePerSend() {
        Traffic traffic = new Traffic();
        MeasuredMesh mesh = mesh(traffic);
        traffic.reset();
        long sends = broadcast(mesh, 10).stream().mapToLong(Trace::sends).sum();

        assertThat(traffic.payloadBytes()).isEqualTo(sends * MeasuredMesh.PAYLOAD_BYTES);
        assertThat(traffic.envelopeBytes()).isPositive();
        assertThat(traffic.framingBytes()).isPositive();
        assertThat(traffic.controlBytes()).isPositive();
    }

    @Test
    void plotIsWellFormed(@TempDir Path directory) throws Exception {
        Path file = directory.resolve("plot.svg");
        new Plot("A & B < C")
                .across("x", true)
                .up("y", false)
                .aim(2, "aim")
                .series("one", new TreeMap<>(Map.of(1.0, 1.0, 10.0, 3.0)))
                .write(file);

        try (var in = Files.newInputStream(file)) {
            var document =
                    DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(in);
            assertThat(document.getElementsByTagName("polyline").getLength()).isEqualTo(1);
        }
    }

    @Test
    void pointsAreReplacedByALaterRun(@TempDir Path directory) {
        for (double value : new double[] {1, 2}) {
            Points points = Points.in(directory, "some");
            points.put("series", 10, value);
            points.write();
        }

        assertThat(Points.in(directory, "some").series()).isEqualTo(Map.of("series", Map.of(10.0, 2.0)));
    }

    private static List<Object> measure() {
        Traffic traffic = new Traffic();
        List<Object> measured = new ArrayList<>();
        for (Trace trace : broadcast(mesh(traffic), 10)) {
            measured.add(List.of(trace.sends(), trace.lastHop(), trace.lastDeliveryMillis()));
        }
        measured.add(traffic.kinds());
        return measured;
    }

    private static MeasuredMesh mesh(Traffic traffic) {
        return new MeasuredMesh(1, NODES, Settings.Membership.DEFAULT, 20, traffic);
    }

    private static List<Trace> broadcast(MeasuredMesh mesh, int times) {
        List<Trace> traces = new ArrayList<>();
        for (int i = 0; i < times; i++) {
            traces.add(mesh.publish(mesh.network.nodes.getLast()));
            mesh.network.run(Network.millis(200));
        }
        return traces;
    }
}
