package dev.wsmesh.protocol;

import static dev.wsmesh.protocol.Bench.OWN;
import static dev.wsmesh.protocol.Bench.batch;
import static dev.wsmesh.protocol.Bench.stream;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.wsmesh.protocol.Input.Acknowledgements;
import dev.wsmesh.protocol.Input.Backpressure;
import dev.wsmesh.protocol.Message.Backfill;
import dev.wsmesh.protocol.Message.Batch;
import dev.wsmesh.protocol.Message.Have;
import dev.wsmesh.protocol.Message.History;
import dev.wsmesh.protocol.Message.Miss;
import dev.wsmesh.protocol.Message.Prune;
import dev.wsmesh.protocol.Settings.Broadcasting;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What broadcast does at its bounds; each test is named after what that prevents. */
class BroadcastBoundsTest {
    private static final StreamId S = stream(9);

    private static EncodedRecord record(int bytes) {
        return new EncodedRecord(Bytes.wrap(new byte[bytes]));
    }

    private static Batch batchOf(StreamId stream, long first, int bytes) {
        return new Batch(stream, first, 0, false, List.of(record(bytes)));
    }

    @Test
    void recordsOfDifferentAgeDoNotShareAnAge() {
        Bench bench = new Bench();
        bench.publish(10);
        bench.millis(100);
        bench.publish(10);
        LinkId link = bench.neighbour(1);
        assertThat(bench.said(link, Batch.class)).extracting(Batch::ageMillis).containsExactly(100L, 0L);
    }

    @Test
    void aRecordLargerThanAFrameIsRefusedAtItsPublisher() {
        Bench bench = new Bench();
        bench.publish(Limits.DEFAULT.recordBytes());
        bench.publish(Limits.DEFAULT.recordBytes() + 1);
        assertThat(bench.outputs(Output.PublishRefused.class))
                .extracting(Output.PublishRefused::reason)
                .containsExactly(Output.Refusal.RECORD_TOO_LARGE);
    }

    @Test
    void publicationsThatWaitForNeighboursDoNotFillTheMemory() {
        Bench bench = new Bench();
        bench.neighbour(1);
        long deadline = bench.now() + Duration.ofHours(1).toNanos();
        for (int i = 0; i < 1_025; i++) {
            bench.publish(1, Backpressure.IGNORE, new Acknowledgements(1, deadline, false));
        }
        assertThat(bench.outputs(Output.PublishRefused.class))
                .extracting(Output.PublishRefused::reason)
                .containsExactly(Output.Refusal.TOO_MANY_PENDING);
    }

    @Test
    void aQuietStreamKeepsItsLastWordHoweverLargeItIs() {
        Bench bench = Bench.with(Broadcasting.DEFAULT.bounded(10_000, Duration.ofMinutes(2), 10, 10));
        LinkId link = bench.neighbour(1);
        bench.receive(link, batchOf(S, 1, 6_000));
        for (int i = 1; i <= 100; i++) {
            bench.receive(link, batchOf(stream(8), i, 100));
        }
        assertThat(bench.view().streams())
                .filteredOn(each -> each.id().equals(S))
                .allSatisfy(each -> assertThat(each.base()).isEqualTo(1));
    }

    @Test
    void digestsDoNotCarryStreamsThatAreOver() {
        Bench bench = Bench.with(Broadcasting.DEFAULT.bounded(10_000, Duration.ofSeconds(10), 10, 10));
        bench.receive(bench.neighbour(1), batch(S, 1, 3));
        bench.seconds(15);
        assertThat(bench.view().streams()).isNotEmpty();
        LinkId newcomer = bench.accept(2, Intent.HIGH);
        assertThat(bench.said(newcomer, Have.class)).isEmpty();
    }

    @Test
    void whoIsPrunedStillHearsWhatThereIs() {
        Bench bench = new Bench();
        LinkId link = bench.neighbour(1);
        bench.receive(link, new Prune(OWN));
        bench.publish(10);
        bench.receive(link, new Prune(OWN));
        bench.said(link);
        bench.publish(10);
        bench.millis(60);
        bench.receive(link, new Prune(OWN));
        bench.millis(60);
        assertThat(bench.said(link, Have.class)).last().isEqualTo(new Have(OWN, 1, 2));
    }

    @Test
    void aLeaverPushesItsOwnRecordsAlsoToWhoHasPrunedIt() {
        Bench bench = new Bench();
        LinkId link = bench.neighbour(1);
        bench.publish(10);
        bench.receive(link, new Prune(OWN));
        bench.said(link);
        bench.publish(10);
        assertThat(bench.said(link, Batch.class)).isEmpty();
        bench.give(new Input.Leave());
        assertThat(bench.said(link, Batch.class))
                .singleElement()
                .satisfies(each -> assertThat(each.last()).isEqualTo(2));
    }

