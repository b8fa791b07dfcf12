package dev.wsmesh.protocol;

import static dev.wsmesh.protocol.Bench.batch;
import static dev.wsmesh.protocol.Bench.stream;
import static org.assertj.core.api.Assertions.assertThat;

import dev.wsmesh.protocol.Message.Batch;
import dev.wsmesh.protocol.Message.Graft;
import dev.wsmesh.protocol.Message.Have;
import dev.wsmesh.protocol.Message.Miss;
import dev.wsmesh.protocol.Message.Prune;
import dev.wsmesh.protocol.Settings.Broadcasting;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What the simulator found in the core and nobody had thought of, each in a few lines: named after what must not return. */
class SimulatorFindingsTest {
    private static final StreamId S = stream(9);
    private static final StreamId NEWER = new StreamId(S.origin(), 2);
    private static final Broadcasting TINY = Broadcasting.DEFAULT.bounded(1_000, Duration.ofMinutes(2), 10, 10);

    private static Have have(long base, long contiguous) {
        return new Have(S, base, contiguous);
    }

    @Test
    void aStreamThatOnlyAMissHasStartedIsNotKeptFromTheOtherNeighbours() {
        Bench bench = new Bench();
        LinkId source = bench.neighbour(1);
        LinkId other = bench.neighbour(2);
        bench.receive(source, new Miss(S, 40, false));
        bench.said(other);
        bench.receive(source, batch(S, 1, 2));
        assertThat(bench.said(other, Batch.class))
                .singleElement()
                .satisfies(each -> assertThat(each.last()).isEqualTo(2));
    }

    @Test
    void aRecordWhoseAnnouncementIsStillOnItsWayIsNotGivenUp() {
        Bench bench = new Bench();
        LinkId misses = bench.starter(1, have(1, 3));
        LinkId slow = bench.neighbour(2, have(1, 3));
        bench.receive(misses, batch(S, 1, 3));
        bench.receive(misses, new Miss(S, 8, false));
        bench.seconds(4);
        assertThat(bench.said(slow, Graft.class)).contains(new Graft(S, 4));
        bench.seconds(20);
        assertThat(bench.outputs(Output.Gap.class)).isEmpty();
        bench.receive(slow, batch(S, 4, 7));
        assertThat(bench.delivered(S)).containsExactly(4L, 5L, 6L, 7L);
    }

    @Test
    void aNeighbourThatNeverMentionedTheStreamIsAskedBeforeItIsGivenUp() {
        Bench bench = new Bench();
        LinkId misses = bench.neighbour(1, have(1, 3));
        LinkId silent = bench.neighbour(2);
        bench.receive(misses, batch(S, 1, 3));
        bench.receive(misses, new Miss(S, 8, false));
        bench.seconds(20);
        assertThat(bench.said(silent, Graft.class)).contains(new Graft(S, 4));
        assertThat(bench.outputs(Output.Gap.class)).isEmpty();
        bench.receive(silent, new Miss(S, Miss.NONE, false));
        bench.seconds(6);
        assertThat(bench.outputs(Output.Gap.class)).containsExactly(new Output.Gap(S, 4, 7));
    }

    @Test
    void linksThatComeAndGoDoNotPutOffAGapForEver() {
        Bench bench = new Bench();
        LinkId misses = bench.neighbour(1, have(1, 3));
        bench.receive(misses, batch(S, 1, 3));
        bench.receive(misses, new Miss(S, 8, false));
        for (int i = 0; i < 12; i++) {
            LinkId probe = bench.neighbour(20 + i);
            bench.receive(probe, new Miss(S, Miss.NONE, false));
            bench.seconds(2);
            bench.down(probe);
        }
        assertThat(bench.outputs(Output.Gap.class)).containsExactly(new Output.Gap(S, 4, 7));
    }

