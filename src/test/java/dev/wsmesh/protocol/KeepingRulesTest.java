package dev.wsmesh.protocol;

import static dev.wsmesh.protocol.Bench.OWN;
import static dev.wsmesh.protocol.Bench.batch;
import static dev.wsmesh.protocol.Bench.stream;
import static org.assertj.core.api.Assertions.assertThat;

import dev.wsmesh.protocol.Message.Graft;
import dev.wsmesh.protocol.Message.Have;
import dev.wsmesh.protocol.Message.Miss;
import dev.wsmesh.protocol.Settings.Broadcasting;
import dev.wsmesh.protocol.Settings.Memory;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What age alone does not evict (rule 11); each test is named after what that prevents. */
class KeepingRulesTest {
    private static final int RECORD_BYTES = 100;
    private static final StreamId S = stream(9);

    /** A node that has published a record each second for 25 s, and retains 20 s of that. */
    private static Bench publisher(int logBytes) {
        Bench bench = Bench.with(Broadcasting.DEFAULT.with(Memory.DEFAULT.retaining(logBytes, Duration.ofSeconds(20))));
        for (int i = 0; i < 25; i++) {
            bench.publish(RECORD_BYTES);
            bench.seconds(1);
        }
        return bench;
    }

    private static long offered(Bench bench, LinkId link) {
        Miss miss = bench.said(link, Miss.class).getFirst();
        assertThat(miss.stream()).isEqualTo(OWN);
        return miss.base();
    }

    private static long firstBrought(Bench bench, LinkId link) {
        return bench.brought(link).getFirst().first();
    }

    private static long base(Bench bench) {
        return bench.view().streams().getFirst().base();
    }

    @Test
    void whatIsOfferedDoesNotAgeAwayWhileTheNeighbourWaitsForItsGrace() {
        Bench bench = publisher(1 << 20);
        LinkId link = bench.neighbour(1, new Have(OWN, 1, 2));
        long offered = offered(bench, link);
        assertThat(offered).isGreaterThan(3);
        bench.seconds(5);
        bench.receive(link, new Graft(OWN, offered));
        assertThat(firstBrought(bench, link)).isEqualTo(offered);
    }

    @Test
    void whatANeighbourIsOwedDoesNotAgeAwayWhileItsLinkIsBusy() {
        Bench bench = publisher(1 << 20);
        LinkId link = bench.accept(1, Intent.HIGH);
        bench.fill(link);
        long held = base(bench);
        bench.digest(link, 600_000, new Have(OWN, 1, held - 1));
        bench.seconds(5);
        bench.unstick(link);
        assertThat(firstBrought(bench, link)).isEqualTo(held);
    }

    @Test
    void whatNobodyAsksForGoesInTheEnd() {
        Bench bench = publisher(1 << 20);
        LinkId link = bench.neighbour(1, new Have(OWN, 1, 2));
        long offered = offered(bench, link);
        bench.seconds(19);
        assertThat(base(bench)).isEqualTo(offered);
        bench.seconds(3);
        assertThat(base(bench)).isGreaterThan(offered);
    }

    @Test
    void whatTheNeighbourHasGoesAtOnce() {
        Bench bench = publisher(1 << 20);
        LinkId link = bench.neighbour(1, new Have(OWN, 1, 2));
        long offered = offered(bench, link);
        bench.receive(link, new Graft(OWN, offered));
        bench.receive(link, new Have(OWN, offered, 25));
        bench.seconds(5);
        assertThat(base(bench)).isGreaterThan(offered);
    }

    @Test
    void noOfferOutlivesItsLink() {
        Bench bench = publisher(1 << 20);
        LinkId link = bench.neighbour(1, new Have(OWN, 1, 2));
        long offered = offered(bench, link);
        bench.down(link);
        bench.seconds(5);
        assertThat(base(bench)).isGreaterThan(offered);
    }

    @Test
    void offersDoNotFillTheMemory() {
        Bench bench = publisher(25 * (RECORD_BYTES + StreamLog.OVERHEAD_BYTES));
        LinkId link = bench.neighbour(1, new Have(OWN, 1, 2));
        long offered = offered(bench, link);
        bench.publish(25, RECORD_BYTES);
        assertThat(base(bench)).isGreaterThan(offered + 5);
        assertThat(bench.counted(Counter.RECORDS_EVICTED_FOR_ROOM)).isPositive();
    }

