package dev.wsmesh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.wsmesh.LedgerVerdict.Life;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * Faults between separate processes under load, and what the ledgers outside the nodes say afterwards. The table is written to
 * {@code target/faults.md}. Those that take minutes (a reader that stops, eight nodes at
 * once, a rolling restart) run with {@code -Dwsmesh.faults.long=true}.
 */
class FaultsIT {

    private static final Duration RETENTION = Duration.ofSeconds(20);
    private static final Duration SETTLED_WITHIN = Duration.ofSeconds(90);
    private static final int RATE = 100;
    private static final StringBuilder table = new StringBuilder(LedgerVerdict.HEAD);

    @TempDir
    private Path directory;

    private LedgerMesh mesh;
    private final List<Cable> cables = new ArrayList<>();

    @AfterAll
    static void writeTable() throws IOException {
        System.out.println(table);
        Files.writeString(Path.of("target", "faults.md"), table);
    }

    @BeforeEach
    void begin() {
        mesh = new LedgerMesh(directory, table);
    }

    @AfterEach
    void endAll() throws IOException {
        mesh.close();
        for (Cable cable : cables) {
            cable.close();
        }
    }

    private static final String LONG = "takes minutes: -Dwsmesh.faults.long=true runs it";

    @Test
    void a_node_that_is_killed_and_comes_back_as_itself_or_as_another() throws Exception {
        int[] ports = FreePorts.find(3);
        for (int i = 0; i < 3; i++) {
            start("node" + i, ports, i, 0, Life.ALL_THE_TIME);
        }
        mesh.awaitUpAndLoad(RATE);
        mesh.awaitDelivered(50);
        LedgerMesh.Member killed = mesh.member(2);
        killed.life = Life.DIED;
        killed.process.kill();
        mesh.awaitDelivered(50);
        // The directory is that of the one before it.
        start("node2", "node2-again", ports, 2, 0, Life.CAME_LATER);
        mesh.awaitLastUp();
        mesh.awaitDelivered(50);
        LedgerMesh.Member again = mesh.member(3);
        again.life = Life.DIED;
        again.process.kill();
        start("another", ports, 2, 0, Life.CAME_LATER);
        mesh.awaitLastUp();
        mesh.awaitDelivered(50);
        mesh.settle("kill -9 under load; back with the same identity, killed again, back with a new one", "");
    }

    @Test
    void all_links_cut_for_shorter_and_longer_than_anything_is_retained() throws Exception {
        cabledMesh(3600, "--mesh.retention.max-age=" + RETENTION.toSeconds() + "s");
        mesh.awaitUpAndLoad(RATE);
        mesh.awaitDelivered(50);
        for (int seconds : new int[] {1, 10}) {
            String healed = cutFor(Duration.ofSeconds(seconds));
            LedgerVerdict verdict =
                    mesh.settle("all links cut for " + seconds + " s (one clock an hour ahead)", healed);
            assertThat(verdict.inGaps()).isZero();
        }
        String healed = cutFor(RETENTION.plusSeconds(10));
        LedgerVerdict verdict = mesh.settle("all links cut for 30 s, " + RETENTION.toSeconds() + " s retained", healed);
        mesh.assertGapsAreWhatNobodyRetained(verdict, RETENTION);
    }

