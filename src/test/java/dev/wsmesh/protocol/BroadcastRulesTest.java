package dev.wsmesh.protocol;

import static dev.wsmesh.protocol.Bench.OWN;
import static dev.wsmesh.protocol.Bench.batch;
import static dev.wsmesh.protocol.Bench.stream;
import static org.assertj.core.api.Assertions.assertThat;

import dev.wsmesh.protocol.Input.Acknowledgements;
import dev.wsmesh.protocol.Input.Backpressure;
import dev.wsmesh.protocol.Message.Batch;
import dev.wsmesh.protocol.Message.DigestComplete;
import dev.wsmesh.protocol.Message.Graft;
import dev.wsmesh.protocol.Message.Have;
import dev.wsmesh.protocol.Message.Miss;
import dev.wsmesh.protocol.Message.Prune;
import dev.wsmesh.protocol.Settings.Broadcasting;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** The numbered rules of the protocol's chapter on broadcast; each test is named after what its rule prevents. */
class BroadcastRulesTest {
    private static final StreamId S = stream(9);

    private static Have have(StreamId stream, long base, long contiguous) {
        return new Have(stream, base, contiguous);
    }

    @Nested
    class Sending {
        @Test
        void rule1NothingIsPushedToANeighbourWhoseDigestIsNotComplete() {
            Bench bench = new Bench();
            bench.publish(10);
            LinkId link = bench.accept(1, Intent.HIGH);
            assertThat(bench.said(link, Batch.class)).isEmpty();
            bench.digest(link, 600_000);
            assertThat(bench.said(link, Batch.class))
                    .singleElement()
                    .satisfies(each -> assertThat(each.first()).isEqualTo(1));
        }

        @Test
        void rule1WhatTheNeighbourHoldsIsNotPushedAgain() {
            Bench bench = new Bench();
            LinkId source = bench.neighbour(1);
            bench.receive(source, batch(S, 1, 5));
            LinkId level = bench.neighbour(2, have(S, 1, 5));
            LinkId behind = bench.neighbour(3, have(S, 1, 3));
            assertThat(bench.said(level, Batch.class)).isEmpty();
            assertThat(bench.said(behind, Batch.class)).singleElement().satisfies(each -> {
                assertThat(each.first()).isEqualTo(4);
                assertThat(each.last()).isEqualTo(5);
            });
        }

        @Test
        void rule2WhatWaitsForAnEarlierRecordIsNeitherRelayedNorAnnounced() {
            Bench bench = new Bench();
            LinkId source = bench.neighbour(1);
            LinkId other = bench.neighbour(2);
            bench.receive(source, batch(S, 1, 1), batch(S, 3, 3));
            bench.millis(100);
            assertThat(bench.said(other)).allSatisfy(each -> {
                if (each instanceof Batch relayed) {
                    assertThat(relayed.last()).isEqualTo(1);
                }
                if (each instanceof Have announced) {
                    assertThat(announced.contiguous()).isLessThan(2);
                }
            });
            assertThat(bench.delivered(S)).containsExactly(1L);
        }

        @Test
        void rule2AStreamDoesNotComeBackToItsOrigin() {
            Bench bench = new Bench();
            LinkId source = bench.neighbour(1);
            LinkId origin = bench.neighbour(9);
            bench.receive(source, batch(S, 1, 3));
            bench.receive(origin, new Graft(S, 1));
            assertThat(bench.said(origin, Batch.class)).isEmpty();
        }

        @Test
        void rule3ANewcomerDoesNotMissWhatWasPublishedWhileItListened() {
            Bench bench = new Bench();
            bench.publish(10);
            bench.seconds(20);
            bench.publish(10);
            bench.publish(10);
            LinkId newcomer = bench.accept(1, Intent.HIGH);
            bench.digest(newcomer, 5_000);
            assertThat(bench.said(newcomer, Batch.class)).singleElement().satisfies(each -> {
                assertThat(each.first()).isEqualTo(2);
                assertThat(each.last()).isEqualTo(3);
            });
        }

        @Test
        void rule3ANewcomerIsNotLeftInTheDarkAboutWhatWasEvictedWhileItListened() {
            Bench bench = Bench.with(Broadcasting.DEFAULT.bounded(1_000, Duration.ofMinutes(2), 10, 10));
            for (int i = 0; i < 50; i++) {
                bench.publish(100);
            }
            LinkId newcomer = bench.accept(1, Intent.HIGH);
            bench.digest(newcomer, 600_000);
            assertThat(bench.said(newcomer, Batch.class)).isEmpty();
        }

