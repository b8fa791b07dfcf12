package dev.wsmesh;

import static org.awaitility.Awaitility.await;

import dev.wsmesh.LedgerVerdict.Life;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Three nodes in processes or containers of their own under load, each of which dials the others by cables of its own, and nobody
 * else. The last one's clock is an hour ahead.
 */
final class CabledMesh implements AutoCloseable {

    static final int NODES = 3;

    private static final Duration AHEAD = Duration.ofHours(1);
    private static final Duration LINKED_WITHIN = Duration.ofSeconds(90);

    private final LedgerHost host;
    private final Path directory;
    private final List<String> properties;
    private final LedgerMesh ledgers;
    private final int[] ports = FreePorts.find(NODES);
    private final Cable[][] cables = new Cable[NODES][NODES];
    private final LedgerMesh.Member[] present = new LedgerMesh.Member[NODES];
    private int starts;
    private long gapsBefore;

    private CabledMesh(LedgerHost host, Path directory, String... properties) throws IOException {
        this.host = host;
        this.directory = directory;
        this.properties = List.of(properties);
        this.ledgers = new LedgerMesh(directory, FaultTable.rows());
        for (int from = 0; from < NODES; from++) {
            for (int to = 0; to < NODES; to++) {
                cables[from][to] = Cable.to(ports[to], host.address());
            }
        }
    }

    /** Starts all of them at once, and waits until each hears the others. */
    static CabledMesh start(LedgerHost host, Path directory, int perSecond, String... properties) throws IOException {
        CabledMesh mesh = new CabledMesh(host, directory, properties);
        for (int i = 0; i < NODES; i++) {
            mesh.start(i, Life.ALL_THE_TIME);
        }
        mesh.ledgers.awaitUpAndLoad(perSecond);
        mesh.ledgers.awaitHeardByAll(5);
        return mesh;
    }

    LedgerMesh ledgers() {
        return ledgers;
    }

    LedgerProcess node(int index) {
        return present[index].process;
    }

    /** By which the first one dials the second. */
    Cable cable(int from, int to) {
        return cables[from][to];
    }

    /** Both that lie between two nodes: a link may be in either. */
    List<Cable> between(int one, int other) {
        return List.of(cable(one, other), cable(other, one));
    }

    List<Cable> all() {
        return Arrays.stream(cables).flatMap(Arrays::stream).toList();
    }

    /** Waits until something is connected by one of those. */
    void awaitLinked(int one, int other) {
        await().atMost(LINKED_WITHIN).until(() -> between(one, other).stream().anyMatch(Cable::isInUse));
    }

    /** Waits until so many more messages of each of those have come to each of them. */
    void awaitHeardAmong(int more, int... nodes) {
        ledgers.awaitHeard(more, Arrays.stream(nodes).mapToObj(i -> present[i]).toList());
    }

    /** It neither reads nor writes, and its connections stay. */
    void halt(int index) throws IOException, InterruptedException {
        host.halt(index, node(index));
    }

    void goOn(int index) throws IOException, InterruptedException {
        host.goOn(index, node(index));
    }

    /** One leaves, and comes back as itself. */
    void restart(int index) throws Exception {
        LedgerMesh.Member leaves = present[index];
        leaves.process.leave();
        leaves.life = Life.LEFT;
        start(index, Life.CAME_LATER);
        ledgers.awaitLastUp();
    }

    /** Stops the load, waits until nothing is missing, and goes on; returns how many were told as gaps since the last time. */
    long settle(String scenario, String healed) throws IOException {
        long before = gapsBefore;
        gapsBefore = ledgers.settle(scenario, healed).inGaps();
        return gapsBefore - before;
    }

    @Override
    public void close() throws IOException {
        ledgers.close();
        for (Cable cable : all()) {
            cable.close();
        }
    }

    private void start(int index, Life life) throws IOException {
        List<String> urls = new ArrayList<>();
        for (int to = 0; to < NODES; to++) {
            if (to != index) {
                urls.add(cable(index, to).url());
            }
        }
        List<String> arguments = new ArrayList<>(properties);
        arguments.add("--mesh.peers=" + String.join(",", urls));
        arguments.add("--mesh.membership.fill=false");
        arguments.add("--mesh.data-dir=" + directory.resolve("node" + index + ".data"));
        long ahead = index == NODES - 1 ? AHEAD.toSeconds() : 0;
        String ledger = "node" + index + "-" + starts++;
        present[index] = ledgers.add(host.start(directory, ledger, index, ports[index], ahead, arguments), life);
    }
}
