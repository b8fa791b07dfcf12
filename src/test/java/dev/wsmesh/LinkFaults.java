package dev.wsmesh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * Faults of links between nodes under load, one after the other in the same three, and what the ledgers outside the nodes say after
 * each. With {@code -Dwsmesh.faults.long=true} those that can last do: a minute instead of seconds; and containers, too, are cut off
 * for longer than anything is retained.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class LinkFaults {

    private static final Duration RETENTION = Duration.ofSeconds(20);
    private static final Duration GIVEN_UP_WITHIN = Duration.ofSeconds(90);
    private static final boolean LONG = Boolean.getBoolean("wsmesh.faults.long");
    private static final int RATE = 100;
    /** From each to each, while there is a fault: some seconds, or a minute. */
    private static final int MEANWHILE = LONG ? 60 * RATE : 3 * RATE;

    private static final int SLOW_BYTES_PER_SECOND = 10_000;
    /** So that much waits for a reader that stops; in a minute, no more than a log keeps by bytes. */
    private static final int LARGE_BYTES = LONG ? 2_000 : 12_000;

    private LedgerHost host;
    private CabledMesh mesh;

    private final String where;
    private final boolean isBrief;

    /**
     * Faults of links between nodes.
     *
     * @param where what the rows of the table begin with
     * @param isBrief to leave out, in a short run, the half minute without any link
     */
    LinkFaults(String where, boolean isBrief) {
        this.where = where;
        this.isBrief = isBrief && !LONG;
    }

    /** Where the nodes are to run. */
    abstract LedgerHost host() throws IOException, InterruptedException;

    @BeforeAll
    void begin(@TempDir Path directory) throws IOException, InterruptedException {
        host = host();
        mesh = CabledMesh.start(host, directory, RATE, "--mesh.retention.max-age=" + RETENTION.toSeconds() + "s");
    }

    @AfterEach
    void healAll() {
        mesh.all().forEach(Cable::heal);
    }

    @AfterAll
    void endAll() throws IOException, InterruptedException {
        try {
            if (mesh != null) {
                mesh.close();
            }
        } finally {
            host.end();
        }
        FaultTable.write();
    }

    @Test
    void a_link_of_ten_kilobytes_a_second_holds_up_nobody() throws Exception {
        mesh.awaitLinked(0, 1);
        mesh.between(0, 1).forEach(cable -> cable.limit(SLOW_BYTES_PER_SECOND));
        mesh.ledgers().awaitHeardByAll(MEANWHILE);
        mesh.between(0, 1).forEach(Cable::heal);
        assertThat(settle("a link at 10 kB/s", "")).isZero();
    }

    @Test
    void around_a_link_that_swallows_one_way_everything_arrives() throws Exception {
        mesh.awaitLinked(0, 2);
        mesh.cable(0, 2).swallowToTarget();
        mesh.cable(2, 0).swallowToDialler();
        mesh.ledgers().awaitHeardByAll(MEANWHILE);
        if (LONG) {
            await().atMost(GIVEN_UP_WITHIN).until(() -> mesh.node(2).log().contains("4007"));
        }
        // Whoever was on the way has forgotten the connection by the time that it lets something through again.
        mesh.between(0, 2).forEach(Cable::tear);
        mesh.between(0, 2).forEach(Cable::heal);
        assertThat(settle("a link that swallows one way" + (LONG ? ", until it is given up" : ""), ""))
                .isZero();
    }

    @Test
    void where_one_of_several_links_is_cut_everything_goes_around_it() throws Exception {
        mesh.awaitLinked(0, 1);
        mesh.between(0, 1).forEach(Cable::cut);
        mesh.ledgers().awaitHeardByAll(MEANWHILE);
        mesh.between(0, 1).forEach(Cable::heal);
        mesh.awaitLinked(0, 1);
        assertThat(settle("one of the three links cut, the others stay", "")).isZero();
    }

    @Test
    void a_reader_that_stops_holds_up_nobody_and_is_told_everything_that_is_retained() throws Exception {
        Duration stop = Duration.ofSeconds(LONG ? 60 : 6);
        mesh.ledgers().bytes(LARGE_BYTES);
        mesh.halt(2);
        long from = System.nanoTime();
        mesh.awaitHeardAmong(MEANWHILE, 0, 1);
        await().atMost(stop.plusSeconds(5)).until(() -> System.nanoTime() - from >= stop.toNanos());
        mesh.goOn(2);
        mesh.ledgers().bytes(0);
        String healed = mesh.ledgers().awaitHealed();
        long gaps = settle("a reader stopped for " + stop.toSeconds() + " s", healed);
        if (LONG) {
            mesh.ledgers().assertGapsAreWhatNobodyRetained(RETENTION);
        } else {
            assertThat(gaps).isZero();
        }
    }

    @Test
    void all_links_cut_for_shorter_and_longer_than_anything_is_retained() throws Exception {
        for (int seconds : new int[] {1, 10}) {
            String healed = cutFor(Duration.ofSeconds(seconds));
            assertThat(settle("all links cut for " + seconds + " s (one clock an hour ahead)", healed))
                    .isZero();
        }
        if (isBrief) {
            return;
        }
        String healed = cutFor(RETENTION.plusSeconds(10));
        long gaps = settle("all links cut for 30 s, " + RETENTION.toSeconds() + " s retained", healed);
        assertThat(gaps).isPositive();
        mesh.ledgers().assertGapsAreWhatNobodyRetained(RETENTION);
    }

    @Test
    void all_nodes_restarted_one_after_the_other_lose_nothing() throws Exception {
        for (int i = 0; i < CabledMesh.NODES; i++) {
            mesh.restart(i);
        }
        mesh.ledgers().awaitHeardByAll(20);
        assertThat(settle("rolling restart of all 3 under load", "")).isZero();
    }

    private long settle(String scenario, String healed) throws IOException {
        return mesh.settle(where + scenario, healed);
    }

    /** Cuts all links, heals them, and returns how long it took until something fresh had arrived everywhere. */
    private String cutFor(Duration duration) {
        mesh.all().forEach(Cable::cut);
        await().pollDelay(duration).atMost(duration.plusSeconds(5)).until(() -> true);
        mesh.all().forEach(Cable::heal);
        return mesh.ledgers().awaitHealed();
    }
}
