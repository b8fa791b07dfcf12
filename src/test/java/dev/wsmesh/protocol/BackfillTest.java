package dev.wsmesh.protocol;

import static dev.wsmesh.protocol.Bench.batch;
import static dev.wsmesh.protocol.Bench.encoded;
import static dev.wsmesh.protocol.Bench.stream;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.wsmesh.protocol.Message.Backfill;
import dev.wsmesh.protocol.Message.Batch;
import dev.wsmesh.protocol.Message.Graft;
import dev.wsmesh.protocol.Message.Have;
import dev.wsmesh.protocol.Message.History;
import dev.wsmesh.protocol.Message.Miss;
import dev.wsmesh.protocol.Settings.Broadcasting;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How a newcomer gets the past that it never listened to; each test is named after what that prevents. */
class BackfillTest {
    private static final StreamId S = stream(9);

    /** A joiner whose first neighbour holds 1 to 10 of the stream. */
    private static LinkId join(Bench bench) {
        LinkId source = bench.starter(1, new Have(S, 1, 10));
        bench.millis(1);
        return source;
    }

    private static History history(long first, long last) {
        return new History(S, first, 0, batch(S, first, last).records());
    }

    private static History end(long before) {
        return new History(S, before, 0, List.of());
    }

    @Test
    void thePastIsNotLostWithTheNodesThatHeardIt() {
        Bench bench = new Bench();
        LinkId source = join(bench);
        assertThat(bench.said(source, Backfill.class)).containsExactly(new Backfill(S, 11));
        bench.receive(source, history(6, 10), end(6));
        assertThat(bench.said(source, Backfill.class)).containsExactly(new Backfill(S, 6));
        bench.receive(source, history(1, 5), end(1));
        bench.down(source);
        LinkId late = bench.neighbour(2);
        bench.said(late);
        bench.receive(late, new Graft(S, 1));
        assertThat(bench.said(late, Batch.class)).singleElement().satisfies(each -> {
            assertThat(each.first()).isEqualTo(1);
            assertThat(each.records()).containsExactlyElementsOf(batch(S, 1, 10).records());
        });
    }

    @Test
    void thePastIsNotDelivered() {
        Bench bench = new Bench();
        LinkId source = join(bench);
        bench.receive(source, history(1, 10), end(1));
        bench.receive(source, batch(S, 11, 11));
        assertThat(bench.delivered(S)).containsExactly(11L);
        assertThat(bench.outputs(Output.Gap.class)).isEmpty();
    }

    @Test
    void thePastDoesNotDelayThePresent() {
        Bench bench = new Bench();
        bench.publish(100, 1_000);
        LinkId joiner = bench.neighbour(1, new Have(Bench.OWN, 100, 100));
        bench.stick(joiner);
        bench.publish(10);
        bench.publish(10);
        bench.receive(joiner, new Backfill(Bench.OWN, 100));
        bench.publish(40_000);
        bench.said(joiner);
        bench.unstick(joiner);
        List<Message> next = bench.said(joiner);
        assertThat(next.getFirst()).isInstanceOf(Batch.class);
        assertThat(next.getLast()).isInstanceOf(History.class);
    }

    @Test
    void aLargePastDoesNotWaitForEverForAPauseOfThePresent() {
        Bench bench = new Bench();
        bench.publish(100_000);
        bench.publish(10);
        LinkId joiner = bench.neighbour(1, new Have(Bench.OWN, 2, 2));
        bench.stick(joiner);
        bench.publish(10);
        bench.publish(10);
        bench.receive(joiner, new Backfill(Bench.OWN, 2));
        bench.said(joiner);
        for (int i = 0; i < 16; i++) {
            bench.publish(10);
            bench.give(new Input.Writable(joiner));
            assertThat(bench.said(joiner)).hasSize(1).first().isInstanceOf(Batch.class);
        }
        bench.publish(10);
        bench.give(new Input.Writable(joiner));
        assertThat(bench.said(joiner))
                .hasSize(2)
                .allSatisfy(each -> assertThat(each).isInstanceOf(History.class));
        bench.give(new Input.Writable(joiner));
        assertThat(bench.said(joiner)).hasSize(1).first().isInstanceOf(Batch.class);
    }

