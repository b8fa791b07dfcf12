package dev.wsmesh.protocol;

import static dev.wsmesh.protocol.Bench.batch;
import static dev.wsmesh.protocol.Bench.stream;
import static org.assertj.core.api.Assertions.assertThat;

import dev.wsmesh.protocol.Message.Graft;
import dev.wsmesh.protocol.Message.Have;
import dev.wsmesh.protocol.Message.Miss;
import dev.wsmesh.protocol.Message.Prune;
import dev.wsmesh.protocol.Settings.Broadcasting;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The numbered rules of the protocol's chapter on broadcast: what arrives, and what does not; each test is named after what it prevents. */
class ReceivingRulesTest {
    private static final StreamId S = stream(9);

    private static Have have(StreamId stream, long base, long contiguous) {
        return new Have(stream, base, contiguous);
    }

    @Test
    void rule7WhoStandsOutsideATreeDoesNotWaitForTheNextRecord() {
        Bench bench = new Bench();
        bench.receive(bench.neighbour(1), batch(S, 1, 3));
        bench.down(new LinkId(Bench.node(1), 1));
        LinkId level = bench.neighbour(2, have(S, 1, 3));
        assertThat(bench.said(level, Graft.class)).containsExactly(new Graft(S, 4));
    }

    @Test
    void rule5ADuplicateIsNotDeliveredTwice() {
        Bench bench = new Bench();
        LinkId one = bench.neighbour(1);
        LinkId other = bench.neighbour(2);
        bench.receive(one, batch(S, 1, 3));
        bench.receive(other, batch(S, 1, 4));
        assertThat(bench.delivered(S)).containsExactly(1L, 2L, 3L, 4L);
    }

    @Test
    void rule5RecordsThatWaitDoNotFillTheMemory() {
        Bench bench = Bench.with(Broadcasting.DEFAULT.bounded(1 << 20, Duration.ofMinutes(2), 10, 10));
        LinkId link = bench.neighbour(1);
        bench.receive(link, batch(S, 1, 1), batch(S, 3, 40));
        assertThat(bench.view().windowRecords()).isEqualTo(10);
        bench.receive(link, batch(S, 2, 2));
        assertThat(bench.delivered(S)).hasSize(12);
    }

    /** A neighbour that was asked for the stream when the one that brought it before was lost. */
    private LinkId asked(Bench bench) {
        LinkId lost = bench.neighbour(1);
        LinkId asked = bench.neighbour(2, have(S, 1, 1));
        bench.receive(lost, batch(S, 1, 1));
        bench.down(lost);
        assertThat(bench.said(asked, Graft.class)).hasSize(1);
        return asked;
    }

    @Test
    void rule6ThreeDuplicateBatchesEndARedundantBranchWithOnePrune() {
        Bench bench = new Bench();
        LinkId redundant = asked(bench);
        LinkId parent = bench.neighbour(3);
        for (int i = 2; i <= 4; i++) {
            bench.receive(parent, batch(S, i, i));
            assertThat(bench.said(redundant, Prune.class)).isEmpty();
            bench.receive(redundant, batch(S, i, i));
        }
        bench.receive(parent, batch(S, 5, 5));
        bench.receive(redundant, batch(S, 5, 5));
        assertThat(bench.said(redundant, Prune.class)).hasSize(1);
        assertThat(bench.said(parent, Prune.class)).isEmpty();
    }

    @Test
    void rule6ANewStreamDoesNotFloodTheMeshMoreThanOnce() {
        Bench bench = new Bench();
        LinkId parent = bench.neighbour(1);
        LinkId redundant = bench.neighbour(2);
        bench.receive(parent, batch(S, 1, 1));
        bench.receive(redundant, batch(S, 1, 1));
        assertThat(bench.said(redundant, Prune.class)).hasSize(1);
        assertThat(bench.said(parent, Prune.class)).isEmpty();
    }