        @Test
        void rule3AMissThatComesFirstLeadsToAGapFromTheBeginning() {
            Bench bench = new Bench();
            LinkId link = bench.neighbour(1);
            bench.receive(link, new Miss(S, 40, false), have(S, 40, 60));
            bench.seconds(8);
            assertThat(bench.outputs(Output.Gap.class)).containsExactly(new Output.Gap(S, 1, 39));
            assertThat(bench.said(link, Graft.class)).last().isEqualTo(new Graft(S, 40));
        }

        @Test
        void rule3AJoinerIsNotFloodedWithThePast() {
            Bench bench = new Bench();
            for (int i = 0; i < 10; i++) {
                bench.publish(10);
                bench.seconds(2);
            }
            LinkId joiner = bench.accept(1, Intent.JOIN);
            bench.digest(joiner, DigestComplete.NEVER);
            assertThat(bench.said(joiner, Batch.class)).containsExactly(new Batch(OWN, 11, 0, false, List.of()));
            bench.publish(10);
            assertThat(bench.said(joiner, Batch.class))
                    .singleElement()
                    .satisfies(each -> assertThat(each.first()).isEqualTo(11));
        }

        @Test
        void rule3AJoinerThatWantsAReplayIsNotTreatedAsOneThatWantsNone() {
            Bench bench = new Bench();
            bench.publish(10);
            bench.seconds(60);
            bench.publish(10);
            LinkId joiner = bench.accept(1, Intent.JOIN);
            bench.digest(joiner, 30_000);
            assertThat(bench.said(joiner, Batch.class))
                    .singleElement()
                    .satisfies(each -> assertThat(each.first()).isEqualTo(2));
        }

        @Test
        void rule3AReplayIsDeliveredToTheJoinerThatAskedForIt() {
            Bench bench = Bench.with(Broadcasting.DEFAULT.withReplayOnJoin(Duration.ofSeconds(30)));
            LinkId link = bench.accept(1, Intent.HIGH);
            assertThat(bench.said(link, DigestComplete.class)).containsExactly(new DigestComplete(30_000));
            bench.digest(link, 600_000, have(S, 1, 5));
            bench.receive(link, batch(S, 3, 5));
            assertThat(bench.delivered(S)).containsExactly(3L, 4L, 5L);
            assertThat(bench.outputs(Output.Gap.class)).isEmpty();
        }

        @Test
        void aRecordThatANeighbourCannotTakeIsNotSilentlyLeftOut() {
            Bench bench = new Bench();
            LinkId small = bench.acceptSmall(1, 65_536);
            bench.digest(small, 600_000);
            bench.publish(10);
            bench.publish(100_000);
            bench.publish(10);
            assertThat(bench.said(small)).contains(new Miss(OWN, 3, false));
            bench.receive(small, new Graft(OWN, 2));
            assertThat(bench.said(small, Miss.class)).containsExactly(new Miss(OWN, 3, false));
            bench.receive(small, new Graft(OWN, 3));
            assertThat(bench.said(small, Batch.class)).singleElement().satisfies(each -> {
                assertThat(each.first()).isEqualTo(3);
                assertThat(each.last()).isEqualTo(3);
            });
        }

        @Test
        void rule4AnnouncementsDoNotFollowEveryRecord() {
            Bench bench = new Bench();
            LinkId source = bench.neighbour(1);
            LinkId lazy = bench.neighbour(2, have(S, 1, 0));
            for (int i = 1; i <= 20; i++) {
                bench.receive(source, batch(S, i, i));
            }
            bench.receive(lazy, new Prune(S));
            bench.said(lazy);
            for (int i = 21; i <= 40; i++) {
                bench.receive(source, batch(S, i, i));
                bench.millis(1);
            }
            bench.millis(100);
            assertThat(bench.said(lazy, Have.class))
                    .hasSizeLessThanOrEqualTo(2)
                    .last()
                    .isEqualTo(have(S, 1, 40));
        }
    }

    @Nested
    class Receiving {
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
    }

    @Nested
    class Bounds {
        @Test
        void rule11ABusyStreamDoesNotEvictTheLastWordOfAQuietOne() {
            Bench bench = Bench.with(Broadcasting.DEFAULT.bounded(1_000, Duration.ofMinutes(2), 10, 10));
            LinkId link = bench.neighbour(1);
            bench.receive(link, batch(S, 1, 1));
            for (int i = 0; i < 50; i++) {
                bench.publish(100);
            }
            assertThat(bench.view().logBytes()).isLessThanOrEqualTo(1_000);
            assertThat(bench.view().streams()).anySatisfy(each -> {
                assertThat(each.id()).isEqualTo(S);
                assertThat(each.next() - each.base()).isEqualTo(1);
            });
        }