    @Test
    void whatWaitsForAnOlderEpochIsDeliveredBeforeItIsEvicted() {
        Bench bench = Bench.with(TINY);
        LinkId link = bench.neighbour(1);
        bench.receive(link, batch(S, 1, 2), have(1, 3), batch(NEWER, 1, 1));
        assertThat(bench.delivered(NEWER)).isEmpty();
        for (int i = 2; i <= 50; i++) {
            bench.receive(link, batch(NEWER, i, i));
        }
        assertThat(bench.delivered(NEWER)).hasSize(50);
        assertThat(bench.outputs(Output.Gap.class)).containsExactly(new Output.Gap(S, 3, 3));
    }

    @Test
    void anOldEpochDoesNotComeBackAfterTheNewerOneIsForgotten() {
        Bench bench = new Bench();
        LinkId link = bench.neighbour(1);
        bench.receive(link, batch(S, 1, 2), batch(NEWER, 1, 1));
        bench.seconds(300);
        assertThat(bench.view().streams()).isEmpty();
        bench.receive(bench.neighbour(2), batch(S, 3, 4));
        assertThat(bench.delivered(S)).containsExactly(1L, 2L);
        assertThat(bench.outputs(Output.Gap.class)).containsExactly(new Output.Gap(S, 3, 4));
    }

    /** The newer epoch is known, begins at 5, and is forgotten again, while the older one goes on. */
    private static LinkId forgetNewer(Bench bench) {
        LinkId link = bench.neighbour(1);
        bench.receive(link, new Batch(NEWER, 5, 0, false, List.of()));
        for (int i = 1; i <= 30; i++) {
            bench.seconds(10);
            bench.receive(link, batch(S, i, i));
        }
        assertThat(bench.view().streams())
                .singleElement()
                .satisfies(each -> assertThat(each.id()).isEqualTo(S));
        return link;
    }

    @Test
    void aForgottenEpochOfWhichNothingWasDeliveredDoesNotOvertakeAnOlderOne() {
        Bench bench = new Bench();
        LinkId link = forgetNewer(bench);
        bench.receive(link, have(1, 31), batch(NEWER, 5, 5));
        assertThat(bench.delivered(NEWER)).isEmpty();
        bench.receive(link, batch(S, 31, 31));
        assertThat(bench.delivered(S)).hasSize(31);
        assertThat(bench.delivered(NEWER)).containsExactly(5L);
        assertThat(bench.outputs(Output.Gap.class)).isEmpty();
    }

    @Test
    void aForgottenEpochOfWhichNothingWasDeliveredDoesNotCloseAnOlderOne() {
        Bench bench = new Bench();
        LinkId link = bench.neighbour(1);
        bench.receive(link, new Batch(NEWER, 5, 0, false, List.of()));
        bench.seconds(300);
        assertThat(bench.view().streams()).isEmpty();
        bench.receive(bench.neighbour(2), batch(S, 1, 2));
        assertThat(bench.delivered(S)).containsExactly(1L, 2L);
    }

    @Test
    void aNewcomerIsNotToldOfAHoleBeforeItBeganToListen() {
        Bench bench = Bench.with(TINY);
        bench.publish(5, 100);
        bench.seconds(60);
        bench.publish(5, 100);
        assertThat(bench.view().streams())
                .singleElement()
                .satisfies(each -> assertThat(each.base()).isEqualTo(6));
        LinkId newcomer = bench.accept(1, Intent.HIGH);
        bench.digest(newcomer, 30_000);
        List<Message> said = bench.said(newcomer);
        assertThat(said).noneMatch(Miss.class::isInstance);
        assertThat(said)
                .filteredOn(Batch.class::isInstance)
                .isNotEmpty()
                .allSatisfy(each -> assertThat(((Batch) each).first()).isEqualTo(6));
    }