    @Test
    void rule8AStreamDoesNotStallForEverBecauseItsSourceBringsTheSameAgainAndAgain() {
        Bench bench = new Bench();
        StreamId published = stream(9);
        LinkId source = bench.neighbour(1);
        LinkId other = bench.neighbour(2);
        bench.receive(source, batch(published, 1, 1));
        bench.receive(other, have(published, 1_000, 2_000));
        for (int i = 0; i < 2_000 && bench.delivered(published).size() == 1; i++) {
            bench.millis(100);
            bench.receive(source, batch(published, 1, 1));
        }
        assertThat(bench.said(source, Graft.class)).isNotEmpty();
    }

    @Test
    void rule6ALinkThatBringsSomethingNewIsNotPruned() {
        Bench bench = new Bench();
        LinkId asked = asked(bench);
        LinkId other = bench.neighbour(3);
        for (int i = 2; i <= 13; i++) {
            bench.receive(i % 3 == 0 ? asked : other, batch(S, i, i));
            bench.receive(i % 3 == 0 ? other : asked, batch(S, i, i));
        }
        assertThat(bench.said(asked, Prune.class)).isEmpty();
    }

    @Test
    void rule7ALostParentIsReplacedAtOnceAndNotAfterATimeout() {
        Bench bench = new Bench();
        LinkId parent = bench.neighbour(1);
        LinkId other = bench.neighbour(2, have(S, 1, 3));
        bench.receive(parent, batch(S, 1, 3));
        bench.down(parent);
        assertThat(bench.said(other, Graft.class)).containsExactly(new Graft(S, 4));
    }

    @Test
    void rule7AMissIsFollowedByTheNextQuestionAtOnceAlsoWhileAnotherHasOnlyPromised() {
        Bench bench = new Bench();
        LinkId parent = bench.neighbour(1);
        LinkId promising = bench.neighbour(4, have(S, 1, 3));
        bench.receive(parent, batch(S, 1, 3));
        bench.down(parent);
        assertThat(bench.said(promising, Graft.class)).isNotEmpty();
        LinkId first = bench.neighbour(2, have(S, 1, 4));
        LinkId second = bench.neighbour(3, have(S, 1, 4));
        assertThat(bench.said(first, Graft.class)).containsExactly(new Graft(S, 4));
        assertThat(bench.said(second, Graft.class)).isEmpty();
        bench.receive(first, new Miss(S, 5, false));
        assertThat(bench.said(second, Graft.class)).containsExactly(new Graft(S, 4));
    }

    @Test
    void rule7WhatIsStillComingIsNotAskedForTwice() {
        Bench bench = new Bench();
        LinkId parent = bench.neighbour(1);
        bench.receive(parent, batch(S, 1, 3), have(S, 1, 10));
        bench.seconds(5);
        assertThat(bench.said(parent, Graft.class)).isEmpty();
    }

    @Test
    void rule7WhatDoesNotComeByItselfIsAskedForAfterTheGraftTimeout() {
        Bench bench = new Bench();
        LinkId parent = bench.neighbour(1);
        LinkId lazy = bench.neighbour(2, have(S, 1, 3));
        bench.receive(parent, batch(S, 1, 3));
        bench.receive(lazy, have(S, 1, 6));
        bench.millis(100);
        assertThat(bench.said(lazy, Graft.class)).isEmpty();
        bench.millis(100);
        assertThat(bench.said(lazy, Graft.class)).containsExactly(new Graft(S, 4));
    }

    @Test
    void rule7AHoleThatAFullWindowLeftIsAskedForAgain() {
        Bench bench = Bench.with(Broadcasting.DEFAULT.bounded(1 << 20, Duration.ofMinutes(2), 2, 10));
        LinkId pruned = bench.neighbour(1);
        LinkId parent = bench.neighbour(2);
        bench.receive(parent, batch(S, 1, 1));
        bench.receive(pruned, batch(S, 1, 1), batch(S, 1, 1), batch(S, 1, 1));
        bench.receive(parent, batch(S, 3, 8));
        bench.receive(pruned, batch(S, 2, 2));
        assertThat(bench.delivered(S)).containsExactly(1L, 2L, 3L, 4L);
        assertThat(bench.said(parent, Graft.class)).containsExactly(new Graft(S, 5));
    }