    @Test
    void theTailOfALeaverIsNotLostSilently() {
        Bench bench = Bench.with(Broadcasting.DEFAULT.bounded(10_000, Duration.ofSeconds(10), 10, 10));
        LinkId leaver = bench.neighbour(9);
        LinkId other = bench.neighbour(1);
        bench.receive(leaver, batch(S, 1, 3), new Message.Leave(5));
        bench.down(leaver);
        for (int i = 0; i < 30; i++) {
            bench.seconds(1);
            bench.give(new Input.Heard(other));
        }
        assertThat(bench.outputs(Output.Gap.class)).containsExactly(new Output.Gap(S, 4, 5));
    }

    @Test
    void aLinkThatHasJustComeUpIsGivenTimeBeforeAGap() {
        Bench bench = new Bench();
        LinkId link = bench.neighbour(1);
        bench.receive(link, batch(S, 1, 3), new Have(S, 7, 9), new Miss(S, 7, false));
        bench.seconds(4);
        bench.receive(bench.neighbour(2), new Miss(S, 7, false));
        bench.seconds(3);
        assertThat(bench.outputs(Output.Gap.class)).isEmpty();
        bench.seconds(4);
        assertThat(bench.outputs(Output.Gap.class)).containsExactly(new Output.Gap(S, 4, 6));
    }

    @Test
    void aPromiseThatIsNotKeptEndsInAGap() {
        Bench bench = new Bench();
        LinkId link = bench.neighbour(1);
        bench.receive(link, batch(S, 1, 3), new Have(S, 7, 9), new Miss(S, 7, true));
        for (int i = 0; i < 200; i++) {
            bench.seconds(1);
            bench.give(new Input.Heard(link));
        }
        assertThat(bench.outputs(Output.Gap.class)).isNotEmpty();
    }

    @Test
    void thePastIsAskedFromWhoReachesBackFurthest() {
        Bench bench = new Bench();
        LinkId near = bench.accept(1, Intent.HIGH);
        bench.receive(near, new Have(S, 8, 10));
        LinkId far = bench.accept(2, Intent.HIGH);
        bench.receive(far, new Have(S, 2, 10));
        bench.digest(near, 600_000);
        bench.digest(far, 600_000);
        bench.receive(near, new Batch(S, 11, 0, false, List.of()));
        bench.millis(1);
        assertThat(bench.said(near, Backfill.class)).isEmpty();
        assertThat(bench.said(far, Backfill.class)).containsExactly(new Backfill(S, 11));
    }

    @Test
    void aSourceThatIsLostOrSilentIsReplaced() {
        Bench bench = new Bench();
        LinkId far = bench.starter(1, new Have(S, 1, 10));
        LinkId near = bench.neighbour(2, new Have(S, 5, 10));
        bench.millis(1);
        assertThat(bench.said(far, Backfill.class)).hasSize(1);
        bench.seconds(3);
        assertThat(bench.said(near, Backfill.class)).containsExactly(new Backfill(S, 11));
        bench.down(near);
        assertThat(bench.said(far, Backfill.class)).containsExactly(new Backfill(S, 11));
    }

    @Test
    void historyThatDoesNotFitIsNotTakenForThePast() {
        Bench bench = new Bench();
        LinkId source = bench.starter(1, new Have(S, 1, 10));
        bench.millis(1);
        bench.receive(source, new History(S, 3, 0, batch(S, 3, 5).records()));
        bench.receive(source, new History(S, 5, 0, List.of()));
        assertThat(bench.view().streams())
                .singleElement()
                .satisfies(each -> assertThat(each.base()).isEqualTo(11));
        bench.receive(source, new History(S, 9, 0, batch(S, 9, 10).records()), new History(S, 9, 0, List.of()));
        assertThat(bench.view().streams())
                .singleElement()
                .satisfies(each -> assertThat(each.base()).isEqualTo(9));
    }

    @Test
    void thePastIsNotFetchedBeyondWhatIsKept() {
        Bench bench = new Bench();
        LinkId source = bench.starter(1, new Have(S, 1, 10));
        bench.millis(1);
        bench.said(source);
        History old = new History(
                S, 9, Duration.ofMinutes(3).toMillis(), batch(S, 9, 10).records());
        bench.receive(source, old, new History(S, 9, 0, List.of()));
        assertThat(bench.said(source, Backfill.class)).isEmpty();
    }

