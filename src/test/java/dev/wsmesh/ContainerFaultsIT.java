package dev.wsmesh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.wsmesh.LedgerVerdict.Life;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.testcontainers.junit.jupiter.Testcontainers;

/** Faults of nodes in containers, as {@link FaultsIT} has them, and of the network between them; those of single links are in {@link LinkFaults}. */
@Testcontainers(disabledWithoutDocker = true)
class ContainerFaultsIT {

    private static final Duration RETENTION = Duration.ofSeconds(20);
    private static final Duration GIVEN_UP_WITHIN = Duration.ofSeconds(90);
    private static final Pattern LINKED = Pattern.compile("linked with [a-z2-7]{26}");
    private static final String LONG = "takes minutes: -Dwsmesh.faults.long=true runs it";

    @TempDir
    private Path directory;

    private String peers = "";
    private LedgerContainers containers;
    private LedgerMesh mesh;

    @BeforeEach
    void begin() throws Exception {
        containers = new LedgerContainers();
        mesh = new LedgerMesh(directory, FaultTable.rows());
    }

    /** All with the same list, at once; the last one's clock is an hour ahead. */
    private void startAtOnce(int count, int rate) throws Exception {
        peers = "--mesh.peers="
                + IntStream.range(0, count)
                        .mapToObj(i -> "ws://node" + i + ":8080")
                        .collect(Collectors.joining(","));
        for (int i = 0; i < count; i++) {
            LedgerMesh.Member _ = start("node" + i, secondsAhead(i, count), Life.ALL_THE_TIME);
        }
        mesh.awaitUpAndLoad(rate);
        mesh.awaitHeardByAll(20);
    }

    private static long secondsAhead(int index, int count) {
        return index == count - 1 ? 3_600 : 0;
    }

    @AfterEach
    void endAll() throws Exception {
        containers.remove();
        mesh.close();
    }

    @AfterAll
    static void writeTable() throws IOException {
        FaultTable.write();
    }

    @Test
    void killed_under_load_and_back_as_itself_or_as_another() throws Exception {
        int victim = Lot.among(3, "ContainerFaultsIT");
        String name = "node" + victim;
        startAtOnce(3, 100);
        kill(name, mesh.member(victim));
        mesh.awaitHeardByAll(20);
        LedgerMesh.Member again = start(name, secondsAhead(victim, 3), Life.CAME_LATER);
        mesh.awaitLastUp();
        mesh.awaitHeardByAll(20);
        kill(name, again);
        LedgerMesh.Member _ = start("another", secondsAhead(victim, 3), Life.CAME_LATER);
        mesh.awaitLastUp();
        mesh.awaitHeardByAll(20);
        assertThat(mesh.settle(
                                "in containers: kill -9 of " + name + " under load; back with the same identity,"
                                        + " killed again, back with a new one",
                                "")
                        .inGaps())
                .isZero();
    }

    /** As silent (4007), or, mostly sooner, because a write to it does not end: what it takes is not acknowledged to it either. */
    private static boolean hasGivenUp(LedgerMesh.Member member) {
        String log = member.process.log();
        return log.contains("ended: 4007") || log.contains("ended: 1006");
    }

    /** How many others its log has told of as neighbours. */
    private static long linkedWith(LedgerMesh.Member member) {
        return LINKED.matcher(member.process.log())
                .results()
                .map(MatchResult::group)
                .distinct()
                .count();
    }

    private void kill(String name, LedgerMesh.Member member) throws IOException, InterruptedException {
        member.life = Life.DIED;
        containers.kill(name);
        member.process.awaitEnd();
    }

    /** Not in every run, because {@link LinkFaults} cuts the links between containers for as long. */
    @EnabledIfSystemProperty(named = "wsmesh.faults.long", matches = "true", disabledReason = LONG)
    @Test
    void cut_from_the_network_for_shorter_and_longer_than_anything_is_retained() throws Exception {
        startAtOnce(3, 100);
        for (int seconds : new int[] {1, 10}) {
            containers.cut("node1");
            pass(Duration.ofSeconds(seconds));
            containers.heal("node1");
            assertThat(mesh.settle("in containers: cut for " + seconds + " s", mesh.awaitHealed())
                            .inGaps())
                    .isZero();
        }
        containers.cut("node1");
        pass(RETENTION.plusSeconds(10));
        containers.heal("node1");
        LedgerVerdict verdict = mesh.settle(
                "in containers: cut for 30 s, " + RETENTION.toSeconds() + " s retained", mesh.awaitHealed());
        assertThat(verdict.inGaps()).isPositive();
        mesh.assertGapsAreWhatNobodyRetained(RETENTION);
    }

    @EnabledIfSystemProperty(named = "wsmesh.faults.long", matches = "true", disabledReason = LONG)
    @Test
    void a_link_that_swallows_one_way_and_one_that_loses_packets() throws Exception {
        assumeTrue(LedgerContainers.canFilter(), "packets can only be filtered by root, with nsenter and iptables");
        startAtOnce(3, 100);
        // Without a link there is none to give up.
        await().atMost(GIVEN_UP_WITHIN).until(() -> linkedWith(mesh.member(2)) == 2);
        containers.swallow("node0", "node2");
        await().atMost(GIVEN_UP_WITHIN).until(() -> hasGivenUp(mesh.member(2)));
        mesh.awaitHeardByAll(50);
        containers.loseNothing("node2");
        assertThat(mesh.settle("in containers: a link that swallows one way, until it is given up", "")
                        .inGaps())
                .isZero();
        containers.lose(20, "node0", "node1");
        containers.lose(20, "node1", "node0");
        mesh.awaitHeardByAll(300);
        containers.loseNothing("node0");
        containers.loseNothing("node1");
        assertThat(mesh.settle("in containers: a link that loses every fifth packet", "")
                        .inGaps())
                .isZero();
    }

    @EnabledIfSystemProperty(named = "wsmesh.faults.long", matches = "true", disabledReason = LONG)
    @Test
    void eight_that_start_at_once_and_restart_one_after_the_other() throws Exception {
        startAtOnce(8, 20);
        assertThat(mesh.settle("in containers: 8 nodes started at once with the same list", "")
                        .inGaps())
                .isZero();
        for (int i = 0; i < 8; i++) {
            LedgerMesh.Member leaves = mesh.member(i);
            leaves.process.leave();
            leaves.life = Life.LEFT;
            LedgerMesh.Member _ = start("node" + i, 0, Life.CAME_LATER);
            mesh.awaitLastUp();
        }
        mesh.awaitHeardByAll(20);
        assertThat(mesh.settle("in containers: rolling restart of all 8 under load", "")
                        .inGaps())
                .isZero();
    }

    private static void pass(Duration duration) {
        await().pollDelay(duration).atMost(duration.plusSeconds(5)).until(() -> true);
    }

    /** The ledger of one that comes again is another's; the identity is not. */
    private LedgerMesh.Member start(String name, long secondsAhead, Life life) throws IOException {
        String ledger = life == Life.CAME_LATER ? name + "-again" : name;
        return mesh.add(
                LedgerProcess.start(
                        directory,
                        ledger,
                        containers.runCommand(name, directory),
                        secondsAhead,
                        List.of(
                                peers,
                                "--mesh.retention.max-age=" + RETENTION.toSeconds() + "s",
                                "--mesh.data-dir=" + directory.resolve(name + ".data"))),
                life);
    }
}