        @Test
        void rule11WhoIsToldWhatIsGoneDoesNotWaitToHearWhatThereIs() {
            Bench bench = Bench.with(Broadcasting.DEFAULT.bounded(2_000, Duration.ofMinutes(2), 10, 10));
            LinkId slow = bench.neighbour(1);
            bench.stick(slow);
            for (int i = 0; i < 50; i++) {
                bench.publish(100);
            }
            bench.seconds(1);
            bench.said(slow);
            bench.unstick(slow);
            long base = bench.view().streams().getFirst().base();
            assertThat(bench.said(slow)).contains(new Miss(OWN, base, false), have(OWN, base, 50));
        }

        @Test
        void rule12AnAnswerIsNotForgottenWithItsStream() {
            Bench bench = new Bench();
            LinkId source = bench.neighbour(1);
            LinkId slow = bench.neighbour(2);
            bench.receive(source, batch(S, 1, 3));
            bench.stick(slow);
            bench.receive(slow, new Message.Ping(1), new Message.Ping(2));
            bench.seconds(20);
            bench.receive(slow, new Message.Ping(3));
            for (int i = 0; i < 13; i++) {
                bench.seconds(10);
                bench.give(new Input.Heard(slow));
            }
            bench.receive(slow, new Graft(S, 2));
            for (int i = 0; i < 30; i++) {
                bench.seconds(10);
                bench.give(new Input.Heard(slow));
            }
            bench.said(slow);
            bench.unstick(slow);
            assertThat(bench.said(slow)).contains(new Miss(S, 4, false));
        }

        @Test
        void rule11WhatIsEvictedBeforeItIsSentIsNotSkippedSilently() {
            Bench bench = Bench.with(Broadcasting.DEFAULT.bounded(1_000, Duration.ofMinutes(2), 10, 10));
            LinkId link = bench.neighbour(1);
            bench.stick(link);
            for (int i = 0; i < 50; i++) {
                bench.publish(100);
            }
            bench.unstick(link);
            assertThat(bench.said(link, Miss.class))
                    .singleElement()
                    .satisfies(each -> assertThat(each.base()).isGreaterThan(40));
        }

        @Test
        void rule12AForgottenStreamThatComesBackIsNeitherRepeatedNorSkipped() {
            Bench bench = new Bench();
            LinkId link = bench.neighbour(1);
            bench.receive(link, batch(S, 1, 3));
            bench.seconds(300);
            assertThat(bench.view().streams()).isEmpty();
            LinkId again = bench.neighbour(2);
            bench.receive(again, have(S, 1, 6));
            bench.seconds(1);
            assertThat(bench.said(again, Graft.class)).contains(new Graft(S, 4));
        }

        @Test
        void rule12TheRestOfAForgottenStreamIsNotLostSilently() {
            Bench bench = new Bench();
            LinkId link = bench.neighbour(1);
            bench.receive(link, batch(S, 1, 3));
            bench.seconds(300);
            LinkId again = bench.neighbour(2);
            bench.receive(again, have(S, 7, 6), new Miss(S, 7, false));
            bench.seconds(10);
            assertThat(bench.outputs(Output.Gap.class)).containsExactly(new Output.Gap(S, 4, 6));
        }

        @Test
        void rule12AnEmptyAnnouncementCreatesNothing() {
            Bench bench = new Bench();
            LinkId link = bench.neighbour(1);
            bench.receive(link, have(S, 4, 3));
            assertThat(bench.view().streams()).isEmpty();
        }

        @Test
        void rule12StrangersCannotMakeUsRememberEndlessStreams() {
            Bench bench = Bench.with(Broadcasting.DEFAULT.bounded(1 << 20, Duration.ofMinutes(2), 10, 10));
            LinkId link = bench.neighbour(1);
            for (int i = 10; i < 40; i++) {
                bench.receive(link, batch(stream(i), 1, 1));
            }
            assertThat(bench.view().streams()).hasSize(10);
            assertThat(bench.counted(Counter.STREAMS_REFUSED)).isEqualTo(20);
        }
    }

    @Nested
    class Publishing {
        @Test
        void rule13AnAcknowledgementIsNotCountedForARecordThatIsEvictedAgain() {
            Bench bench = new Bench();
            LinkId link = bench.neighbour(1);
            Acknowledgements one = new Acknowledgements(1, bench.now() + 1_000_000_000L, false);
            bench.publish(10, Backpressure.FAIL, one);
            bench.receive(link, have(OWN, 2, 1));
            assertThat(bench.outputs(Output.Acknowledged.class)).isEmpty();
            bench.receive(link, have(OWN, 1, 1));
            assertThat(bench.outputs(Output.Acknowledged.class)).hasSize(1);
        }