    @Test
    void anEpochThatAnEarlierRunMayHaveTakenAndForgottenIsNotTakenAgain() {
        Set<Long> taken = new HashSet<>();
        for (int seed = 0; seed < 10; seed++) {
            Bench bench = new Bench(Settings.of(Bench.SELF, new Address("ws://self"), List.of()), seed);
            bench.neighbour(1, new Have(new StreamId(Bench.SELF, 500), 1, 7));
            bench.outputs(Output.EpochTaken.class).forEach(each -> taken.add(each.epoch()));
        }
        assertThat(taken).hasSizeGreaterThan(5).allMatch(epoch -> epoch > 500);
    }

    @Test
    void recordsOfAClosedEpochAreStillPassedOn() {
        Bench bench = new Bench();
        LinkId link = bench.neighbour(1);
        LinkId other = bench.neighbour(2);
        bench.receive(link, batch(S, 1, 2), have(1, 3), batch(NEWER, 1, 1));
        bench.seconds(6);
        assertThat(bench.delivered(NEWER)).containsExactly(1L);
        bench.said(other);
        bench.receive(link, batch(S, 3, 3));
        assertThat(bench.delivered(S)).containsExactly(1L, 2L);
        assertThat(bench.said(other, Batch.class)).anySatisfy(each -> {
            assertThat(each.stream()).isEqualTo(S);
            assertThat(each.last()).isEqualTo(3);
        });
    }

    /** A neighbour whose log is full: what it offers is gone when it is asked for. */
    @Test
    void whoAsksForWhatWasOfferedIsNotAlwaysTooLate() {
        Bench bench = Bench.with(TINY);
        LinkId late = bench.neighbour(1);
        bench.publish(300);
        bench.publish(300);
        bench.said(late);
        bench.receive(late, new Graft(Bench.OWN, 1));
        bench.publish(300);
        bench.publish(300);
        bench.receive(late, new Graft(Bench.OWN, 1));
        assertThat(bench.said(late)).last().isEqualTo(new Miss(Bench.OWN, 3, false));
        bench.publish(300);
        assertThat(bench.said(late, Batch.class)).isEmpty();
        bench.receive(late, new Graft(Bench.OWN, 3));
        List<Message> said = bench.said(late);
        assertThat(said).first().isEqualTo(new Miss(Bench.OWN, 4, false));
        assertThat(said).last().isInstanceOfSatisfying(Batch.class, each -> {
            assertThat(each.first()).isEqualTo(4);
            assertThat(each.last()).isEqualTo(5);
        });
        bench.publish(300);
        assertThat(bench.said(late, Batch.class)).hasSize(1);
    }

    @Test
    void whatIsOfferedAndGoneRightBehindAGapIsNotWaitedForAgain() {
        Bench bench = new Bench();
        LinkId link = bench.neighbour(1, have(1, 3));
        bench.receive(link, batch(S, 1, 3), new Miss(S, 8, false), have(8, 20));
        bench.seconds(6);
        assertThat(bench.outputs(Output.Gap.class)).containsExactly(new Output.Gap(S, 4, 7));
        assertThat(bench.said(link, Graft.class)).last().isEqualTo(new Graft(S, 8));
        bench.receive(link, new Miss(S, 10, false), batch(S, 10, 21));
        bench.millis(1);
        assertThat(bench.outputs(Output.Gap.class)).last().isEqualTo(new Output.Gap(S, 8, 9));
        assertThat(bench.delivered(S)).endsWith(19L, 20L, 21L);
        bench.receive(link, batch(S, 22, 22), new Miss(S, 25, false));
        bench.seconds(4);
        assertThat(bench.outputs(Output.Gap.class)).hasSize(2);
    }