    @EnabledIfSystemProperty(named = "wsmesh.faults.long", matches = "true", disabledReason = LONG)
    @Test
    void links_that_are_slow_or_swallow_and_a_reader_that_stops() throws Exception {
        cabledMesh(0);
        mesh.awaitUpAndLoad(RATE);
        mesh.awaitDelivered(50);
        // Node 0 and 1 see each other only through 10 kB/s, in both directions; the way by node 2 is fast.
        cable(0, 1).limit(10_000);
        cable(1, 0).limit(10_000);
        mesh.awaitDelivered(2_000);
        cable(0, 1).heal();
        cable(1, 0).heal();
        assertThat(mesh.settle("a link at 10 kB/s", "").inGaps()).isZero();
        cable(0, 2).swallowToTarget();
        cable(2, 0).swallowToDialler();
        await().atMost(SETTLED_WITHIN).until(() -> mesh.member(2).process.log().contains("4007"));
        mesh.awaitDelivered(100);
        cable(0, 2).heal();
        cable(2, 0).heal();
        assertThat(mesh.settle("a link that swallows one way, until it is given up", "")
                        .inGaps())
                .isZero();
        Duration stop = Duration.ofSeconds(Boolean.getBoolean("wsmesh.faults.long") ? 60 : 20);
        LedgerProcess reader = mesh.member(2).process;
        reader.signal("STOP");
        await().pollDelay(stop).atMost(stop.plusSeconds(5)).until(() -> true);
        reader.signal("CONT");
        long from = System.nanoTime();
        mesh.awaitDelivered(50);
        mesh.settle("a reader stopped for " + stop.toSeconds() + " s", LedgerMesh.seconds(from));
    }

    @EnabledIfSystemProperty(named = "wsmesh.faults.long", matches = "true", disabledReason = LONG)
    @Test
    void eight_nodes_that_start_at_once_and_restart_one_after_the_other() throws Exception {
        int[] ports = FreePorts.find(8);
        String peers = peers(ports);
        for (int i = 0; i < 8; i++) {
            start("node" + i, "node" + i, ports[i], 0, Life.ALL_THE_TIME, peers);
        }
        mesh.awaitUpAndLoad(20);
        mesh.awaitDelivered(20);
        mesh.settle("8 nodes started at once with the same list", "");
        for (int i = 0; i < 8; i++) {
            LedgerMesh.Member leaves = mesh.member(i);
            leaves.process.leave();
            leaves.life = Life.LEFT;
            start("node" + i, "node" + i + "-again", ports[i], 0, Life.CAME_LATER, peers);
            mesh.awaitLastUp();
        }
        mesh.awaitDelivered(20);
        mesh.settle("rolling restart of all 8 under load", "");
    }

    /** Cuts all links, heals them, and returns how long it took until something fresh had arrived everywhere. */
    private String cutFor(Duration duration) {
        cables.forEach(Cable::cut);
        await().pollDelay(duration).atMost(duration.plusSeconds(5)).until(() -> true);
        cables.forEach(Cable::heal);
        return mesh.awaitHealed();
    }

    /** Three nodes, each of which dials the others by cables of their own; the last one's clock is ahead. */
    private void cabledMesh(long secondsAhead, String... more) throws IOException {
        int[] ports = FreePorts.find(3);
        for (int from = 0; from < 3; from++) {
            List<String> urls = new ArrayList<>();
            for (int to = 0; to < 3; to++) {
                Cable cable = Cable.to(ports[to]);
                cables.add(cable);
                if (to != from) {
                    urls.add(cable.url());
                }
            }
            List<String> arguments = new ArrayList<>(List.of(more));
            arguments.add("--mesh.peers=" + String.join(",", urls));
            arguments.add("--mesh.membership.fill=false");
            start(
                    "node" + from,
                    "node" + from,
                    ports[from],
                    from == 2 ? secondsAhead : 0,
                    Life.ALL_THE_TIME,
                    arguments.toArray(String[]::new));
        }
    }

    private Cable cable(int from, int to) {
        return cables.get(3 * from + to);
    }

    private void start(String name, int[] ports, int index, long secondsAhead, Life life) throws IOException {
        start(name, name, ports, index, secondsAhead, life);
    }

    private void start(String identity, String ledger, int[] ports, int index, long secondsAhead, Life life)
            throws IOException {
        start(identity, ledger, ports[index], secondsAhead, life, peers(ports));
    }

    private void start(String identity, String ledger, int port, long secondsAhead, Life life, String... arguments)
            throws IOException {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.add("--mesh.data-dir=" + directory.resolve(identity + ".data"));
        LedgerMesh.Member _ = mesh.add(LedgerProcess.start(directory, ledger, port, secondsAhead, all), life);
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