        @Test
        void rule13AnAcknowledgementDoesNotWaitForTheNextAnnouncement() {
            Bench bench = new Bench();
            LinkId origin = bench.neighbour(9);
            Batch asked = new Batch(S, 1, 0, true, List.of(Bench.encoded(1)));
            bench.receive(origin, asked);
            assertThat(bench.said(origin, Have.class)).containsExactly(have(S, 1, 1));
        }

        @Test
        void rule13WhoLeavesDoesNotLeaveItsPublishersWaiting() {
            Bench bench = new Bench();
            bench.neighbour(1);
            long deadline = bench.now() + Duration.ofMinutes(1).toNanos();
            long ticket = bench.publish(10, Backpressure.FAIL, new Acknowledgements(1, deadline, false));
            bench.give(new Input.Leave());
            bench.seconds(3);
            assertThat(bench.outputs(Output.AcknowledgementFailed.class))
                    .containsExactly(new Output.AcknowledgementFailed(ticket, 0));
        }

        @Test
        void rule13AProbeIsNoNeighbourThatHolds() {
            Bench bench = new Bench();
            bench.neighbour(1);
            LinkId probe = bench.accept(2, Intent.PROBE);
            long deadline = bench.now() + Duration.ofMinutes(1).toNanos();
            bench.publish(10, Backpressure.FAIL, new Acknowledgements(1, deadline, false));
            long last = bench.view().streams().getFirst().next() - 1;
            bench.receive(probe, have(OWN, 1, last));
            assertThat(bench.outputs(Output.Acknowledged.class)).isEmpty();
        }

        @Test
        void rule13NobodyWaitsForNeighboursThatDoNotExist() {
            Bench bench = new Bench();
            Acknowledgements two = new Acknowledgements(2, bench.now() + 1_000_000_000L, false);
            bench.neighbour(1);
            bench.publish(10, Backpressure.FAIL, two);
            assertThat(bench.outputs(Output.PublishRefused.class))
                    .extracting(Output.PublishRefused::reason)
                    .containsExactly(Output.Refusal.TOO_FEW_NEIGHBOURS);
            bench.publish(10, Backpressure.FAIL, new Acknowledgements(2, bench.now() + 1_000_000_000L, true));
            bench.seconds(2);
            assertThat(bench.outputs(Output.AcknowledgementFailed.class)).hasSize(1);
        }

        @Test
        void rule14APublisherDoesNotOutrunItsSlowestNeighbour() {
            Bench bench = Bench.with(Broadcasting.DEFAULT.withPublishWindow(1_000));
            LinkId slow = bench.neighbour(1);
            bench.stick(slow);
            for (int i = 0; i < 20; i++) {
                bench.publish(100, Backpressure.FAIL, null);
            }
            assertThat(bench.outputs(Output.PublishRefused.class)).isNotEmpty();
            bench.unstick(slow);
            assertThat(bench.outputs(Output.WindowOpened.class)).hasSize(1);
        }

        @Test
        void rule14ALaggardDoesNotHoldThePublisherForEver() {
            Bench bench = Bench.with(Broadcasting.DEFAULT.withPublishWindow(1_000));
            LinkId slow = bench.neighbour(1);
            bench.stick(slow);
            for (int i = 0; i < 20; i++) {
                bench.publish(100, Backpressure.FAIL, null);
            }
            bench.seconds(6);
            bench.forgetOutputs();
            bench.publish(100, Backpressure.FAIL, null);
            assertThat(bench.outputs(Output.PublishRefused.class)).isEmpty();
            assertThat(bench.counted(Counter.LAGGARDS)).isEqualTo(1);
        }

        @Test
        void aNodeThatMeetsItsOwnFutureDoesNotPublishTheSameNumbersTwice() {
            Bench bench = new Bench();
            LinkId link = bench.neighbour(1, have(new StreamId(Bench.SELF, 500), 1, 7));
            assertThat(bench.outputs(Output.EpochTaken.class))
                    .singleElement()
                    .satisfies(each -> assertThat(each.epoch()).isGreaterThan(500));
            assertThat(bench.outputs(Output.Close.class))
                    .extracting(Output.Close::link)
                    .containsExactly(link);
        }

        @Test
        void aLeaverDoesNotTakeItsLastRecordsWithIt() {
            Bench bench = new Bench();
            LinkId link = bench.neighbour(1);
            bench.receive(link, new Prune(OWN));
            bench.publish(10);
            bench.receive(link, new Prune(OWN));
            bench.publish(10);
            bench.said(link);
            bench.give(new Input.Leave());
            assertThat(bench.said(link)).anyMatch(each -> each instanceof Message.Leave leave && leave.last() == 2);
            assertThat(bench.outputs(Output.Left.class)).hasSize(1);
            assertThat(bench.outputs(Output.Close.class))
                    .extracting(Output.Close::code)
                    .containsExactly(CloseCode.GOING_AWAY);
        }
    }
}
