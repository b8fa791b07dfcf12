package dev.wsmesh;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wsmesh.LedgerVerdict.Life;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * Faults of nodes in separate processes under load, and what the ledgers outside the nodes say afterwards; those of links are in
 * {@link LinkFaultsIT}. What takes minutes runs with {@code -Dwsmesh.faults.long=true}.
 */
class FaultsIT {

    private static final String LONG = "takes minutes: -Dwsmesh.faults.long=true runs it";
    /** To start a process is what costs most here. */
    private static final int NODES = Boolean.getBoolean("wsmesh.faults.long") ? 8 : 5;

    private static final int RATE = 20;

    @TempDir
    private Path directory;

    private LedgerMesh mesh;

    @AfterAll
    static void writeTable() throws IOException {
        FaultTable.write();
    }

    @BeforeEach
    void begin() {
        mesh = new LedgerMesh(directory, FaultTable.rows());
    }

    @AfterEach
    void endAll() {
        mesh.close();
    }

    @Test
    void nodes_that_start_at_once_and_one_that_is_killed_and_comes_back_as_itself_or_as_another() throws Exception {
        int victim = Lot.among(NODES, "FaultsIT");
        int[] ports = startAtOnce();
        kill(mesh.member(victim));
        mesh.awaitHeardByAll(10);
        // The directory is that of the one before it.
        LedgerMesh.Member again = start("node" + victim, "node" + victim + "-again", ports, victim, Life.CAME_LATER);
        mesh.awaitLastUp();
        mesh.awaitHeardByAll(10);
        kill(again);
        LedgerMesh.Member _ = start("another", "another", ports, victim, Life.CAME_LATER);
        mesh.awaitLastUp();
        mesh.awaitHeardByAll(10);
        settleWithoutGaps("kill -9 of node" + victim
                + " under load; back with the same identity, killed again, back with a new one");
    }

    @EnabledIfSystemProperty(named = "wsmesh.faults.long", matches = "true", disabledReason = LONG)
    @Test
    void nodes_that_start_at_once_and_restart_one_after_the_other() throws Exception {
        int[] ports = startAtOnce();
        for (int i = 0; i < NODES; i++) {
            LedgerMesh.Member leaves = mesh.member(i);
            leaves.process.leave();
            leaves.life = Life.LEFT;
            LedgerMesh.Member _ = start("node" + i, "node" + i + "-again", ports, i, Life.CAME_LATER);
            mesh.awaitLastUp();
        }
        mesh.awaitHeardByAll(20);
        settleWithoutGaps("rolling restart of all " + NODES + " under load");
    }

    private int[] startAtOnce() throws IOException {
        int[] ports = FreePorts.find(NODES);
        for (int i = 0; i < NODES; i++) {
            LedgerMesh.Member _ = start("node" + i, "node" + i, ports, i, Life.ALL_THE_TIME);
        }
        mesh.awaitUpAndLoad(RATE);
        mesh.awaitHeardByAll(20);
        settleWithoutGaps(NODES + " nodes started at once with the same list");
        return ports;
    }

    /**
     * Nothing is cut, and so no gap is due: of who dies nothing is missing to anybody but its last words, which nobody knows of, and
     * who comes later begins where it is let in.
     */
    private void settleWithoutGaps(String scenario) throws IOException {
        assertThat(mesh.settle(scenario, "").inGaps()).as("told as gaps").isZero();
    }

    private static void kill(LedgerMesh.Member member) throws InterruptedException {
        member.life = Life.DIED;
        member.process.kill();
    }

    private LedgerMesh.Member start(String identity, String ledger, int[] ports, int index, Life life)
            throws IOException {
        List<String> arguments = List.of(peers(ports), "--mesh.data-dir=" + directory.resolve(identity + ".data"));
        return mesh.add(LedgerProcess.start(directory, ledger, ports[index], 0, arguments), life);
    }

    private static String peers(int[] ports) {
        return "--mesh.peers="
                + String.join(
                        ",",
                        IntStream.of(ports)
                                .mapToObj(port -> "ws://localhost:" + port)
                                .toList());
    }
}