    @Test
    void anAnswerIsNoLargerThanItsTurn() {
        Bench bench = new Bench();
        bench.publish(100, 1_000);
        LinkId joiner = bench.neighbour(1, new Have(Bench.OWN, 101, 100));
        bench.receive(joiner, new Backfill(Bench.OWN, 101));
        List<History> answer = bench.said(joiner, History.class);
        assertThat(answer.getFirst().last()).isEqualTo(100);
        assertThat(answer.stream().mapToInt(each -> each.records().size()).sum())
                .isBetween(10, 16);
        assertThat(answer.getLast().records()).isEmpty();
    }

    @Test
    void whatIsNotSentIsNoPartOfAnAnswer() {
        Bench bench = new Bench();
        LinkId source = bench.neighbour(1);
        RecordHead head = new RecordHead(Bytes.wrap(new byte[300]), new Topic("a"), "");
        EncodedRecord record = new EncodedRecord(head, Bytes.wrap(new byte[10]));
        bench.receive(source, batch(S, 1, 1));
        bench.seconds(1);
        bench.receive(source, new Batch(S, 2, 0, false, Collections.nCopies(100, record)));
        LinkId joiner = bench.neighbour(2, new Have(S, 102, 101));
        bench.receive(joiner, new Backfill(S, 102));
        assertThat(bench.said(joiner, History.class))
                .extracting(History::first, History::last)
                .containsExactly(tuple(2L, 101L), tuple(1L, 1L), tuple(1L, 0L));
    }

    @Test
    void whoAsksForNothingThatIsHeldIsNotLeftWaiting() {
        Bench bench = new Bench();
        LinkId joiner = bench.neighbour(1);
        bench.receive(joiner, new Backfill(S, 7));
        assertThat(bench.said(joiner, History.class)).containsExactly(end(7));
    }

    @Test
    void whileThePastIsOnItsWayNobodyIsToldThatItIsLost() {
        Bench bench = new Bench();
        LinkId source = join(bench);
        LinkId late = bench.neighbour(2);
        bench.said(late);
        bench.receive(late, new Graft(S, 4));
        assertThat(bench.said(late, Miss.class)).containsExactly(new Miss(S, 11, true));
        bench.receive(source, history(6, 10), end(6));
        assertThat(bench.said(late, Batch.class)).isEmpty();
        bench.receive(source, history(1, 5), end(1));
        assertThat(bench.said(late, Batch.class))
                .singleElement()
                .satisfies(each -> assertThat(each.first()).isEqualTo(4));
    }

    @Test
    void aPastThatNeverComesIsNotPromisedForEver() {
        Bench bench = new Bench();
        LinkId source = join(bench);
        LinkId late = bench.neighbour(2);
        bench.receive(late, new Graft(S, 4));
        bench.said(late);
        bench.receive(source, end(11));
        assertThat(bench.said(late, Miss.class)).containsExactly(new Miss(S, 11, false));
    }

    @Test
    void aSourceThatDoesNotAnswerIsNotWaitedForForEver() {
        Bench bench = new Bench();
        LinkId source = join(bench);
        for (int i = 0; i < 30; i++) {
            bench.seconds(1);
            bench.give(new Input.Heard(source));
        }
        assertThat(bench.said(source, Backfill.class)).hasSize(5);
        LinkId late = bench.neighbour(2);
        bench.said(late);
        bench.receive(late, new Graft(S, 4));
        assertThat(bench.said(late, Miss.class)).containsExactly(new Miss(S, 11, false));
    }

    @Test
    void thePastOfABusyMeshDoesNotFillTheLog() {
        Bench bench = Bench.with(Broadcasting.DEFAULT.bounded(10_000, Duration.ofMinutes(2), 10, 10));
        LinkId source = bench.starter(1, new Have(S, 1, 1_000));
        bench.millis(1);
        long before = 1_001;
        while (!bench.said(source, Backfill.class).isEmpty()) {
            bench.receive(source, history(before - 5, before - 1), end(before - 5));
            before -= 5;
        }
        assertThat(bench.view().logBytes()).isBetween(5_000L, 6_000L);
    }