    @Test
    void rule8NothingIsGivenUpWhileOneNeighbourHasNotAnswered() {
        Bench bench = new Bench();
        LinkId misses = bench.neighbour(1, have(S, 1, 3));
        LinkId silent = bench.neighbour(2, have(S, 1, 3));
        bench.receive(misses, batch(S, 1, 3));
        bench.receive(misses, have(S, 8, 9));
        bench.seconds(20);
        assertThat(bench.outputs(Output.Gap.class)).isEmpty();
        bench.receive(silent, new Miss(S, 8, false));
        bench.seconds(6);
        assertThat(bench.outputs(Output.Gap.class)).containsExactly(new Output.Gap(S, 4, 7));
    }

    @Test
    void rule8TheGapEndsBeforeTheLowestRecordThatAnybodyOffers() {
        Bench bench = new Bench();
        LinkId one = bench.neighbour(1, have(S, 1, 3));
        LinkId other = bench.neighbour(2, have(S, 1, 3));
        bench.receive(one, batch(S, 1, 3));
        bench.receive(one, new Miss(S, 20, false));
        bench.receive(other, new Miss(S, 10, false));
        bench.seconds(6);
        assertThat(bench.outputs(Output.Gap.class)).containsExactly(new Output.Gap(S, 4, 9));
        assertThat(bench.said(other, Graft.class)).last().isEqualTo(new Graft(S, 10));
    }

    @Test
    void rule8AStreamDoesNotStallForEverBecauseOneNeighbourDoesNotAnswer() {
        Bench bench = new Bench();
        LinkId source = bench.neighbour(1);
        LinkId mute = bench.neighbour(2);
        bench.receive(source, batch(S, 1, 3), new Have(S, 7, 9), new Miss(S, 7, false));
        heardFor(bench, Duration.ofSeconds(100), source, mute);
        assertThat(bench.outputs(Output.Gap.class)).isEmpty();
        heardFor(bench, Duration.ofSeconds(30), source, mute);
        assertThat(bench.outputs(Output.Gap.class)).containsExactly(new Output.Gap(S, 4, 6));
    }

    @Test
    void rule8AStreamDoesNotStallForEverBecauseItsOnlySourceBringsNothing() {
        Bench bench = new Bench();
        LinkId source = bench.neighbour(1);
        bench.receive(source, batch(S, 1, 3), new Have(S, 1, 9));
        heardFor(bench, Duration.ofMinutes(5), source);
        assertThat(bench.outputs(Output.Gap.class)).containsExactly(new Output.Gap(S, 4, 9));
    }

    private void heardFor(Bench bench, Duration duration, LinkId... links) {
        for (int second = 0; second < duration.toSeconds(); second++) {
            bench.seconds(1);
            for (LinkId link : links) {
                bench.give(new Input.Heard(link));
            }
        }
    }

    @Test
    void rule8AStreamDoesNotStallForEverWhenNobodyIsAhead() {
        Bench bench = new Bench();
        LinkId gone = bench.neighbour(1);
        bench.neighbour(2);
        bench.receive(gone, batch(S, 1, 1), batch(S, 5, 6));
        bench.down(gone);
        bench.seconds(60);
        assertThat(bench.outputs(Output.Gap.class)).isEmpty();
        bench.seconds(90);
        assertThat(bench.outputs(Output.Gap.class)).containsExactly(new Output.Gap(S, 2, 4));
        assertThat(bench.delivered(S)).containsExactly(1L, 5L, 6L);
    }