    @Test
    void aLargeRecordOfThePastWaitsForAFrameOfItsOwn() {
        Bench bench = new Bench();
        bench.publish(3, 70_000);
        LinkId joiner = bench.neighbour(1, new Have(OWN, 4, 3));
        bench.stick(joiner);
        bench.publish(10);
        bench.publish(10);
        bench.publish(10);
        bench.receive(joiner, new Backfill(OWN, 4));
        bench.said(joiner);
        bench.unstick(joiner);
        assertThat(bench.said(joiner, History.class))
                .first()
                .satisfies(each -> assertThat(each.records()).hasSize(1));
    }

    @Test
    void aFrameOfManyBeginningsIsNoLargerThanThePeerAccepts() {
        Bench bench = new Bench();
        LinkId source = bench.neighbour(1);
        for (int i = 0; i < 5_000; i++) {
            bench.receive(source, batch(stream(1_000 + i), 1, 2));
        }
        bench.seconds(10);
        bench.forgetOutputs();
        LinkId newcomer = bench.accept(2, Intent.HIGH);
        bench.digest(newcomer, Message.DigestComplete.NEVER);
        int most = Limits.FRAME_TARGET_BYTES / FrameFiller.CONTROL_BYTES;
        assertThat(bench.outputs(Output.Send.class))
                .filteredOn(send -> send.link().equals(newcomer))
                .hasSizeGreaterThan(5)
                .allSatisfy(send -> assertThat(send.frame().messages()).hasSizeLessThanOrEqualTo(most));
    }

    @Test
    void aDigestThatTravelsSlowlyDoesNotStartAListenerBehindItsClaim() {
        Bench bench = new Bench();
        bench.publish(10);
        bench.seconds(10);
        LinkId link = new LinkId(Bench.node(2), 77);
        Address address = new Address("ws://slow");
        bench.publish(10);
        bench.seconds(4);
        long underWay = Duration.ofSeconds(5).toNanos();
        bench.give(new Input.LinkUp(link, null, address, Intent.HIGH, 1, Limits.DEFAULT.frameBytes(), false, underWay));
        bench.give(new Input.Writable(link));
        bench.give(new Input.Writable(link));
        bench.digest(link, Message.DigestComplete.NEVER);
        assertThat(bench.brought(link))
                .singleElement()
                .satisfies(each -> assertThat(each.first()).isEqualTo(2));
    }

    @Test
    void manyEpochsThatWaitDoNotSlowDownEveryCall() {
        Bench bench = new Bench();
        LinkId link = bench.neighbour(1);
        bench.receive(link, batch(S, 1, 1), new Have(S, 1, 2));
        assertTimeoutPreemptively(Duration.ofSeconds(20), () -> {
            for (int epoch = 2; epoch <= 5_000; epoch++) {
                bench.receive(link, batch(new StreamId(S.origin(), epoch), 1, 1));
            }
        });
        assertThat(bench.counted(Counter.EPOCHS_HELD)).isEqualTo(4_999);
        bench.receive(link, batch(S, 2, 2));
        assertThat(bench.outputs(Output.Deliver.class)).hasSize(5_001);
        assertThat(bench.outputs(Output.Deliver.class))
                .isSortedAccordingTo(Comparator.comparing(Output.Deliver::stream));
        assertThat(bench.outputs(Output.Gap.class)).isEmpty();
    }

    @Test
    void aStreamThatDoesNotAdvanceLeavesRoomInTheWindow() {
        Bench bench = Bench.with(Broadcasting.DEFAULT.bounded(1 << 20, Duration.ofMinutes(2), 10, 10));
        LinkId link = bench.neighbour(1);
        bench.receive(link, batch(S, 1, 1), batch(S, 3, 20), batch(stream(8), 1, 1));
        bench.receive(link, batch(stream(8), 3, 6), batch(stream(8), 2, 2));
        assertThat(bench.delivered(stream(8))).containsExactly(1L, 2L, 3L, 4L, 5L, 6L);
        bench.receive(link, batch(S, 2, 2));
        assertThat(bench.delivered(S)).containsExactly(1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L);
        assertThat(bench.view().windowBytes()).isZero();
    }

    @Test
    void fewLargeRecordsDoNotDriveManySmallOnesFromTheWindow() {
        Bench bench = new Bench();
        LinkId link = bench.neighbour(1);
        bench.receive(link, batch(S, 1, 1), batch(S, 3, 20), batch(stream(8), 1, 1));
        for (int i = 3; i <= 12; i++) {
            bench.receive(link, batchOf(stream(8), i, 1_000_000));
        }
        bench.receive(link, batch(S, 2, 2), batch(stream(8), 2, 2));
        assertThat(bench.delivered(S)).hasSize(20);
        assertThat(bench.delivered(stream(8))).hasSize(10);
    }