    @Test
    void whatIsOlderThanItsOriginsNeighboursStillReachesWhoListenedBehindThem() {
        Bench bench = new Bench();
        LinkId veteran = bench.neighbour(1);
        LinkId origin = bench.accept(9, Intent.HIGH);
        bench.digest(origin, 600_000, new Have(S, 1, 3));
        bench.said(veteran);
        bench.receive(origin, new Batch(S, 4, 0, false, List.of()));
        bench.millis(1);
        assertThat(bench.said(origin, Backfill.class)).containsExactly(new Backfill(S, 4));
        History past = new History(S, 1, 20_000, List.of(encoded(1), encoded(2), encoded(3)));
        bench.receive(origin, past, end(1));
        assertThat(bench.said(veteran, Batch.class)).singleElement().satisfies(each -> {
            assertThat(each.first()).isEqualTo(1);
            assertThat(each.last()).isEqualTo(3);
        });
        assertThat(bench.delivered(S)).isEmpty();
    }

    @Test
    void aMissIsForgottenOnceTheNeighbourHasFetchedTheRecord() {
        Bench bench = new Bench();
        LinkId fetching = bench.neighbour(1, new Have(S, 1, 4));
        bench.receive(fetching, batch(S, 1, 4));
        bench.receive(fetching, new Miss(S, 9, false), new Have(S, 9, 9), new Have(S, 5, 9));
        bench.seconds(20);
        assertThat(bench.said(fetching, Graft.class)).contains(new Graft(S, 5));
        assertThat(bench.outputs(Output.Gap.class)).isEmpty();
    }

    @Test
    void recordsOfThePastOfDifferentAgeDoNotShareAnAge() {
        Bench bench = new Bench();
        bench.publish(10);
        bench.millis(100);
        bench.publish(10);
        LinkId joiner = bench.neighbour(1, new Have(Bench.OWN, 3, 2));
        bench.receive(joiner, new Backfill(Bench.OWN, 3));
        assertThat(bench.said(joiner, History.class))
                .extracting(History::first, History::ageMillis)
                .containsExactly(tuple(2L, 0L), tuple(1L, 100L), tuple(1L, 0L));
    }

    @Test
    void thePastEndsBeforeARecordThatTheNewcomerDoesNotAccept() {
        Bench bench = new Bench();
        bench.publish(10);
        bench.publish(5_000);
        bench.publish(10);
        LinkId small = bench.acceptSmall(1, 2_000);
        bench.digest(small, 600_000, new Have(Bench.OWN, 4, 3));
        bench.receive(small, new Backfill(Bench.OWN, 4));
        assertThat(bench.said(small, History.class))
                .extracting(History::first, each -> each.records().size())
                .containsExactly(tuple(3L, 1), tuple(3L, 0));
        bench.receive(small, new Backfill(Bench.OWN, 3));
        assertThat(bench.said(small, History.class)).containsExactly(History.end(Bench.OWN, 3));
    }

    @Test
    void aLargeRecordOfThePastTravelsBesideSteadyTraffic() {
        Bench bench = new Bench();
        bench.publish(20_000);
        LinkId joiner = bench.neighbour(1, new Have(Bench.OWN, 2, 1));
        bench.stick(joiner);
        bench.publish(10);
        bench.publish(10);
        bench.publish(10);
        bench.receive(joiner, new Backfill(Bench.OWN, 2));
        bench.said(joiner);
        bench.give(new Input.Writable(joiner));
        List<Message> frame = bench.said(joiner);
        assertThat(frame).first().isInstanceOf(Batch.class);
        assertThat(frame).filteredOn(History.class::isInstance).isNotEmpty();
    }