    /** Two begin to listen at nearly the same time, and their link is slow: what one lacks the other may have a claim on. */
    @Test
    void whoBeganALittleEarlierIsNotStartedBehindWhatItHasAClaimOn() {
        Bench bench = new Bench();
        LinkId source = bench.starter(1, have(1, 6));
        bench.millis(1);
        bench.receive(source, new Message.History(S, 7, 0, List.of()));
        bench.down(source);
        bench.seconds(2);
        LinkId earlier = bench.accept(2, Intent.HIGH);
        bench.digest(earlier, 1_800);
        assertThat(bench.said(earlier, Miss.class)).containsExactly(new Miss(S, 7, false));
        LinkId later = bench.accept(3, Intent.HIGH);
        bench.digest(later, 500);
        assertThat(bench.said(later, Miss.class)).isEmpty();
    }

    /** A leaver pushes its stream also where it has just said that it lacks the beginning: seed 2485. */
    @Test
    void whatANeighbourBringsThatLacksTheBeginningIsNoBeginning() {
        Bench bench = new Bench();
        LinkId leaver = bench.neighbour(9);
        bench.receive(leaver, have(40, 41), new Miss(S, 40, false));
        bench.receive(leaver, new Message.Leave(41), batch(S, 40, 41));
        bench.down(leaver);
        LinkId other = bench.neighbour(2);
        for (int i = 0; i < 20; i++) {
            bench.seconds(10);
            bench.receive(other, new Message.Ping(i));
            bench.receive(other, new Miss(S, Miss.NONE, false));
        }
        assertThat(bench.outputs(Output.Gap.class)).containsExactly(new Output.Gap(S, 1, 39));
        assertThat(bench.delivered(S)).containsExactly(40L, 41L);
    }

    /** What was skipped as lost may be young although the stream was silent for long: seed 6589. */
    @Test
    void aStreamThatIsForgottenRightAfterAGapStillKnowsHowYoungItsGapIs() {
        Bench bench = Bench.with(Broadcasting.DEFAULT.bounded(1 << 20, Duration.ofSeconds(10), 100, 100));
        LinkId link = bench.neighbour(1);
        bench.receive(link, new Miss(S, 2, false), have(2, 1));
        for (int i = 0; i < 4; i++) {
            bench.seconds(5);
            bench.receive(link, new Message.Ping(i));
        }
        bench.receive(link, have(48, 48), new Miss(S, 49, false), have(49, 48));
        bench.seconds(6);
        assertThat(bench.outputs(Output.Gap.class)).last().isEqualTo(new Output.Gap(S, 2, 48));
        bench.seconds(2);
        assertThat(bench.counted(Counter.STREAMS_FORGOTTEN)).isPositive();
        LinkId newcomer = bench.accept(2, Intent.HIGH);
        bench.digest(newcomer, 15_000);
        assertThat(bench.said(newcomer, Miss.class)).containsExactly(new Miss(S, 49, false));
    }

    /** In a frame a Miss goes before all Batches: that one is too large says nothing of what comes before it; seeds 37, 496, 21. */
    @Test
    void whatComesBeforeATooLargeRecordIsStillExpectedAndAskedFor() {
        Bench bench = new Bench();
        LinkId link = bench.neighbour(1);
        bench.receive(link, batch(S, 1, 3));
        bench.receive(link, new Miss(S, 8, false, 2), batch(S, 4, 5), batch(S, 8, 9));
        assertThat(bench.outputs(Output.Gap.class)).containsExactly(new Output.Gap(S, 6, 7));
        assertThat(bench.delivered(S)).containsExactly(1L, 2L, 3L, 4L, 5L, 8L, 9L);
    }

    /** The same: who had said that one is too large did not give what comes before it any more; seed 496. */
    @Test
    void whoAsksForWhatComesBeforeATooLargeRecordIsNotToldThatItIsGone() {
        Bench bench = new Bench();
        LinkId small = bench.acceptSmall(1, Limits.FRAME_TARGET_BYTES);
        bench.digest(small, 600_000);
        bench.publish(10);
        bench.publish(10);
        bench.publish(2 * Limits.FRAME_TARGET_BYTES);
        assertThat(bench.said(small, Miss.class)).containsExactly(new Miss(Bench.OWN, 4, false, 1));
        bench.receive(small, new Graft(Bench.OWN, 2));
        List<Message> said = bench.said(small);
        assertThat(said).anyMatch(each -> each instanceof Batch batch && batch.first() == 2);
        assertThat(said).doesNotContain(new Miss(Bench.OWN, 4, false));
    }

