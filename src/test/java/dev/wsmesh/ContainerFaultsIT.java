package dev.wsmesh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.wsmesh.LedgerVerdict.Life;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.testcontainers.junit.jupiter.Testcontainers;

/** The faults of {@link FaultsIT} that containers know: killed, cut from the network, paused. */
@Testcontainers(disabledWithoutDocker = true)
class ContainerFaultsIT {

    private static final Duration RETENTION = Duration.ofSeconds(20);
    private static final StringBuilder table = new StringBuilder(LedgerVerdict.HEAD);
    private static final String PEERS = "--mesh.peers=ws://node0:8080,ws://node1:8080,ws://node2:8080";

    @TempDir
    private Path directory;

    private LedgerContainers containers;
    private LedgerMesh mesh;

    @BeforeEach
    void startThree() throws Exception {
        containers = new LedgerContainers();
        mesh = new LedgerMesh(directory, table);
        for (int i = 0; i < 3; i++) {
            start("node" + i, Life.ALL_THE_TIME);
        }
        mesh.awaitUpAndLoad(100);
        mesh.awaitDelivered(50);
    }

    @AfterEach
    void endAll() throws Exception {
        containers.remove();
        mesh.close();
    }

    @AfterAll
    static void printTable() {
        System.out.println(table);
    }

    @Test
    void killed_under_load_and_back_as_itself() throws Exception {
        LedgerMesh.Member killed = mesh.member(2);
        killed.life = Life.DIED;
        containers.kill("node2");
        killed.process.awaitEnd();
        mesh.awaitDelivered(50);
        start("node2", Life.CAME_LATER);
        mesh.awaitLastUp();
        mesh.awaitDelivered(50);
        assertThat(mesh.settle("in containers: killed under load, back with the same identity", "")
                        .inGaps())
                .isZero();
    }

    @Test
    void cut_from_the_network_for_shorter_and_longer_than_anything_is_retained() throws Exception {
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
        mesh.assertGapsAreWhatNobodyRetained(verdict, RETENTION);
    }

    @Test
    void paused_for_shorter_than_anything_is_retained() throws Exception {
        containers.pause("node0");
        pass(Duration.ofSeconds(10));
        containers.goOn("node0");
        assertThat(mesh.settle("in containers: paused for 10 s", mesh.awaitHealed())
                        .inGaps())
                .isZero();
    }

    private static void pass(Duration duration) {
        await().pollDelay(duration).atMost(duration.plusSeconds(5)).until(() -> true);
    }

    /** The ledger of one that comes again is another's; the identity is not. */
    private void start(String name, Life life) throws IOException {
        String ledger = life == Life.CAME_LATER ? name + "-again" : name;
        LedgerMesh.Member _ = mesh.add(
                LedgerProcess.inContainer(
                        directory,
                        ledger,
                        name,
                        containers,
                        List.of(
                                PEERS,
                                "--mesh.retention.max-age=" + RETENTION.toSeconds() + "s",
                                "--mesh.data-dir=" + directory.resolve(name + ".data"))),
                life);
    }
}