    @Test
    void whoMayHaveAClaimOnThePastIsNotTurnedAwayWhileItIsOnItsWay() {
        Bench bench = new Bench();
        LinkId source = join(bench);
        LinkId veteran = bench.neighbour(2);
        assertThat(bench.said(veteran)).noneMatch(Miss.class::isInstance);
        bench.receive(source, history(1, 10), end(1));
        assertThat(bench.said(veteran, Batch.class)).singleElement().satisfies(each -> {
            assertThat(each.first()).isEqualTo(1);
            assertThat(each.last()).isEqualTo(10);
        });
    }

    @Test
    void whoHasNoClaimOnThePastDoesNotWaitForIt() {
        Bench bench = new Bench();
        LinkId source = bench.neighbour(1, new Have(S, 1, 10));
        bench.receive(source, new Batch(S, 11, 20_000, false, List.of()));
        LinkId newcomer = bench.accept(2, Intent.HIGH);
        bench.digest(newcomer, 10_000);
        assertThat(bench.said(newcomer, Batch.class)).containsExactly(new Batch(S, 11, 20_000, false, List.of()));
    }

    @Test
    void aPastThatIsOlderThanANewcomersClaimIsNotALoss() {
        Bench bench = new Bench();
        LinkId source = bench.neighbour(1, new Have(S, 11, 10));
        bench.receive(source, new Batch(S, 11, 20_000, false, List.of()));
        bench.millis(1);
        LinkId younger = bench.accept(2, Intent.HIGH);
        bench.digest(younger, 18_000);
        assertThat(bench.said(younger, Miss.class)).isEmpty();
        LinkId older = bench.accept(3, Intent.HIGH);
        bench.digest(older, 20_000);
        assertThat(bench.said(older, Miss.class)).containsExactly(new Miss(S, 11, false));
    }

    @Test
    void whoListenedForLessThanThePastThatIsHeldHasMissedNothing() {
        Bench bench = Bench.with(Broadcasting.DEFAULT.bounded(10_000, Duration.ofSeconds(60), 10, 10));
        LinkId source = join(bench);
        bench.receive(source, new History(S, 8, 10_000, batch(S, 8, 10).records()));
        bench.receive(source, new History(S, 6, 30_000, batch(S, 6, 7).records()), end(6), end(6));
        bench.seconds(35);
        assertThat(bench.view().streams())
                .singleElement()
                .satisfies(each -> assertThat(each.base()).isEqualTo(8));
        LinkId newcomer = bench.accept(2, Intent.HIGH);
        bench.digest(newcomer, 50_000);
        List<Message> said = bench.said(newcomer);
        assertThat(said).noneMatch(Miss.class::isInstance);
        assertThat(said).contains(new Batch(S, 8, 45_000, false, batch(S, 8, 10).records()));
    }

    /** A restarted node stands between those who hold what it published before and those who never got it: seed 4318. */
    @Test
    void whatWasPublishedInAnEarlierRunIsHandedOnByTheNewOne() {
        Bench bench = new Bench();
        StreamId past = new StreamId(Bench.SELF, Bench.EPOCH - 1);
        LinkId source = bench.up(1, new Address("ws://contact"), Intent.JOIN);
        bench.digest(source, 600_000, new Have(past, 1, 3));
        bench.receive(source, new Batch(past, 4, 0, false, List.of()));
        bench.millis(1);
        assertThat(bench.said(source, Backfill.class)).containsExactly(new Backfill(past, 4));
        List<EncodedRecord> records = List.of(encoded(1), encoded(2), encoded(3));
        bench.receive(source, new History(past, 1, 20_000, records), new History(past, 1, 0, List.of()));
        LinkId behind = bench.neighbour(2);
        assertThat(bench.said(behind, Batch.class)).singleElement().satisfies(batch -> {
            assertThat(batch.stream()).isEqualTo(past);
            assertThat(batch.first()).isEqualTo(1);
            assertThat(batch.records()).hasSize(3);
        });
        assertThat(bench.outputs(Output.Deliver.class))
                .as("nobody is told his own past")
                .isEmpty();
    }
}