    @Test
    void whoOnlyAnnouncedThatTheNextRecordIsGoneIsAskedToKeepTheRest() {
        Bench bench = new Bench();
        LinkId link = bench.neighbour(1);
        bench.receive(link, batch(S, 1, 3));
        bench.receive(link, new Have(S, 8, 20));
        bench.said(link);
        bench.seconds(1);
        assertThat(bench.said(link, Graft.class)).containsExactly(new Graft(S, 4));
        bench.receive(link, new Miss(S, 8, false), new Have(S, 8, 20));
        bench.seconds(6);
        assertThat(bench.outputs(Output.Gap.class)).containsExactly(new Output.Gap(S, 4, 7));
        assertThat(bench.said(link, Graft.class)).contains(new Graft(S, 8));
    }

    /** Another promises what it lacks, and brings nothing: how long that one is waited for is no reason to lose the rest. */
    @Test
    void whoKeepsTheRestIsAskedAgainWhileASilentNeighbourIsWaitedFor() {
        Bench bench = new Bench();
        LinkId keeping = bench.neighbour(1);
        LinkId silent = bench.neighbour(2);
        bench.receive(keeping, batch(S, 1, 3));
        bench.receive(silent, new Have(S, 1, 20));
        bench.receive(keeping, new Miss(S, 8, false), new Have(S, 8, 20));
        bench.said(keeping);
        for (int i = 0; i < 2; i++) {
            bench.seconds(13);
            assertThat(bench.said(keeping, Graft.class)).containsExactly(new Graft(S, 4));
            bench.receive(keeping, new Miss(S, 8, false), new Have(S, 8, 20));
        }
    }

    @Test
    void whoAsksAgainIsKeptForAgain() {
        Bench bench = publisher(1 << 20);
        LinkId link = bench.neighbour(1, new Have(OWN, 1, 2));
        long offered = offered(bench, link);
        for (int i = 0; i < 5; i++) {
            bench.seconds(13);
            bench.receive(link, new Graft(OWN, 3));
            assertThat(offered(bench, link)).isEqualTo(offered);
        }
        bench.seconds(19);
        assertThat(base(bench)).isGreaterThan(offered);
    }

    @Test
    void whoBringsTheRestIsNotDisturbed() {
        Bench bench = new Bench();
        LinkId keeping = bench.neighbour(1);
        LinkId silent = bench.neighbour(2);
        bench.receive(keeping, batch(S, 1, 3));
        bench.receive(silent, new Have(S, 1, 2_000));
        bench.receive(keeping, new Miss(S, 8, false), batch(S, 8, 20));
        bench.said(keeping);
        for (int i = 21; i < 150; i++) {
            bench.millis(100);
            bench.receive(keeping, batch(S, i, i));
        }
        assertThat(bench.said(keeping, Graft.class)).isEmpty();
    }

    /** It was asked so that it keeps the rest: what is lacked is asked of another at once when the one that was to bring it goes. */
    @Test
    void whoIsOnlyAskedToKeepIsNotWaitedFor() {
        Bench bench = new Bench();
        LinkId keeping = bench.neighbour(1);
        LinkId silent = bench.neighbour(2);
        LinkId holder = bench.neighbour(3);
        bench.receive(keeping, batch(S, 1, 3));
        bench.receive(silent, new Have(S, 1, 21));
        bench.receive(keeping, new Miss(S, 8, false), new Have(S, 8, 20));
        bench.said(keeping);
        bench.seconds(13);
        assertThat(bench.said(keeping, Graft.class)).hasSize(1);
        bench.receive(holder, new Have(S, 1, 20));
        bench.said(holder);
        bench.down(silent);
        assertThat(bench.said(holder, Graft.class)).containsExactly(new Graft(S, 4));
    }

    @Test
    void whoIsAskedToKeepIsNotReliedOnThoughItHadBroughtTheRestByItself() {
        Bench bench = new Bench();
        LinkId keeping = bench.neighbour(1);
        LinkId silent = bench.neighbour(2);
        LinkId holder = bench.neighbour(3);
        bench.receive(keeping, batch(S, 1, 3));
        bench.receive(silent, new Have(S, 1, 20));
        bench.receive(keeping, new Miss(S, 8, false), batch(S, 8, 20));
        bench.said(keeping);
        bench.seconds(13);
        assertThat(bench.said(keeping, Graft.class)).hasSize(1);
        bench.receive(holder, new Have(S, 1, 20));
        bench.said(holder);
        bench.down(silent);
        assertThat(bench.said(holder, Graft.class)).containsExactly(new Graft(S, 4));
    }
}