    @Test
    void manySmallRecordsDoNotDriveALargeOneFromTheWindow() {
        Bench bench = Bench.with(Broadcasting.DEFAULT.bounded(1 << 20, Duration.ofMinutes(2), 10, 10));
        LinkId link = bench.neighbour(1);
        bench.receive(link, batch(stream(8), 1, 1), batchOf(stream(8), 3, 5_000));
        bench.receive(link, batch(S, 1, 1), batch(S, 3, 20), batch(stream(8), 2, 2));
        assertThat(bench.delivered(stream(8))).containsExactly(1L, 2L, 3L);
    }

    @Test
    void aStreamThatBeginsAtTheHighestNumberTakesNoRoom() {
        Bench bench = new Bench();
        LinkId liar = bench.neighbour(1);
        LinkId other = bench.neighbour(2);
        bench.receive(liar, new Batch(S, Limits.MOST_NUMBER, 0, false, List.of()));
        bench.receive(liar, batch(S, Limits.MOST_NUMBER, Limits.MOST_NUMBER));
        assertThat(bench.delivered(S)).containsExactly(Limits.MOST_NUMBER);
        bench.seconds(20);
        assertThat(bench.said(other, Miss.class)).containsExactly(new Miss(S, Limits.MOST_NUMBER, false));
        bench.seconds(300);
        assertThat(bench.view().streams()).isEmpty();
        assertThat(bench.outputs(Output.Gap.class)).isEmpty();
    }

    @Test
    void aNeighbourThatLacksEverythingUpToTheHighestNumberCausesOneGap() {
        Bench bench = new Bench();
        LinkId liar = bench.neighbour(1);
        bench.receive(liar, new Miss(S, Limits.MOST_NUMBER, false));
        bench.seconds(10);
        assertThat(bench.outputs(Output.Gap.class)).containsExactly(new Output.Gap(S, 1, Limits.MOST_NUMBER - 1));
    }

    @Test
    void anOwnEpochWithWhichNobodyWouldAdmitUsIsNotTaken() {
        Bench bench = new Bench();
        LinkId link = bench.neighbour(1);
        long halfADay = Duration.ofHours(12).toMillis();
        bench.receive(link, new Have(new StreamId(Bench.SELF, Bench.EPOCH + halfADay + 1), 1, 7));
        bench.receive(link, new Have(new StreamId(Bench.SELF, Limits.MOST_NUMBER), 1, 7));
        assertThat(bench.outputs(Output.EpochTaken.class)).isEmpty();
        assertThat(bench.counted(Counter.OWN_EPOCHS_BEYOND_REASON)).isEqualTo(2);
        bench.millis(1);
        bench.receive(link, new Have(new StreamId(Bench.SELF, Bench.EPOCH + halfADay + 1), 1, 7));
        assertThat(bench.outputs(Output.EpochTaken.class)).hasSize(1);
    }

    @Test
    void positionsOfForgottenStreamsDoNotFillTheMemory() {
        Bench bench = new Bench();
        int bound = Broadcasting.DEFAULT.memory().forgottenPositions();
        learnAndForget(bench, 100, bound);
        learnAndForget(bench, 100 + bound, 10);
        assertThat(bench.view().forgottenStreams()).isEqualTo(bound);
        bench.receive(bench.neighbour(1), batch(stream(100 + bound), 1, 1));
        assertThat(bench.counted(Counter.STREAMS_RELEARNED)).isEqualTo(1);
        bench.receive(bench.neighbour(2), batch(stream(100), 1, 1));
        assertThat(bench.counted(Counter.STREAMS_RELEARNED)).isEqualTo(1);
    }

    private static void learnAndForget(Bench bench, int first, int count) {
        LinkId link = bench.neighbour(1);
        for (int i = first; i < first + count; i++) {
            bench.receive(link, batch(stream(i), 1, 1));
        }
        bench.forgetOutputs();
        bench.seconds(300);
    }

    @Test
    void whoPrunesWhileItIsOwedMuchHearsOfWhatIsNotSentAnyMore() {
        Bench bench = new Bench();
        LinkId slow = bench.neighbour(1);
        bench.stick(slow);
        bench.publish(7, 40_000);
        bench.millis(60);
        bench.give(new Input.Writable(slow));
        bench.receive(slow, new Prune(OWN));
        bench.said(slow);
        bench.millis(60);
        bench.give(new Input.Writable(slow));
        assertThat(bench.said(slow, Have.class)).containsExactly(new Have(OWN, 1, 7));
    }
}