    @Test
    void rule9ANewerEpochDoesNotOvertakeTheTailOfTheOlder() {
        Bench bench = new Bench();
        StreamId newer = new StreamId(S.origin(), 2);
        LinkId link = bench.neighbour(1);
        bench.receive(link, batch(S, 1, 2), have(S, 1, 3), batch(newer, 1, 1));
        assertThat(bench.delivered(newer)).isEmpty();
        bench.receive(link, batch(S, 3, 3));
        assertThat(bench.delivered(S)).containsExactly(1L, 2L, 3L);
        assertThat(bench.delivered(newer)).containsExactly(1L);
    }

    @Test
    void rule9ANewerEpochDoesNotWaitForEverAndTheTailIsNotLostSilently() {
        Bench bench = new Bench();
        StreamId newer = new StreamId(S.origin(), 2);
        LinkId link = bench.neighbour(1);
        bench.receive(link, batch(S, 1, 2), have(S, 1, 3), batch(newer, 1, 1));
        bench.seconds(6);
        assertThat(bench.outputs(Output.Gap.class)).containsExactly(new Output.Gap(S, 3, 3));
        assertThat(bench.delivered(newer)).containsExactly(1L);
        bench.receive(link, batch(S, 3, 3));
        assertThat(bench.delivered(S)).containsExactly(1L, 2L);
    }

    @Test
    void rule10AnAskerOfAnUnknownStreamIsNotLeftWithoutAnswer() {
        Bench bench = new Bench();
        LinkId link = bench.neighbour(1);
        bench.receive(link, new Graft(S, 1));
        assertThat(bench.said(link, Miss.class)).containsExactly(new Miss(S, Miss.NONE, false));
    }

    @Test
    void rule10WhatADeadGenerationSaysChangesNothing() {
        Bench bench = new Bench();
        LinkId link = bench.neighbour(1);
        bench.down(link);
        bench.receive(link, batch(S, 1, 3));
        assertThat(bench.view().streams()).isEmpty();
        assertThat(bench.counted(Counter.STALE_INPUTS)).isEqualTo(1);
    }

    @Test
    void rule7OfEqualsTheOneIsAskedThatDoesNotTakeTheStreamFromUs() {
        Bench bench = new Bench();
        LinkId parent = bench.neighbour(1);
        bench.receive(parent, batch(S, 1, 3));
        LinkId child = bench.neighbour(2, have(S, 1, 3));
        LinkId level = bench.neighbour(3, have(S, 1, 3));
        bench.receive(child, new Graft(S, 4));
        bench.down(parent);
        assertThat(bench.said(child, Graft.class)).isEmpty();
        assertThat(bench.said(level, Graft.class)).containsExactly(new Graft(S, 4));
    }

    @Test
    void whatIsTooLargeForUsIsNotWaitedFor() {
        Bench bench = new Bench();
        LinkId link = bench.neighbour(1);
        bench.neighbour(2, new Have(S, 1, 9));
        bench.receive(link, batch(S, 1, 3));
        bench.receive(link, new Miss(S, 5, false, 1), batch(S, 5, 6));
        assertThat(bench.outputs(Output.Gap.class)).containsExactly(new Output.Gap(S, 4, 4));
        assertThat(bench.delivered(S)).containsExactly(1L, 2L, 3L, 5L, 6L);
    }

    @Test
    void whatIsTooLargeForUsDoesNotCloseAnOlderEpochOfWhichMoreIsToCome() {
        StreamId newer = new StreamId(S.origin(), S.epoch() + 1);
        Bench bench = new Bench();
        LinkId link = bench.neighbour(1, new Have(S, 1, 2), new Have(newer, 1, 4));
        bench.receive(link, batch(S, 1, 1), batch(newer, 1, 1), new Miss(newer, 3, false, 1), batch(newer, 3, 4));
        assertThat(bench.outputs(Output.Gap.class)).isEmpty();
        bench.receive(link, batch(S, 2, 2));
        bench.seconds(1);
        assertThat(bench.delivered(S)).containsExactly(1L, 2L);
        assertThat(bench.outputs(Output.Gap.class)).containsExactly(new Output.Gap(newer, 2, 2));
        assertThat(bench.delivered(newer)).containsExactly(1L, 3L, 4L);
    }
}