    /** It does not begin the stream of a newcomer elsewhere than its neighbour has chosen: seed 270. */
    @Test
    void aNewcomerWhoseFirstRecordIsTooLargeHasNoGapBeforeIt() {
        Bench bench = new Bench();
        LinkId link = bench.neighbour(1);
        bench.receive(link, new Miss(S, 8, false, 1), new Batch(S, 7, 0, false, List.of()), batch(S, 8, 9));
        assertThat(bench.outputs(Output.Gap.class)).containsExactly(new Output.Gap(S, 7, 7));
        assertThat(bench.delivered(S)).containsExactly(8L, 9L);
    }

    /** Nor is the very first one lost without a word. */
    @Test
    void aNewcomerWhoseStreamBeginsWithWhatIsTooLargeHasAGap() {
        Bench bench = new Bench();
        bench.receive(bench.neighbour(1), new Miss(S, 2, false, 1), batch(S, 2, 3));
        assertThat(bench.outputs(Output.Gap.class)).containsExactly(new Output.Gap(S, 1, 1));
        assertThat(bench.delivered(S)).containsExactly(2L, 3L);
    }

    /** Whoever brought the next record has said Miss, so nobody is the parent: steady seed 85. */
    @Test
    void whoPublishesIsNotPrunedWhereNobodyIsTheParent() {
        Bench bench = new Bench();
        StreamId published = stream(1);
        LinkId origin = bench.neighbour(1);
        LinkId faster = bench.neighbour(2);
        bench.receive(faster, batch(published, 1, 3));
        bench.receive(faster, new Miss(published, 6, false));
        for (int i = 1; i <= 3; i++) {
            bench.receive(origin, batch(published, i, i));
        }
        assertThat(bench.said(origin, Prune.class)).isEmpty();
    }

    /** Only newcomers had heard how far a publisher had come that was gone; seed 5840. */
    @Test
    void whoIsToldOfALaterBeginningAsksForWhatComesBeforeAndHasAGap() {
        Bench bench = new Bench();
        LinkId one = bench.neighbour(1);
        LinkId other = bench.neighbour(2);
        bench.receive(one, batch(S, 3, 3));
        miss(bench, one, other, 8);
        assertThat(bench.outputs(Output.Gap.class)).containsExactly(new Output.Gap(S, 4, 7));
        assertThat(bench.view().streams().getFirst().highestKnown()).isEqualTo(7);
    }

    /** The other says where it begins, is asked for what comes before, and has nothing. */
    private static void miss(Bench bench, LinkId one, LinkId other, long first) {
        long next = bench.view().streams().getFirst().next();
        bench.receive(other, beginning(first));
        bench.seconds(1);
        assertThat(bench.said(other, Graft.class)).contains(new Graft(S, next));
        bench.receive(other, new Miss(S, first, false));
        bench.receive(one, new Miss(S, next, true));
        bench.seconds(10);
        assertThat(bench.view().streams().getFirst().next()).isEqualTo(first);
    }

    @Test
    void whoIsToldOfAnEarlierBeginningStaysWhereItIs() {
        Bench bench = new Bench();
        LinkId one = bench.neighbour(1);
        LinkId other = bench.neighbour(2);
        bench.receive(one, beginning(8));
        bench.receive(other, beginning(4));
        bench.receive(other, batch(S, 4, 8));
        bench.seconds(10);
        assertThat(bench.delivered(S)).containsExactly(8L);
        assertThat(bench.outputs(Output.Gap.class)).isEmpty();
    }

    private static Batch beginning(long first) {
        return new Batch(S, first, 0, false, List.of());
    }
}
